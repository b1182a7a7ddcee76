import { describe, expect, it } from 'vitest';
import type { FaultRuleInput } from '../../runtime/gatehouse.ts';
import { isCutOff, rulesOf, settingsOf } from './fault-rules.ts';

describe('fault rules', () => {
  it('are what the panel set, and back', () => {
    const settings = { loss: 0.25, delayMs: 200, cut: new Set(['b', 'a']), others: [] };
    const rules = rulesOf(settings);
    expect(rules).toEqual([
      { to: ['a'], cut: true },
      { to: ['b'], cut: true },
      { drop: 0.25, delayMs: [200, 200] },
    ]);
    expect(settingsOf(rules)).toEqual({ ...settings, cut: new Set(['a', 'b']) });
    expect(rulesOf(settingsOf([]))).toEqual([]);
  });

  it('from the console are kept', () => {
    const odd: FaultRuleInput[] = [
      { to: ['c'], drop: 0.5 },
      { delayMs: [100, 900] },
      { cut: true },
    ];
    const settings = settingsOf(odd);
    expect(settings).toMatchObject({ loss: 0, delayMs: 0, others: odd });
    expect(rulesOf({ ...settings, loss: 0.1 })).toEqual([{ drop: 0.1 }, ...odd]);
  });

  it('cut off one, several or all', () => {
    expect(isCutOff([{ to: ['a', 'b'], cut: true }], 'b')).toBe(true);
    expect(isCutOff([{ to: ['a'], cut: true }], 'b')).toBe(false);
    expect(isCutOff([{ cut: true }], 'b')).toBe(true);
    expect(isCutOff([{ drop: 1 }], 'b')).toBe(false);
  });
});
