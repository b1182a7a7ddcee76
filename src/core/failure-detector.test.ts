import { beforeEach, describe, expect, test } from 'vitest';
import { Context } from './context.ts';
import type { Effect } from './effects.ts';
import { FailureDetector } from './failure-detector.ts';
import { member, stored } from './testing/fixtures.ts';
import { Solo } from './testing/solo.ts';
import { DEFAULT_TIMING } from './timers.ts';

let context: Context;
let detector: FailureDetector;
let events: string[];

beforeEach(() => {
  context = new Context('anna', DEFAULT_TIMING, () => 0.5);
  events = [];
  detector = new FailureDetector(context, {
    failed: (peer) => events.push(`failed ${peer}`),
    back: (peer) => events.push(`back ${peer}`),
  });
});

/** The nonces of the PROBEs that were sent since the last call, and how long each is waited for. */
function probes(): { nonce: number; timeout: number }[] {
  const effects: Effect[] = context.takeEffects();
  const timeouts = effects.flatMap((effect) =>
    effect.type === 'set-timer' ? [effect.delayMs] : [],
  );
  return effects
    .flatMap((effect) => (effect.type === 'send' ? [effect.envelope.message] : []))
    .flatMap((message) => (message.type === 'PROBE' ? [message.nonce] : []))
    .map((nonce, i) => ({ nonce, timeout: timeouts[i] ?? 0 }));
}

function answer(nonce: number, afterMs: number): void {
  context.now += afterMs;
  detector.gotIt('bert', { type: 'GOT_IT', to: 'PROBE', nonce, leads: null });
  detector.heard('bert');
}

describe('suspicion', () => {
  test('F1: a suspicion sends PROBE at once and makes nobody failed', () => {
    detector.suspect('bert', 'silence');
    expect(probes()).toHaveLength(1);
    expect(detector.isSuspected('bert')).toBe(true);
    expect(detector.isFailed('bert')).toBe(false);
    expect(events).toEqual([]);
  });

  test('F1: one PROBE at a time, whatever else is suspicious meanwhile', () => {
    detector.suspect('bert', 'silence');
    detector.suspect('bert', 'hint');
    detector.probe('bert');
    expect(probes()).toHaveLength(1);
  });

  test('F1: a PROBE of the schedule is no suspicion', () => {
    detector.probe('bert');
    expect(probes()).toHaveLength(1);
    expect(detector.isSuspected('bert')).toBe(false);
  });

  test('F2: any message ends it, and its time-out with it', () => {
    detector.suspect('bert', 'silence');
    detector.heard('bert');
    expect(detector.isSuspected('bert')).toBe(false);
    expect(context.isTimerSet('probe:bert')).toBe(false);
    detector.timedOut('bert');
    expect(events).toEqual([]);
  });
});

describe('failure', () => {
  test('F3: an unanswered PROBE is one', () => {
    detector.suspect('bert', 'silence');
    detector.timedOut('bert');
    detector.timedOut('bert');
    expect(detector.isFailed('bert')).toBe(true);
    expect(events).toEqual(['failed bert']);
  });

  test('F3: so is a fact, without a PROBE', () => {
    detector.fail('bert', 'closed its link');
    expect(events).toEqual(['failed bert']);
    expect(probes()).toEqual([]);
  });

  test('F3: who is failed is not probed any more', () => {
    detector.fail('bert', 'closed its link');
    detector.suspect('bert', 'hint');
    detector.probe('bert');
    expect(probes()).toEqual([]);
  });

  test('F2: who is failed and heard is back', () => {
    detector.fail('bert', 'closed its link');
    detector.heard('bert');
    detector.heard('bert');
    expect(events).toEqual(['failed bert', 'back bert']);
    expect(detector.isSuspected('bert')).toBe(false);
  });

  test('F4: a node that slept forgets whom it suspected', () => {
    detector.suspect('bert', 'silence');
    detector.fail('carl', 'closed its link');
    detector.forgive();
    expect(detector.isSuspected('bert')).toBe(false);
    expect(detector.isFailed('carl')).toBe(false);
    expect(context.isTimerSet('probe:bert')).toBe(false);
    expect(events).toEqual(['failed carl']);
  });
});

describe('the time-out', () => {
  function timeoutAfter(roundTrip: number, times = 30): number {
    for (let i = 0; i < times; i++) {
      detector.probe('bert');
      const [probe] = probes();
      answer(probe?.nonce ?? 0, roundTrip);
      probes();
    }
    detector.probe('bert');
    return probes()[0]?.timeout ?? 0;
  }

  test('F3: follows the round trips seen, between 250 and 1000 ms', () => {
    expect(timeoutAfter(1)).toBe(250);
    expect(timeoutAfter(80)).toBeGreaterThan(500);
    expect(timeoutAfter(400)).toBe(1000);
    expect(timeoutAfter(1)).toBeLessThan(300);
  });

  test('F3: an answer that comes too late tells the round trip too, or a slow peer would fail again and again', () => {
    for (let i = 0; i < 10; i++) {
      detector.probe('bert');
      const [probe] = probes();
      const { nonce = 0, timeout = 0 } = probe ?? {};
      if (timeout < 500) {
        context.now += timeout;
        detector.timedOut('bert');
      }
      answer(nonce, Math.max(0, 500 - timeout));
      probes();
    }
    expect(events.filter((event) => event === 'failed bert').length).toBeLessThan(4);
    expect(detector.isFailed('bert')).toBe(false);
    detector.probe('bert');
    expect(probes()[0]?.timeout).toBeGreaterThan(500);
  });

  test('F3: one slow answer does not change it by much', () => {
    timeoutAfter(2);
    const [probe] = probes();
    answer(probe?.nonce ?? 0, 2);
    expect(timeoutAfter(100, 1)).toBeLessThan(350);
  });

  test('F3: an answer to another PROBE says nothing about this one', () => {
    detector.probe('bert');
    const [probe] = probes();
    context.now += 900;
    detector.gotIt('bert', {
      type: 'GOT_IT',
      to: 'PROBE',
      nonce: (probe?.nonce ?? 0) + 1,
      leads: null,
    });
    detector.gotIt('bert', { type: 'GOT_IT', to: 'ELECT', nonce: probe?.nonce ?? 0, leads: null });
    detector.heard('bert');
    detector.probe('bert');
    // As long as for a peer that never answered.
    expect(probes()[0]?.timeout).toBe(375);
  });
});

test('F4: timers that come far too late are one sleep, not one with every event', () => {
  const solo = new Solo('anna', {
    priority: 1,
    stored: stored('anna', [member('anna', 1), member('bert', 2)]),
  });
  solo.now += 10_000;
  const slept = (): number => solo.notes.filter((note) => note.startsWith('slept')).length;
  for (let nonce = 1; nonce <= 3; nonce++) solo.receive('bert', { type: 'PROBE', nonce });
  expect(slept()).toBe(1);
  solo.now += 3000;
  solo.receive('bert', { type: 'PROBE', nonce: 4 });
  expect(slept()).toBe(2);
});
