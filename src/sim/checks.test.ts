import { describe, expect, it } from 'vitest';
import { enter, FakeNode, founding, MEMBERS, T1, T2, T3 } from './checkers/testing/fake-node.ts';
import type { Call } from './checkers/history.ts';
import type { Outcome } from './checkers/park-model.ts';
import { Checks } from './checks.ts';

const ALLOWED: Outcome = { allowed: true };
const FULL: Outcome = { allowed: false, reason: 'full' };

/** All checks of a park with one gate, for one visitor, in which v1 is let in at 3 and v2 is refused at 4. */
function park(): { checks: Checks; anna: FakeNode } {
  const checks = new Checks(
    () => 0,
    () => undefined,
    (work) => work(),
  );
  const anna = new FakeNode().append(T1, founding(1, MEMBERS.slice(0, 1)), { kind: 'opening' });
  anna.leadership = { term: T1 };
  anna.append(T1, enter('anna', 1, 'v1'), enter('anna', 2, 'v2'));
  checks.log.follow('anna#1', anna);
  anna.commitTo(4);
  return { checks, anna };
}

/** Carl holds a copy of what anna asked for and was refused, and goes on alone with the log of one of anna's offices. */
function goneOn(from: 'before it was refused' | 'after it was refused'): Checks {
  const { checks, anna } = park();
  const copied = anna.entries.map(({ command }) => command);
  const carl = new FakeNode().append(T1, ...copied, enter('anna', 3, 'v3'));
  if (from === 'before it was refused') {
    anna.leadership = { term: T2 };
    anna.append(T2, { kind: 'opening' });
    anna.commitTo(5);
  }
  checks.refused(anna, 'anna.3');
  const members = MEMBERS.slice(2);
  carl.append(T3, { kind: 'generation', generation: 'two', without: ['anna'], members });
  carl.leadership = { term: T3 };
  checks.log.follow('carl#1', carl);
  carl.commitTo(6);
  return checks;
}

function call(number: number, result: Call['result'], outcome: Outcome | null): Call {
  return {
    key: `anna#${number}.${number}`,
    process: `door ${number}`,
    operation: { kind: 'enter', visitor: `v${number}` },
    invokedAt: number * 10,
    returnedAt: result === 'ok' || result === 'fail' ? number * 10 + 5 : Infinity,
    result,
    outcome,
  };
}

describe('what clients were told at the end (rule S8)', () => {
  it('fits the log', () => {
    const { checks, anna } = park();
    checks.told(anna, 'anna.1', 3, ALLOWED);
    checks.told(anna, 'anna.2', 4, FULL);
    const calls = [call(1, 'ok', ALLOWED), call(2, 'ok', FULL)];
    expect(() => checks.ended(calls)).not.toThrow();
    expect(() => checks.judge({ capacity: 1, calls })).not.toThrow();
  });

  it('a definite error of what is committed', () => {
    const { checks } = park();
    expect(() => checks.ended([call(1, 'ok', ALLOWED), call(2, 'fail', null)])).toThrow(
      'S8: anna.2 surely failed, yet is committed at 4',
    );
  });

  it('but not what a person did who went on without the office that refused it (rules G4, O3)', () => {
    const refusal = call(3, 'fail', null);
    expect(() => goneOn('after it was refused').ended([refusal])).toThrow(
      'S8: anna.3 surely failed',
    );
    const checks = goneOn('before it was refused');
    const calls = [call(1, 'info', null), call(2, 'info', null), refusal];
    expect(() => checks.ended(calls)).not.toThrow();
    expect(() => checks.judge({ capacity: 1, calls })).not.toThrow();
  });

  it('the answer to another operation than was asked for (rule S7)', () => {
    const { checks, anna } = park();
    const asked = { kind: 'enter', visitor: 'v2' } as const;
    expect(() => checks.told(anna, 'anna.1', 3, ALLOWED, asked)).toThrow('S7: anna.1 asked for');
  });

  it('but not when a later life took the number of one that failed (rule O1)', () => {
    const { checks } = park();
    const again: Call = { ...call(2, 'ok', FULL), key: 'anna#3.2' };
    expect(() => checks.ended([call(2, 'fail', null), again])).not.toThrow();
  });

  it('an answer that turns time around: who was refused for a full park had come first', () => {
    const { checks, anna } = park();
    checks.told(anna, 'anna.1', 3, ALLOWED);
    checks.told(anna, 'anna.2', 4, FULL);
    const late = { ...call(1, 'ok', ALLOWED), invokedAt: 100, returnedAt: 105 };
    expect(() => checks.judge({ capacity: 1, calls: [late, call(2, 'ok', FULL)] })).toThrow(
      'S8: no order explains the history',
    );
  });

  it('an entry at or below what had been told before the operation was asked for', () => {
    const { checks, anna } = park();
    checks.told(anna, 'anna.2', 4, FULL);
    checks.invoked('anna.1');
    expect(() => checks.told(anna, 'anna.1', 3, ALLOWED)).toThrow(
      'S8: anna.1 is at 3, but 4 was told before it was asked',
    );
  });
});
