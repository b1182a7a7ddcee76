import { expect, it } from 'vitest';
import type { TraceEvent } from '../../runtime/trace.ts';
import { FLIGHT_MS, fly } from './flights.ts';

const base: TraceEvent = {
  sequence: 1,
  at: 5000,
  node: 'a',
  kind: 'sent',
  what: 'PROBE',
  peer: 'b',
};
const now = { page: 100, wall: 5050 };

it('flies from sender to receiver, and tells what is lost', () => {
  const events: TraceEvent[] = [
    base,
    { ...base, sequence: 2, kind: 'received', what: 'GOT_IT' },
    { ...base, sequence: 3, kind: 'dropped' },
    { ...base, sequence: 4, kind: 'note' },
  ];
  const flights = fly([], events, now).map(({ from, to, lost }) => ({ from, to, lost }));
  expect(flights).toEqual([
    { from: 'a', to: 'b', lost: false },
    { from: 'b', to: 'a', lost: false },
    { from: 'a', to: 'b', lost: true },
  ]);
});

it('ends flights in time, does not fly what is old, and never more than can be followed', () => {
  const flights = fly([], [base], now);
  expect(fly(flights, [], { ...now, page: 100 + FLIGHT_MS })).toEqual([]);
  expect(fly([], [{ ...base, at: 1000 }], now)).toEqual([]);
  const many = Array.from({ length: 500 }, (_, sequence) => ({ ...base, sequence }));
  expect(fly([], many, now).length).toBeLessThan(60);
});
