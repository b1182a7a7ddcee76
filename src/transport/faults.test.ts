import { describe, expect, it } from 'vitest';
import { DelayLines, FaultRules } from './faults.ts';
import { seeded, TestClock } from './test-clock.ts';

const never = () => {
  throw new Error('nothing is left to chance');
};

describe('fault rules', () => {
  it('let everything pass when there are none', () => {
    const rules = new FaultRules();
    expect([rules.fate('aaaa', never), rules.delay('aaaa', never), rules.cut('aaaa')]).toEqual([
      'pass',
      0,
      false,
    ]);
  });

  it('count by the last one that fits a peer', () => {
    const rules = new FaultRules([{ cut: true }, { to: ['aaaa'], drop: 1 }, { to: ['bbbb'] }]);
    expect(rules.fate('aaaa', () => 0.999)).toBe('drop');
    expect(rules.cut('aaaa')).toBe(false);
    expect(rules.fate('bbbb', never)).toBe('pass');
    expect(rules.fate('cccc', never)).toBe('cut');
  });

  it('drop about as many as they say', () => {
    const rules = new FaultRules([{ drop: 0.3 }]);
    const random = seeded(1);
    const fates = Array.from({ length: 10_000 }, () => rules.fate('aaaa', random));
    const share = fates.filter((fate) => fate === 'drop').length / fates.length;
    expect(share).toBeGreaterThan(0.28);
    expect(share).toBeLessThan(0.32);
  });

  it('delay within their range', () => {
    const rules = new FaultRules([{ delayMs: [10, 20] }]);
    expect(rules.delay('aaaa', () => 0)).toBe(10);
    expect(rules.delay('aaaa', () => 0.5)).toBe(15);
  });

  it('do not change when the list they came from does', () => {
    const rule = { cut: false };
    const rules = new FaultRules([rule]);
    rule.cut = true;
    expect(rules.cut('aaaa')).toBe(false);
  });
});

describe('delay lines', () => {
  it('let messages go in order, each peer by itself, none too early', () => {
    const clock = new TestClock();
    const out: [string, unknown, number][] = [];
    const lines = new DelayLines(clock, (peer, message) => out.push([peer, message, clock.now()]));
    lines.hold('aaaa', 1, 30);
    lines.hold('aaaa', 2, 10);
    lines.hold('bbbb', 3, 20);
    lines.hold('aaaa', 4, 50);
    clock.advance(100);
    expect(out).toEqual([
      ['bbbb', 3, 20],
      ['aaaa', 1, 30],
      ['aaaa', 2, 30],
      ['aaaa', 4, 50],
    ]);
    expect(lines.busy('aaaa')).toBe(false);
  });

  it('keep the order of what is held while they let go', () => {
    const clock = new TestClock();
    const out: unknown[] = [];
    const lines = new DelayLines(clock, (_peer, message) => {
      out.push(message);
      if (message !== 1) return;
      expect(lines.busy('aaaa')).toBe(true);
      lines.hold('aaaa', 9, 0);
    });
    lines.hold('aaaa', 1, 10);
    lines.hold('aaaa', 2, 10);
    clock.advance(100);
    expect(out).toEqual([1, 2, 9]);
  });

  it('throw away what they hold when they are cleared', () => {
    const clock = new TestClock();
    const lines = new DelayLines(clock, never);
    lines.hold('aaaa', 1, 10);
    lines.clear();
    clock.advance(100);
    expect(clock.pending).toBe(0);
  });
});
