import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogEntry } from './entry.ts';
import type { Append } from './messages.ts';
import { entry, founding, member, operation, stored, term } from './testing/fixtures.ts';
import { Solo } from './testing/solo.ts';

const LEADERS = ['carl', 'dora', 'emil'];
const MEMBERS = ['anna', 'bert', ...LEADERS].map((id, priority) => member(id, priority));
const FIRST = term(1, 'anna');

/** A leader takes over so much of another's log, and appends so many entries of its own. */
interface Reign {
  readonly after: number;
  readonly keeps: number;
  readonly appends: number;
}

interface Led {
  readonly leader: string;
  readonly term: string;
  readonly log: readonly LogEntry[];
}

/** The logs of leaders one after the other, none of whom committed anything but the founding. */
function logsOf(reigns: readonly Reign[]): Led[] {
  const logs: Led[] = [];
  reigns.forEach(({ after, keeps, appends }, i) => {
    const leader = LEADERS[i % LEADERS.length] ?? 'carl';
    const own = term(i + 2, leader);
    const from = logs[after % Math.max(1, logs.length)]?.log ?? [
      entry(1, FIRST, founding(MEMBERS)),
    ];
    const kept = from.slice(0, 1 + (keeps % from.length));
    const added = Array.from({ length: appends }, (_, n) => {
      const index = kept.length + 1 + n;
      return entry(index, own, operation(leader, index, `${leader} ${index}`, own));
    });
    logs.push({ leader, term: own, log: [...kept, ...added] });
  });
  return logs;
}

/** Some APPEND that one of them could send at any time of its reign. */
function appendOf({ term: own, log }: Led, at: number, count: number): Append {
  const previous = log[at % log.length] ?? entry(1, FIRST);
  return {
    type: 'APPEND',
    term: own,
    previous: { index: previous.index, term: previous.term },
    entries: log.slice(previous.index, previous.index + count),
    commit: 1,
    beat: 1,
    quorum: true,
  };
}

const reign = fc.record({ after: fc.nat(9), keeps: fc.nat(9), appends: fc.nat(4) });
const delivery = fc.record({ who: fc.nat(9), at: fc.nat(12), count: fc.nat(5), to: fc.boolean() });

function promisedBy(solo: Solo): string {
  return solo.node.replica.promised;
}

function entries(solo: Solo): LogEntry[] {
  return solo.node.replica.log.slice(1, Infinity);
}

describe('log matching', () => {
  test('R1: whatever APPENDs come, lost, doubled and out of order: an equal term at an index means equal logs up to it', () => {
    fc.assert(
      fc.property(
        fc.array(reign, { minLength: 1, maxLength: 6 }),
        fc.array(delivery, { maxLength: 40 }),
        (reigns, deliveries) => {
          const logs = logsOf(reigns);
          const [anna, bert] = ['anna', 'bert'].map(
            (id, priority) => new Solo(id, { priority, stored: stored(id, MEMBERS) }),
          ) as [Solo, Solo];
          for (const { who, at, count, to } of deliveries) {
            const led = logs[who % logs.length];
            if (!led) continue;
            const solo = to ? anna : bert;
            solo.receive(led.leader, appendOf(led, at, count));
            solo.write();
            const said = solo.all('APPENDED', led.leader).at(-1);
            // What it has acknowledged last in this term it still holds, and so does the leader.
            if (said?.ok === true && said.term === led.term && led.term === promisedBy(solo)) {
              const held = entries(solo).slice(0, said.match.index);
              expect(held).toEqual(led.log.slice(0, said.match.index));
            }
          }
          for (const one of [anna, bert, ...logs.map(({ log }) => log)]) {
            const log = one instanceof Solo ? entries(one) : one;
            for (const [i, { term: held }] of entries(anna).entries()) {
              if (log[i]?.term === held) expect(log.slice(0, i)).toEqual(entries(anna).slice(0, i));
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('R1: the newest leader brings any follower to its own log, whatever that one held', () => {
    fc.assert(
      fc.property(
        fc.array(reign, { minLength: 1, maxLength: 6 }),
        fc.array(delivery, { maxLength: 20 }),
        (reigns, deliveries) => {
          const logs = logsOf(reigns);
          const solo = new Solo('anna', { priority: 0, stored: stored('anna', MEMBERS) });
          for (const { who, at, count } of deliveries) {
            const led = logs[who % logs.length];
            if (led) solo.receive(led.leader, appendOf(led, at, count));
            solo.write();
          }
          const newest = logs.at(-1);
          if (!newest) return;
          // As `Replication` does it: on from where the follower says, until it has all.
          let at = newest.log.length;
          for (let round = 0; round < 20; round++) {
            solo.receive(newest.leader, appendOf(newest, at - 1, newest.log.length));
            solo.write();
            const said = solo.all('APPENDED', newest.leader).at(-1);
            if (!said || said.ok) break;
            const { match } = said;
            const common = newest.log[match.index - 1]?.term === match.term;
            at = Math.max(1, common ? match.index : Math.min(match.index, newest.log.length) - 1);
          }
          expect(entries(solo).slice(0, newest.log.length)).toEqual(newest.log);
        },
      ),
      { numRuns: 200 },
    );
  });
});
