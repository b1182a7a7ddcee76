import { expect, it } from 'vitest';
import type { TraceEvent } from '../../runtime/trace.ts';
import { FLIGHT_MS, flyRing } from './ring-flights.ts';

const base = { at: 5000, node: 'here', peer: 'gull' } as const;
const sent: TraceEvent = { ...base, sequence: 1, kind: 'sent', what: 'TOKEN', detail: 'for Wren' };
const now = { page: 100, wall: 5050 };

it('shows tokens with their candidates, heartbeats and the news who leads, and nothing else', () => {
  const events: TraceEvent[] = [
    sent,
    { ...base, sequence: 2, kind: 'received', what: 'APPEND', detail: 'heartbeat, committed 3' },
    { ...base, sequence: 3, kind: 'received', what: 'I_AM_LEADER' },
    { ...base, sequence: 4, kind: 'received', what: 'APPEND', detail: 'entry 4, committed 3' },
    { ...base, sequence: 5, kind: 'note', what: 'elects' },
    { ...base, sequence: 6, kind: 'dropped', what: 'TOKEN', detail: 'for Wren' },
  ];
  const flights = flyRing([], events, now);
  expect(flights.map(({ kind, from, candidate, lost }) => [kind, from, candidate, lost])).toEqual([
    ['token', 'here', 'Wren', false],
    ['heartbeat', 'gull', null, false],
    ['crown', 'gull', null, false],
    ['token', 'here', 'Wren', true],
  ]);
});

it('shows a vote step by step, also when it goes on later; heartbeats do not wait for it', () => {
  const second = { ...sent, sequence: 2 };
  const beat: TraceEvent = { ...sent, sequence: 3, what: 'APPEND', detail: 'heartbeat' };
  const flights = flyRing([], [sent, second, beat], now);
  expect(flights.map(({ delay }) => delay)).toEqual([0, 500, 0]);
  const later = flyRing(flights, [{ ...sent, sequence: 4 }], { page: 200, wall: 5150 });
  expect(later.at(-1)?.delay).toBe(900);
});

it('ends flights in time, and does not fly what is old', () => {
  const flights = flyRing([], [sent], now);
  expect(flyRing(flights, [], { ...now, page: 100 + FLIGHT_MS })).toEqual([]);
  expect(flyRing([], [{ ...sent, at: 1000 }], now)).toEqual([]);
});
