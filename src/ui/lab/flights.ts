import type { TraceEvent } from '../../runtime/trace.ts';

/** A message on its way in the picture. */
export interface Flight {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly what: string;
  readonly lost: boolean;
  /** When it leaves the picture, ms of the page's clock. */
  readonly until: number;
}

export const FLIGHT_MS = 900;
/** More at once nobody can follow; the counts have them all. */
const MOST = 48;
/** What happened longer ago, while nobody looked, does not fly any more. */
const FRESH_MS = 1000;

/** The messages that fly now: those that still do, and those that have just been seen. */
export function fly(
  flights: readonly Flight[],
  fresh: readonly TraceEvent[],
  now: { readonly page: number; readonly wall: number },
): Flight[] {
  const going = flights.filter(({ until }) => until > now.page);
  const started = fresh
    .filter(({ at }) => now.wall - at < FRESH_MS)
    .flatMap((event) => flight(event, now.page + FLIGHT_MS));
  return [...going, ...started].slice(0, MOST);
}

function flight(event: TraceEvent, until: number): Flight[] {
  const { kind, node, peer, what, sequence } = event;
  if (peer === undefined) return [];
  const key = `${node}.${sequence}.${event.at}`;
  switch (kind) {
    case 'sent':
      return [{ key, from: node, to: peer, what, lost: false, until }];
    case 'received':
      return [{ key, from: peer, to: node, what, lost: false, until }];
    case 'dropped':
      return [{ key, from: node, to: peer, what, lost: true, until }];
    case 'refused':
    case 'command':
    case 'role':
    case 'note':
      return [];
  }
}
