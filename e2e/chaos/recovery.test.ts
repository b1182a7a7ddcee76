import { afterEach, describe, expect, test, vi } from 'vitest';
import { Ledger, now, type Answer, type Asked } from '../tab.ts';
import { Recovery } from './recovery.ts';

const outcome = { visitor: 'Ada', operation: 'anna.1', index: 2, allowed: true } as const;
const OK: Answer = { ok: true, outcome };
const FAILED: Answer = { ok: false, code: 'no-quorum', definite: true, message: '' };

/** An operation that was answered, or was not yet. */
function asked(gate: string, askedAt: number, answeredAt = Infinity, answer?: Answer): Asked {
  return { gate, kind: 'enter', visitor: 'Ada', askedAt, answeredAt, answer };
}

afterEach(() => void vi.useRealTimers());

describe('the clock of the recovery (L1)', () => {
  test('begins when the last fault ends, though it is asked later', async () => {
    const ledger = new Ledger();
    const recovery = new Recovery(ledger);
    const since = now() - 30_000;
    ledger.asked.push(
      asked('G1', since - 1, since + 1, OK),
      asked('G1', since + 1, since + 2, FAILED),
      asked('G1', since + 3, since + 9000, OK),
      asked('G1', since + 9001, since + 9002, OK),
      asked('G2', since + 1, since + 5000, OK),
    );
    await recovery.measure(['G1', 'G2'], since);
    expect([recovery.samples, recovery.quantile(0.5), recovery.quantile(1)]).toEqual([
      2, 5000, 9000,
    ]);
  });

  test('goes on while a gate answers nothing', async () => {
    const ledger = new Ledger();
    const recovery = new Recovery(ledger);
    const since = now() - 4000;
    const one = asked('G1', since + 1);
    ledger.asked.push(one);
    const measured = recovery.measure(['G1'], since);
    ledger.answered(one, OK);
    await measured;
    expect(recovery.quantile(1)).toBeGreaterThanOrEqual(4000);
  });

  test('is over after 60 s from there, also for who answers before it is asked', async () => {
    vi.useFakeTimers();
    const ledger = new Ledger();
    const since = now() - 61_000;
    ledger.asked.push(asked('G1', since + 1, since + 60_500, OK));
    const measured = expect(new Recovery(ledger).measure(['G1'], since)).rejects.toThrow(/G1/);
    await vi.advanceTimersByTimeAsync(1);
    await measured;
  });
});
