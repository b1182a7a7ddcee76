import { expect, it } from 'vitest';
import type { TraceEvent } from '../../runtime/trace.ts';
import { isHeartbeat, MISSED_MOST, SignsOfLife } from './heartbeats.ts';

const heard: TraceEvent = {
  sequence: 1,
  at: 10_000,
  node: 'here',
  kind: 'received',
  what: 'APPEND',
  peer: 'gull',
  detail: 'heartbeat, committed 4',
};

it('F1: counts the heartbeats that are missing in a row, up to three', () => {
  const life = new SignsOfLife();
  expect(life.missed('gull', 10_000)).toBeNull();
  life.take([{ ...heard, kind: 'sent', peer: 'wren' }, heard]);
  expect(life.missed('wren', 10_000)).toBeNull();
  const missed = [0, 200, 299, 300, 500, 700, 5000].map((ms) => life.missed('gull', 10_000 + ms));
  expect(missed).toEqual([0, 0, 0, 1, 2, 3, 3]);
  expect(MISSED_MOST).toBe(3);
  // Any message proves life (F2).
  life.take([{ ...heard, what: 'PROBE', at: 15_000 }]);
  expect(life.missed('gull', 15_000)).toBe(0);
});

it('tells heartbeats from what carries entries', () => {
  expect(isHeartbeat(heard)).toBe(true);
  expect(isHeartbeat({ ...heard, detail: 'entry 7, committed 6' })).toBe(false);
  expect(isHeartbeat({ ...heard, what: 'APPENDED' })).toBe(false);
});
