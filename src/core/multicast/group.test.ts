import { describe, expect, test } from 'vitest';
import type { Reply } from '../effects.ts';
import type { NodeId } from '../identity.ts';
import type { MessageType } from '../messages.ts';
import { Harness, type HarnessOptions } from '../testing/harness.ts';
import { messagesPerMulticast } from './multicast.ts';

const FOUR: readonly NodeId[] = ['anna', 'bert', 'carl', 'dora'];
const KINDS = ['sequencer', 'lamport'] as const;

/** A park in step, dora leads; its multicast group has its first view. */
function group(options: HarnessOptions, ids = FOUR): Harness {
  const harness = new Harness({ seed: 3, ...options });
  ids.forEach((id, i) => {
    harness.start(id, i + 1);
    harness.settle();
  });
  harness.runUntil(() => harness.leader()?.self.id === ids.at(-1), 60_000);
  harness.settle();
  say(harness, ids[0] ?? '', 'first');
  harness.run(1000);
  return harness;
}

function say(harness: Harness, id: NodeId, text: string): void {
  expect(harness.command(id, { type: 'multicast', text })).toMatchObject({ ok: true });
}

function texts(harness: Harness, id: NodeId): string[] {
  return harness.node(id).group.history.kept.map(({ multicast }) => multicast.text);
}

function held(harness: Harness, id: NodeId): string[] {
  return harness
    .node(id)
    .group.report()
    .held.map(({ text }) => text);
}

/** What everybody who runs has delivered: one list. */
function common(harness: Harness): string[] {
  const [list = [], ...others] = harness.ids.map((id) => texts(harness, id));
  for (const other of others) expect(other).toEqual(list);
  return list;
}

function isDeliveredBy(harness: Harness, ids: readonly NodeId[], text: string): boolean {
  return ids.every((id) => texts(harness, id).includes(text));
}

const ORDER_MESSAGES: readonly MessageType[] = [
  'ORDER',
  'NUMBERED',
  'HELD',
  'DELIVER',
  'STAMPED',
  'ACKNOWLEDGED',
];

describe.each(KINDS)('%s', (multicast) => {
  const order = multicast;
  const settings = { multicast };

  test('T6: nothing is written or said before somebody sends, then there is a view of all', () => {
    const harness = new Harness({ seed: 3, settings });
    FOUR.forEach((id, i) => {
      harness.start(id, i + 1);
      harness.settle();
    });
    harness.run(5000);
    expect(harness.node('anna').replica.view(order)).toBeNull();
    expect(harness.count('GROUP_JOIN')).toBe(0);
    say(harness, 'bert', 'hello');
    harness.run(10);
    const view = harness.node('anna').replica.view(order);
    expect(view?.members.map(({ id }) => id)).toEqual(FOUR);
    expect(view?.number).toBe(1);
    expect(common(harness)).toEqual(['hello']);
  });

  test('T1: who sends at the same time is delivered in one order everywhere, nothing twice', () => {
    const harness = group({ settings });
    for (let i = 0; i < 30; i++)
      for (const id of FOUR) harness.ask(id, { type: 'multicast', text: `${id} ${String(i)}` });
    harness.runUntil(() => FOUR.every((id) => texts(harness, id).length === 121), 5000);
    const all = common(harness);
    for (const id of FOUR) {
      const own = all.filter((text) => text.startsWith(id));
      expect(own).toEqual(Array.from({ length: 30 }, (_, i) => `${id} ${String(i)}`));
    }
  });

  test('T1: what is delivered has a position, the same everywhere, and the sender is told it', () => {
    const harness = group({ settings });
    const told: unknown[] = [];
    harness.ask('anna', { type: 'multicast', text: 'in the first view' });
    harness.run(1000);
    harness.crash('dora');
    const three = ['anna', 'bert', 'carl'];
    harness.ask('anna', { type: 'multicast', text: 'under way' });
    harness.runUntil(() => isDeliveredBy(harness, three, 'under way'), 10_000);
    harness.ask('bert', { type: 'multicast', text: 'in the next' }, (reply) => told.push(reply));
    harness.runUntil(() => isDeliveredBy(harness, three, 'in the next'), 5000);
    const positions = (id: NodeId): string[] =>
      harness
        .node(id)
        .group.history.kept.map(({ position }) => `${position.view}.${position.number}`);
    expect(positions('bert')).toEqual(positions('anna'));
    expect(positions('carl')).toEqual(positions('anna'));
    const numbers = harness.node('anna').group.history.kept.map(({ position }) => position.number);
    expect(numbers).toEqual([1, 2, 3, 4]);
    expect(positions('anna').slice(0, 2)).toEqual(['1.1', '1.2']);
    const [view = 0, number = 0] = (positions('anna').at(-1) ?? '').split('.').map(Number);
    expect(view).toBeGreaterThan(1);
    expect(told).toMatchObject([{ ok: true, value: { position: { view, number } } }]);
    harness.start('emil', 0);
    harness.settle();
    harness.runUntil(() => harness.node('emil').group.view !== null, 5000);
    say(harness, 'emil', 'from the beginning');
    harness.runUntil(() => isDeliveredBy(harness, ['anna'], 'from the beginning'), 5000);
    expect(positions('emil')).toEqual([positions('anna').at(-1)]);
  });

  test('T2: an answer comes after what it answers, everywhere', () => {
    const harness = group({ settings });
    // What anna says takes long to dora and carl: they may hear the answer first.
    harness.fate = (from, to, { type }) =>
      from === 'anna' && to !== 'bert' && ORDER_MESSAGES.includes(type) ? 150 : 'pass';
    harness.ask('anna', { type: 'multicast', text: 'question' });
    harness.runUntil(() => texts(harness, 'bert').includes('question'), 5000);
    say(harness, 'bert', 'answer');
    harness.runUntil(() => isDeliveredBy(harness, FOUR, 'answer'), 5000);
    expect(common(harness).slice(-2)).toEqual(['question', 'answer']);
  });

  test('T3: a peer that dies without leaving: the others deliver what it was seen to send, and go on', () => {
    const harness = group({ settings });
    harness.ask('bert', { type: 'multicast', text: 'last words' });
    harness.run(1);
    harness.crash('bert');
    harness.ask('anna', { type: 'multicast', text: 'and on' });
    harness.runUntil(() => isDeliveredBy(harness, ['anna', 'carl', 'dora'], 'and on'), 5000);
    expect(common(harness)).toEqual(['first', 'last words', 'and on']);
    expect(harness.node('anna').group.view?.members.map(({ id }) => id)).not.toContain('bert');
  });

  test('T3: what only the dead had delivered is delivered by all who live', () => {
    const harness = group({ settings });
    // Only dora, who leads, hears that all hold it; then she dies.
    harness.fate = (_from, to, { type }) =>
      to !== 'dora' && (type === 'DELIVER' || type === 'ACKNOWLEDGED') ? 'lose' : 'pass';
    harness.ask('anna', { type: 'multicast', text: 'known to dora' });
    harness.runUntil(() => texts(harness, 'dora').includes('known to dora'), 5000);
    expect(isDeliveredBy(harness, ['bert'], 'known to dora')).toBe(false);
    harness.crash('dora');
    harness.fate = () => 'pass';
    harness.runUntil(() => isDeliveredBy(harness, ['anna', 'bert', 'carl'], 'known to dora'), 5000);
    expect(common(harness)).toEqual(['first', 'known to dora']);
  });

  test.each([
    ['crashes', (harness: Harness) => harness.crash('dora')],
    ['hangs', (harness: Harness) => harness.freeze('dora')],
    ['leaves', (harness: Harness) => harness.leave('dora')],
  ])('T7: the greatest %s with messages under way: none is lost, none doubled', (_how, fail) => {
    const harness = group({ settings });
    for (let i = 1; i <= 40; i++)
      harness.ask('anna', { type: 'multicast', text: `a ${String(i)}` });
    for (let i = 1; i <= 40; i++)
      harness.ask('bert', { type: 'multicast', text: `b ${String(i)}` });
    harness.run(3);
    fail(harness);
    const living = ['anna', 'bert', 'carl'];
    const all = (): boolean => living.every((id) => texts(harness, id).length === 81);
    harness.runUntil(all, 10_000);
    harness.run(2000);
    expect(all()).toBe(true);
    expect(texts(harness, 'bert')).toEqual(texts(harness, 'anna'));
    expect(texts(harness, 'carl')).toEqual(texts(harness, 'anna'));
    const ofAnna = texts(harness, 'anna').filter((text) => text.startsWith('a '));
    expect(ofAnna).toEqual(Array.from({ length: 40 }, (_, i) => `a ${String(i + 1)}`));
    expect(harness.node('anna').group.report()).toMatchObject({ pending: 0, held: [] });
  });

  test('T4, T8: who restarts, or was taken for dead, is another member and delivers from then on', () => {
    const harness = group({ settings });
    const before = harness.node('bert').group.incarnation;
    const carls = harness.node('carl').group.incarnation;
    const has = (count: number): boolean =>
      harness.node('anna').group.view?.members.length === count;
    harness.crash('bert');
    harness.runUntil(() => has(3), 5000);
    say(harness, 'anna', 'without bert');
    harness.start('bert', 2);
    harness.runUntil(() => has(4), 10_000);
    harness.freeze('carl');
    harness.runUntil(() => has(3), 5000);
    say(harness, 'anna', 'without carl');
    harness.thaw('carl');
    harness.runUntil(() => has(4), 10_000);
    harness.settle();
    say(harness, 'carl', 'all are back');
    harness.runUntil(() => isDeliveredBy(harness, FOUR, 'all are back'), 5000);
    expect(harness.node('bert').group.incarnation).not.toBe(before);
    expect(harness.node('carl').group.incarnation).not.toBe(carls);
    const all = ['first', 'without bert', 'without carl', 'all are back'];
    expect(texts(harness, 'dora')).toEqual(all);
    expect(texts(harness, 'bert')).toEqual(all.slice(2));
    expect(texts(harness, 'carl')).toEqual(all.slice(3));
  });

  test('T6: a peer that joins later is taken in, and delivers what comes from then on', () => {
    const harness = group({ settings });
    harness.start('emil', 0);
    harness.settle();
    harness.runUntil(() => harness.node('emil').group.view !== null, 5000);
    say(harness, 'emil', 'here I am');
    harness.runUntil(() => isDeliveredBy(harness, harness.ids, 'here I am'), 5000);
    expect(texts(harness, 'emil')).toEqual(['here I am']);
    expect(texts(harness, 'anna')).toEqual(['first', 'here I am']);
  });

  test('T8: what was sent while taken for dead is sent anew, once', () => {
    const harness = group({ settings });
    harness.partition(['bert'], ['anna', 'carl', 'dora']);
    harness.ask('bert', { type: 'multicast', text: 'from afar' });
    harness.runUntil(() => harness.node('anna').group.view?.members.length === 3, 5000);
    harness.heal();
    harness.settle(20_000);
    harness.runUntil(() => isDeliveredBy(harness, FOUR, 'from afar'), 10_000);
    harness.run(2000);
    expect(texts(harness, 'anna')).toEqual(['first', 'from afar']);
    expect(texts(harness, 'bert')).toEqual(['from afar']);
  });

  test('T8: whose log was compacted meanwhile does not know what became of its messages', () => {
    const harness = group({ settings, snapshotInterval: 8 });
    harness.partition(['bert'], ['anna', 'carl', 'dora']);
    const replies: unknown[] = [];
    harness.ask('bert', { type: 'multicast', text: 'from afar' }, (reply) => replies.push(reply));
    harness.runUntil(() => harness.node('anna').group.view?.members.length === 3, 5000);
    for (let i = 0; i < 24; i++) harness.submit('anna', i);
    harness.heal();
    harness.settle(20_000);
    harness.runUntil(() => harness.node('bert').group.view !== null, 5000);
    expect(replies).toMatchObject([{ ok: false, code: 'timeout', definite: false }]);
    expect(harness.noted('left-out').join()).toContain('snapshot');
    say(harness, 'bert', 'again');
    harness.runUntil(() => isDeliveredBy(harness, FOUR, 'again'), 5000);
    expect(texts(harness, 'anna')).toEqual(['first', 'again']);
  });

  test('T9: all of a view restarted: what they had under way is gone, and the group goes on', () => {
    const harness = group({ settings });
    harness.ask('anna', { type: 'multicast', text: 'nobody remembers' });
    for (const id of FOUR) harness.crash(id);
    FOUR.forEach((id, i) => harness.start(id, i + 1));
    harness.settle(20_000);
    harness.runUntil(() => harness.node('anna').group.view !== null, 5000);
    say(harness, 'anna', 'a new day');
    harness.runUntil(() => isDeliveredBy(harness, FOUR, 'a new day'), 5000);
    expect(common(harness)).toEqual(['a new day']);
  });

  test('T6: a FLUSH of an older term is refused, and one for a view that is there is void', () => {
    const harness = group({ settings });
    const { replica } = harness.node('anna');
    harness.deliver('anna', 'bert', { type: 'FLUSH', order, term: '000000000001.bert', view: 2 });
    expect(harness.count('REFUSE')).toBe(1);
    harness.deliver('anna', 'dora', { type: 'FLUSH', order, term: replica.promised, view: 1 });
    say(harness, 'anna', 'on and on');
    expect(harness.sent('FLUSHED').filter(({ view }) => view === 2)).toEqual([]);
  });

  test('T6: who has answered FLUSH delivers nothing before the new view, whoever brings it', () => {
    const harness = group({ settings });
    const { replica } = harness.node('anna');
    harness.deliver('anna', 'dora', { type: 'FLUSH', order, term: replica.promised, view: 2 });
    const replies: unknown[] = [];
    harness.ask('bert', { type: 'multicast', text: 'stuck' }, (reply) => replies.push(reply));
    harness.run(2000);
    expect(isDeliveredBy(harness, ['bert'], 'stuck')).toBe(false);
    harness.crash('carl');
    harness.runUntil(() => isDeliveredBy(harness, ['anna', 'bert', 'dora'], 'stuck'), 5000);
    expect(common(harness)).toEqual(['first', 'stuck']);
  });

  test('T12: links that lose every third message delay the order and change nothing', () => {
    const harness = group({ settings });
    let sent = 0;
    harness.fate = (_from, _to, { type }) =>
      ORDER_MESSAGES.includes(type) && (sent += 1) % 3 === 0 ? 'lose' : 'pass';
    for (let i = 0; i < 30; i++)
      for (const id of FOUR) harness.ask(id, { type: 'multicast', text: `${id} ${String(i)}` });
    harness.runUntil(() => FOUR.every((id) => texts(harness, id).length === 121), 60_000);
    expect(new Set(common(harness)).size).toBe(121);
  });

  test('T15: one message is late on purpose: later ones are held back at the others until it comes', () => {
    const harness = group({ settings });
    harness.command('anna', { type: 'delay-next', ms: 1500 });
    harness.ask('anna', { type: 'multicast', text: 'late' });
    harness.run(20);
    harness.ask('bert', { type: 'multicast', text: 'later' });
    harness.run(1400);
    for (const id of ['bert', 'carl', 'dora']) {
      expect(held(harness, id)).toContain('later');
      expect(texts(harness, id)).toEqual(['first']);
    }
    harness.run(200);
    expect(common(harness)).toEqual(['first', 'late', 'later']);
    say(harness, 'anna', 'in time again');
  });

  test('T13, T14: what can never be sent is refused, and what finds no view is withdrawn', () => {
    const harness = group({ settings });
    const refused = { ok: false, code: 'invalid', definite: true };
    for (const text of ['', 'x'.repeat(1001)])
      expect(harness.command('anna', { type: 'multicast', text })).toMatchObject(refused);
    harness.partition(['anna'], ['bert', 'carl', 'dora']);
    const replies: unknown[] = [];
    for (let i = 0; i < 300; i++)
      harness.ask('anna', { type: 'multicast', text: String(i) }, (reply) => replies.push(reply));
    expect(replies).toHaveLength(300 - 16 - 256);
    expect(replies[0]).toMatchObject(refused);
    harness.run(5000);
    expect(replies).toHaveLength(300);
    const known = replies.filter((reply) => (reply as { definite: boolean }).definite);
    expect(known).toHaveLength(300 - 16);
    expect(replies.at(-1)).toMatchObject({ code: 'timeout', definite: false });
    harness.heal();
    harness.settle(20_000);
    harness.runUntil(() => isDeliveredBy(harness, FOUR, '15'), 10_000);
    expect(texts(harness, 'bert').slice(1)).toEqual(texts(harness, 'anna'));
    expect(texts(harness, 'anna')).not.toContain('16');
  });

  test.each([2, 3, 5, 8])(
    'T10, T11: a multicast among %i takes the messages that theory says',
    (count) => {
      const ids = Array.from({ length: count }, (_, i) => `node${String(i)}`);
      const harness = group({ settings }, ids);
      for (const id of [ids[0] ?? '', ids.at(-1) ?? '']) {
        harness.happenings.length = 0;
        say(harness, id, 'counted');
        harness.run(100);
        const sent = ORDER_MESSAGES.reduce((sum, type) => sum + harness.count(type), 0);
        const due = messagesPerMulticast(multicast, count, id === ids.at(-1));
        expect(sent).toBe(due);
      }
      expect(messagesPerMulticast('sequencer', count)).toBe(3 * count - 2);
      expect(messagesPerMulticast('lamport', count)).toBe(count * (count - 1));
    },
  );
});

test('T13, T14: what is sent before the log is here goes to the group of the park, whatever this gate would found', () => {
  const harness = group({ settings: { multicast: 'lamport' } });
  harness.settings = { multicast: 'sequencer' };
  harness.start('emil', 0);
  harness.ask('emil', { type: 'delay-next', ms: 10 });
  const replies: Reply[] = [];
  harness.ask('emil', { type: 'multicast', text: 'early' }, (reply) => replies.push(reply));
  expect(harness.node('emil').groups.report().pending).toBe(1);
  harness.run(3000);
  expect(replies).toMatchObject([{ ok: true }]);
  for (const id of harness.ids) expect(texts(harness, id)).toContain('early');
  expect(harness.node('dora').replica.view('sequencer')).toBeNull();
});

test('T14: what is sent where no log comes is withdrawn in time, for sure', () => {
  const harness = group({ settings: { multicast: 'lamport' } });
  harness.fate = () => 'lose';
  harness.settings = { multicast: 'sequencer' };
  harness.start('emil', 0);
  const replies: Reply[] = [];
  harness.ask('emil', { type: 'multicast', text: 'unheard' }, (reply) => replies.push(reply));
  harness.run(6000);
  expect(replies).toMatchObject([{ ok: false, code: 'no-quorum', definite: true }]);
});

test('T10: the last of the view numbers the messages, and the numbering goes on with the next', () => {
  const harness = group({ settings: { multicast: 'sequencer' } });
  say(harness, 'bert', 'by dora');
  expect(harness.sent('NUMBERED').at(-1)?.number).toBe(2);
  harness.crash('dora');
  harness.runUntil(() => harness.node('anna').group.view?.number === 2, 5000);
  harness.happenings.length = 0;
  say(harness, 'bert', 'by carl');
  harness.run(100);
  const numbered = harness.happenings.flatMap((one) =>
    one.kind === 'sent' && one.message.type === 'NUMBERED' ? [[one.from, one.message.number]] : [],
  );
  expect(numbered).toEqual([
    ['carl', 3],
    ['carl', 3],
  ]);
  expect(common(harness)).toEqual(['first', 'by dora', 'by carl']);
});

test('T5: a member that does not answer keeps all from delivering, until it is out of the view', () => {
  const harness = group({ settings: { multicast: 'sequencer' } });
  harness.freeze('bert');
  harness.ask('anna', { type: 'multicast', text: 'safe' });
  harness.run(100);
  for (const id of ['anna', 'carl', 'dora']) expect(held(harness, id)).toEqual(['safe']);
  harness.runUntil(() => isDeliveredBy(harness, ['anna', 'carl', 'dora'], 'safe'), 5000);
  expect(harness.node('dora').group.view?.members.length).toBe(3);
});
