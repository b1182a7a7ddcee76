import { expect, test } from 'vitest';
import { Solo } from './testing/solo.ts';

const leads = null;

test('N4: hello asks all neighbours at once and tells how long each took, and who did not answer', () => {
  const solo = new Solo('anna');
  for (const peer of ['bert', 'carl', 'dora']) solo.link(peer);
  solo.link('dora', 'closed');
  solo.take('PROBE');
  const request = solo.command({ type: 'hello' });
  const probes = solo.take('PROBE');
  expect(probes.map(({ to }) => to)).toEqual(['bert', 'carl']);
  const [{ message }] = probes as [(typeof probes)[0]];
  solo.now += 7;
  // By whom it was not asked, and twice.
  solo.receive('carl', { type: 'GOT_IT', to: 'PROBE', nonce: message.nonce, leads }, '');
  solo.receive('bert', { type: 'GOT_IT', to: 'PROBE', nonce: message.nonce, leads }, '');
  solo.now += 5;
  solo.receive('bert', { type: 'GOT_IT', to: 'PROBE', nonce: message.nonce, leads }, '');
  expect(solo.replies.has(request)).toBe(false);
  solo.fire('hello');
  const greetings = [
    { peer: 'bert', ms: 7 },
    { peer: 'carl', ms: null },
  ];
  expect(solo.replies.get(request)).toEqual({ ok: true, value: { type: 'greeted', greetings } });
  expect(solo.node.detector.isSuspected('carl')).toBe(false);
});

test('N4: hello is answered at once when all have answered, when there is nobody, and when it is asked again', () => {
  const solo = new Solo('anna');
  const alone = solo.command({ type: 'hello' });
  expect(solo.replies.get(alone)).toEqual({ ok: true, value: { type: 'greeted', greetings: [] } });
  solo.link('bert');
  const first = solo.command({ type: 'hello' });
  const second = solo.command({ type: 'hello' });
  expect(solo.replies.get(first)).toMatchObject({ value: { greetings: [{ ms: null }] } });
  const { message } = solo.take('PROBE').at(-1)!;
  solo.receive('bert', { type: 'GOT_IT', to: 'PROBE', nonce: message.nonce, leads }, '');
  expect(solo.replies.get(second)).toMatchObject({ value: { greetings: [{ ms: 0 }] } });
  expect(solo.timers.has('hello')).toBe(false);
});
