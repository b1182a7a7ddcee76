import { describe, expect, it } from 'vitest';
import type { StorageWrite } from '../core/stored.ts';
import type { Ports } from '../runtime/driver.ts';
import type { Fate, Torn } from '../storage/memory.ts';
import type { StorageError } from '../storage/storage.ts';
import { CrashPoints, type CrashPoint } from './crash-points.ts';
import { VirtualClock } from './virtual-clock.ts';

const WRITES: readonly StorageWrite[] = [
  { type: 'outbox-delete', sequences: [1] },
  { type: 'outbox-delete', sequences: [2] },
];

/** A page that writes, sends three messages once that is done, and writes again. */
function page(point: Partial<CrashPoint>) {
  const clock = new VirtualClock();
  const seen: string[] = [];
  let writing = false;
  const nothing = (): void => undefined;
  const ports: Ports = {
    clock,
    storage: {
      load: nothing,
      write: (_writes, done) => {
        seen.push('write');
        writing = true;
        clock.schedule(10, () => {
          writing = false;
          done(null);
        });
      },
      close: nothing,
    },
    transport: {
      start: nothing,
      send: (to) => seen.push(to),
      meet: nothing,
      keepLinks: nothing,
      requestMembers: nothing,
      setFaults: nothing,
      close: nothing,
    },
  };
  const points = new CrashPoints({
    crash: (underWay: Fate | Torn) => {
      points.end();
      seen.push(`crash ${JSON.stringify(underWay)}`);
    },
    writing: () => writing,
    later: (ms, work) => clock.schedule(ms, work),
  });
  points.plan({
    step: 'before',
    messages: 2,
    afterMs: 5,
    left: () => 'undone',
    may: () => true,
    hit: nothing,
    ...point,
  });
  const { storage, transport } = points.wrap(ports);
  const told = (error: StorageError | null): void => {
    seen.push(error ? 'failed' : 'told');
    for (const to of ['anna', 'bert', 'carl']) transport.send(to, null);
    storage.write(WRITES, nothing);
  };
  storage.write(WRITES, told);
  while (clock.step() !== null);
  return seen;
}

describe('the page is gone', () => {
  it.each<[string, Partial<CrashPoint>, string[]]>([
    ['as it begins a write', {}, ['crash "undone"']],
    [
      'in the middle of one',
      { step: 'within', left: (writes) => ({ torn: writes - 1 }) },
      ['write', 'crash {"torn":1}'],
    ],
    ['before it hears of it', { step: 'after' }, ['write', 'crash "done"']],
    [
      'after some of what the write released',
      { step: 'releasing' },
      ['write', 'told', 'anna', 'bert', 'crash "done"'],
    ],
    [
      'as the next write begins',
      { step: 'between' },
      ['write', 'told', 'anna', 'bert', 'carl', 'crash "undone"'],
    ],
    [
      'never, as long as it must not be',
      { may: () => false },
      ['write', 'told', 'anna', 'bert', 'carl', 'write'],
    ],
  ])('%s', (_when, point, expected) => {
    expect(page(point)).toEqual(expected);
  });
});
