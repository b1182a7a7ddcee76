import type { TraceEvent } from '../../runtime/trace.ts';
import { isHeartbeat } from './heartbeats.ts';

/** A message of the ring on its way in the picture. */
export interface RingFlight {
  readonly key: string;
  readonly kind: 'heartbeat' | 'token' | 'crown';
  readonly from: string;
  readonly to: string;
  /** Of a token: for whom it goes round. */
  readonly candidate: string | null;
  readonly lost: boolean;
  /** So long after it was seen it starts, ms: a vote is over in a moment, and is shown step by step. */
  readonly delay: number;
  /** When it leaves the picture, ms of the page's clock. */
  readonly until: number;
}

export const FLIGHT_MS = 900;
/** Between two steps of a vote in the picture. */
const STEP_MS = 500;
const MOST = 40;
/** What happened longer ago, while nobody looked, does not fly any more. */
const FRESH_MS = 1500;

/** The messages in the picture now: those that still fly, and those that have just been seen. */
export function flyRing(
  flights: readonly RingFlight[],
  fresh: readonly TraceEvent[],
  now: { readonly page: number; readonly wall: number },
): RingFlight[] {
  const going = flights.filter(({ until }) => until > now.page);
  // A vote that goes on is continued where its last step starts.
  let free = Math.max(
    now.page,
    ...going
      .filter(({ kind }) => kind !== 'heartbeat')
      .map(({ until }) => until - FLIGHT_MS + STEP_MS),
  );
  const started: RingFlight[] = [];
  for (const event of fresh) {
    if (now.wall - event.at >= FRESH_MS) continue;
    const flight = seen(event);
    if (!flight) continue;
    const starts = flight.kind === 'heartbeat' ? now.page : free;
    // All that says who leads says it at once.
    if (flight.kind === 'token') free += STEP_MS;
    started.push({ ...flight, delay: starts - now.page, until: starts + FLIGHT_MS });
  }
  return [...going, ...started].slice(0, MOST);
}

function seen(event: TraceEvent): Omit<RingFlight, 'delay' | 'until'> | null {
  const { kind, node, peer, what, sequence, at, detail = '' } = event;
  const flying = isHeartbeat(event) ? 'heartbeat' : FLYING[what];
  if (peer === undefined || flying === undefined) return null;
  if (kind !== 'sent' && kind !== 'received' && kind !== 'dropped') return null;
  const [from, to] = kind === 'received' ? [peer, node] : [node, peer];
  const candidate = flying === 'token' ? detail.replace(/^for /, '') : null;
  return { key: `${sequence}.${at}`, kind: flying, from, to, candidate, lost: kind === 'dropped' };
}

const FLYING: Readonly<Record<string, RingFlight['kind']>> = {
  TOKEN: 'token',
  I_AM_LEADER: 'crown',
};
