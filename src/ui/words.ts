/** Plain words for what the types call by short names. */
import type { ErrorCode, Outcome, PeerStatus, Role, Status } from '../runtime/gatehouse.ts';

/** As much of an id as people need to tell two apart. */
export function shortId(id: string): string {
  return id.slice(0, 6);
}

/**
 * Whether this gate knows a park at all. One that has crashed has lost its memory, and one that has not joined yet never
 * had one: what their status counts is nothing, which is not the same as nobody.
 */
export function knowsPark({ generation }: Pick<Status, 'generation'>): boolean {
  return generation !== '';
}

/** How many are inside, as exactly as this gate can tell: `7`, or `0 to 7`. */
export function insideWords({
  occupancy,
  unconfirmed,
}: Pick<Status, 'occupancy' | 'unconfirmed'>): string {
  if (unconfirmed === null || unconfirmed.least === unconfirmed.most) return String(occupancy);
  return `${unconfirmed.least} to ${unconfirmed.most}`;
}

/** It runs no more: it hears nobody and says nothing. */
export function isDown({ role, trouble }: Pick<Status, 'role' | 'trouble'>): boolean {
  return trouble !== null || role === 'crashed' || role === 'terminated';
}

/** Whose names a gate knows. */
export interface Acquaintance extends Pick<Status, 'id' | 'name'> {
  readonly peers: readonly { readonly id: string; readonly name: string }[];
}

/** What a gate is called whose name is not known here: it has left, or is listed and was not met yet. */
export function namelessGate(id: string): string {
  return `gate ${shortId(id)}`;
}

/** The name of a gate that this status knows, or its short id. Two gates of one name carry a part of their ids. */
export function gateName({ id: self, name: own, peers }: Acquaintance, id: string): string {
  const gates = [{ id: self, name: own }, ...peers];
  const name = gates.find((gate) => gate.id === id)?.name ?? '';
  if (name === '') return namelessGate(id);
  return gates.some((other) => other.id !== id && other.name === name)
    ? `${name} (${shortId(id)})`
    : name;
}

export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  joining: 'joining',
  learner: 'learner',
  follower: 'voter',
  candidate: 'candidate',
  leader: 'leader',
  crashed: 'crashed',
  terminated: 'left',
};

export const LINK_WORDS: Readonly<Record<PeerStatus['link'], string>> = {
  open: 'linked',
  relayed: 'relayed',
  connecting: 'connecting',
  closed: 'no link',
};

export function refusalWords(reason: Outcome['reason'], visitor: string | undefined): string {
  const who = visitor ?? 'this visitor';
  switch (reason) {
    case 'full':
      return 'the park is full';
    case 'already-inside':
      return `${who} is already inside`;
    case 'not-inside':
      return `${who} is not inside`;
    case undefined:
      return 'the park said no';
  }
}

/** What went wrong, and what one can do about it. */
export function errorWords(code: ErrorCode, message: string): { what: string; then: string } {
  switch (code) {
    case 'no-quorum':
      return {
        what: 'Too few gates are in reach',
        then: 'Try again once the line at the top says that admissions are open.',
      };
    case 'timeout':
      return {
        what: 'No answer in time: somebody may hold the mutex, or the leader is slow',
        then: 'Try again in a few seconds.',
      };
    case 'crashed':
      return { what: 'This gate has crashed', then: 'Recover it, then try again.' };
    case 'terminated':
      return { what: 'This gate has left the network', then: 'Reload the page to join again.' };
    case 'invalid':
      return { what: `That can't be done: ${message}`, then: 'Change it and try again.' };
    case 'storage':
      return {
        what: "This gate can't write to its storage",
        then: 'Use another gate, and reload this one.',
      };
  }
}

/** `1 gate`, `2 gates`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** A list as people write it: `Ann, Bob and Cy`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1);
  if (last === undefined) return '';
  return names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** The page is in English, so its dates are too, whatever the browser prefers. */
export const LOCALE = 'en-GB';

const TIME = new Intl.DateTimeFormat(LOCALE, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DAY = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' });

/** The time of day, `21:04:07`. */
export function clockTime(at: number): string {
  return TIME.format(at);
}

/** Day and time, for what may be from another day. */
export function dayAndTime(at: number): string {
  return `${DAY.format(at)}, ${TIME.format(at)}`;
}
