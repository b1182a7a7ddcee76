import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  areConcurrent,
  clockOf,
  clockRows,
  compareClocks,
  eventsOf,
  happenedBefore,
  lamportReceive,
  lamportTick,
  merge,
  NO_EVENTS,
  rowsOf,
  tick,
  type VectorClock,
} from './clocks.ts';
import { decode } from './decode.ts';

const NODES = ['anna', 'bert', 'carl'];
const node = fc.constantFrom(...NODES);
const clock: fc.Arbitrary<VectorClock> = fc
  .uniqueArray(fc.tuple(node, fc.integer({ min: 1, max: 4 })), { selector: ([id]) => id })
  .map((rows) => new Map(rows));

/** What nodes do: something of their own, or to receive what another did before. */
type Step = { readonly node: string; readonly receives: number | null };
const steps = fc.array(fc.record({ node, receives: fc.option(fc.nat(30)) }), { maxLength: 30 });

interface Happened {
  readonly node: string;
  readonly vector: VectorClock;
  readonly lamport: number;
  /** The events that happened before it, by their numbers: the definition itself. */
  readonly before: ReadonlySet<number>;
}

/** Plays the steps; each is an event with both clocks and its causes. */
function play(all: readonly Step[]): Happened[] {
  const events: Happened[] = [];
  for (const step of all) {
    const last = events.findLastIndex((event) => event.node === step.node);
    const received = step.receives === null ? -1 : step.receives % (events.length || 1);
    const causes = [last, received].flatMap((number) => {
      const event = events[number];
      return event ? [{ number, event }] : [];
    });
    const own = events[last];
    const sent = step.receives === null ? undefined : events[received];
    const vector = tick(merge(own?.vector ?? NO_EVENTS, sent?.vector ?? NO_EVENTS), step.node);
    const time = own?.lamport ?? 0;
    events.push({
      node: step.node,
      vector,
      lamport: sent ? lamportReceive(time, sent.lamport) : lamportTick(time),
      before: new Set(causes.flatMap(({ number, event }) => [number, ...event.before])),
    });
  }
  return events;
}

describe('vector clocks', () => {
  test('tell happened-before exactly: neither less nor more', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const events = play(all);
        for (const [i, a] of events.entries())
          for (const [j, b] of events.entries()) {
            expect(happenedBefore(a.vector, b.vector)).toBe(b.before.has(i));
            const apart = i !== j && !b.before.has(i) && !a.before.has(j);
            expect(areConcurrent(a.vector, b.vector)).toBe(apart);
          }
      }),
    );
  });

  test('one component is enough: an event knows of another when it knows of it by its own node', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const events = play(all);
        for (const a of events)
          for (const b of events) {
            const isKnown = eventsOf(b.vector, a.node) >= eventsOf(a.vector, a.node);
            expect(isKnown).toBe(a === b || happenedBefore(a.vector, b.vector));
          }
      }),
    );
  });

  test('happened-before is an order: nothing before itself, never both ways, and transitive', () => {
    fc.assert(
      fc.property(clock, clock, clock, (a, b, c) => {
        expect(compareClocks(a, a)).toBe('equal');
        const mirrored = { before: 'after', after: 'before' } as const;
        const order = compareClocks(a, b);
        expect(compareClocks(b, a)).toBe(
          order === 'before' || order === 'after' ? mirrored[order] : order,
        );
        if (happenedBefore(a, b) && happenedBefore(b, c)) expect(happenedBefore(a, c)).toBe(true);
      }),
    );
  });

  test('to tick comes after, for whoever knew the clock', () => {
    fc.assert(
      fc.property(clock, node, (a, who) => {
        expect(happenedBefore(a, tick(a, who))).toBe(true);
        expect(eventsOf(tick(a, who), who)).toBe(eventsOf(a, who) + 1);
      }),
    );
  });

  test('to merge commutes, associates, changes nothing twice, and knows no more than the two', () => {
    fc.assert(
      fc.property(clock, clock, clock, (a, b, c) => {
        const same = (x: VectorClock, y: VectorClock): void => {
          expect(rowsOf(x)).toEqual(rowsOf(y));
        };
        same(merge(a, b), merge(b, a));
        same(merge(merge(a, b), c), merge(a, merge(b, c)));
        same(merge(a, a), a);
        expect(['before', 'equal']).toContain(compareClocks(a, merge(a, b)));
        for (const who of NODES)
          expect(eventsOf(merge(a, b), who)).toBe(Math.max(eventsOf(a, who), eventsOf(b, who)));
      }),
    );
  });

  test('are values: who ticks or merges one leaves it as it was', () => {
    const a = clockOf([['anna', 1]]);
    merge(tick(a, 'anna'), tick(a, 'bert'));
    expect(rowsOf(a)).toEqual([['anna', 1]]);
  });

  test('as data they come back, and equal clocks are equal bytes', () => {
    fc.assert(
      fc.property(clock, (a) => {
        const shuffled = new Map([...a].reverse());
        expect(JSON.stringify(rowsOf(shuffled))).toBe(JSON.stringify(rowsOf(a)));
        expect(compareClocks(clockOf(rowsOf(a)), a)).toBe('equal');
        expect(decode(clockRows(3), rowsOf(a)).ok).toBe(true);
      }),
    );
  });

  test.each([
    [
      [
        ['bert', 1],
        ['anna', 1],
      ],
      'a clock out of order',
    ],
    [
      [
        ['anna', 1],
        ['anna', 2],
      ],
      'a clock out of order',
    ],
    [[['anna', 0]], 'not a number'],
    [[['anna', 1.5]], 'not an integer'],
    [[['Anna!', 1]], 'does not match'],
    [
      [
        ['anna', 1],
        ['bert', 1],
        ['carl', 1],
      ],
      'more than 2 items',
    ],
    [[['anna']], 'not a list of 2'],
    [{}, 'not a list'],
  ])('%j is refused', (rows, reason) => {
    expect(decode(clockRows(2), rows)).toMatchObject({ ok: false });
    const decoded = decode(clockRows(2), rows);
    expect(decoded.ok ? '' : decoded.reason).toContain(reason);
  });
});

describe('Lamport clocks', () => {
  test('what happened before has the smaller time', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const events = play(all);
        for (const b of events)
          for (const i of b.before) expect(events[i]?.lamport).toBeLessThan(b.lamport);
      }),
    );
  });

  test('the smaller time alone says nothing: it may be concurrent', () => {
    const [first, second] = [lamportTick(0), lamportTick(lamportTick(0))];
    expect(first).toBeLessThan(second);
    const [anna, bert] = [tick(NO_EVENTS, 'anna'), tick(tick(NO_EVENTS, 'bert'), 'bert')];
    expect(areConcurrent(anna, bert)).toBe(true);
  });
});
