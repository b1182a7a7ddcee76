import type { PlantedBug } from './plant.ts';
import { BALLOT_BUGS } from './plants/ballot.ts';
import { CHAT_BUGS } from './plants/chat.ts';
import { DISK_BUGS } from './plants/disk.ts';
import { GENERATION_BUGS } from './plants/generations.ts';
import { LIVENESS_BUGS } from './plants/liveness.ts';
import { LOG_BUGS } from './plants/log.ts';
import { MARKET_BUGS } from './plants/market.ts';
import { MEMBERSHIP_BUGS } from './plants/membership.ts';
import { MULTICAST_BUGS } from './plants/multicast.ts';
import { OPERATION_BUGS } from './plants/operations.ts';
import { VISIT_BUGS } from './plants/visits.ts';

/** Whether this shows a planted bug: another broken rule is another bug. */
export function shows(plant: string, violation: { readonly rule: string } | null): boolean {
  const planted = PLANTS.find(({ name }) => name === plant);
  return violation !== null && planted?.breaks.includes(violation.rule) === true;
}

/** Bugs that are put in on purpose, to see that the checkers find them. Checkers that find none prove nothing. */
export const PLANTS: readonly PlantedBug[] = [
  ...BALLOT_BUGS,
  ...LOG_BUGS,
  ...DISK_BUGS,
  ...MEMBERSHIP_BUGS,
  ...GENERATION_BUGS,
  ...OPERATION_BUGS,
  ...VISIT_BUGS,
  ...CHAT_BUGS,
  ...MARKET_BUGS,
  ...MULTICAST_BUGS,
  ...LIVENESS_BUGS,
];
