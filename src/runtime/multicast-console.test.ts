import { beforeEach, describe, expect, test } from 'vitest';
import { GatehouseError } from './gatehouse.ts';
import { Stage, type StagedTab } from './testing/tabs.contract.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

async function three(): Promise<[StagedTab, StagedTab, StagedTab]> {
  const tabs = await stage.park('anna', 'bert', 'carl');
  await stage.pass(2000);
  return tabs as [StagedTab, StagedTab, StagedTab];
}

function textsAt({ gatehouse }: StagedTab): string[] {
  return gatehouse.multicast.delivered().map(({ text }) => text);
}

async function refusal(promise: Promise<unknown>): Promise<GatehouseError> {
  const error: unknown = await stage.ended(promise).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(GatehouseError);
  return error as GatehouseError;
}

describe('multicast', () => {
  test('send resolves when the message is delivered here, and all deliver the same', async () => {
    const [anna, bert, carl] = await three();
    const sent = await stage.ended(anna.gatehouse.multicast.send('hello'));
    expect(anna.gatehouse.multicast.delivered()).toEqual([
      { id: sent.id, from: 'anna', text: 'hello', position: { view: 1, number: 1 } },
    ]);
    const others = [bert, carl].map((tab) => tab.gatehouse.multicast.send(tab.self.id));
    await stage.ended(Promise.all(others));
    await stage.until(() => textsAt(anna).length === 3);
    await stage.pass(100);
    for (const tab of [bert, carl])
      expect(tab.gatehouse.multicast.delivered()).toEqual(anna.gatehouse.multicast.delivered());
    expect(anna.gatehouse.multicast.held()).toBe(0);
    expect(anna.gatehouse.multicast.inspect()).toMatchObject({
      kind: 'sequencer',
      view: 1,
      members: ['anna', 'bert', 'carl'],
      sequencer: 'carl',
      pending: 0,
      held: [],
      delivered: 3,
      messages: { ORDER: 1, HELD: 3 },
    });
    expect(anna.gatehouse.multicast.inspect().latencies).toHaveLength(1);
    expect((await anna.gatehouse.log()).at(-1)).toMatchObject({ kind: 'view' });
    const seen = anna.gatehouse.trace().map(({ what }) => what);
    for (const what of ['ORDER', 'NUMBERED', 'delivers', 'multicast']) expect(seen).toContain(what);
  });

  test('delayNext: the next message is late, and what follows is held back; peers() shows it at all', async () => {
    const [anna, bert, carl] = await three();
    await stage.ended(bert.gatehouse.multicast.send('first'));
    anna.gatehouse.multicast.delayNext(1500);
    const late = anna.gatehouse.multicast.send('late');
    await stage.pass(100);
    const after = bert.gatehouse.multicast.send('after');
    await stage.pass(500);
    expect(bert.gatehouse.multicast.held()).toBe(1);
    expect(textsAt(bert)).toEqual(['first']);
    const peers = await stage.ended(bert.gatehouse.multicast.peers());
    expect(peers.map(({ id }) => id)).toEqual(['anna', 'bert', 'carl']);
    expect(peers[0]?.told).toMatchObject({
      ...{ view: 1, pending: 1, delivered: 1, heldBack: 1 },
      ...{ recent: [{ from: 'bert', text: 'first' }], held: [{ from: 'bert', text: 'after' }] },
    });
    expect(peers[2]?.told?.held.map(({ text }) => text)).toEqual(['late', 'after']);
    const [first] = bert.gatehouse.multicast.delivered();
    expect(first).toMatchObject(peers[1]?.told?.recent[0] ?? {});
    await stage.ended(Promise.all([late, after]));
    await stage.pass(100);
    for (const tab of [anna, bert, carl]) expect(textsAt(tab)).toEqual(['first', 'late', 'after']);
    expect(bert.gatehouse.multicast.held()).toBe(0);
  });

  test('T1: positions, whose numbers go on from view to view, are the same at all', async () => {
    const [anna, bert, carl] = await three();
    for (const text of ['one', 'two']) await stage.ended(anna.gatehouse.multicast.send(text));
    carl.gatehouse.crash();
    for (const text of ['three', 'four']) await stage.ended(anna.gatehouse.multicast.send(text));
    await stage.until(() => textsAt(bert).length === 4);
    for (const tab of [anna, bert]) {
      const positions = tab.gatehouse.multicast.delivered().map(({ position }) => position);
      expect(positions).toEqual([
        { view: 1, number: 1 },
        { view: 1, number: 2 },
        { view: 2, number: 3 },
        { view: 2, number: 4 },
      ]);
    }
  });

  test('peers: who has crashed is not there, or does not answer', async () => {
    const [anna, , carl] = await three();
    carl.gatehouse.crash('hang');
    const peers = await stage.ended(anna.gatehouse.multicast.peers());
    expect(peers.map(({ told }) => told === null)).toEqual([false, false, true]);
    anna.gatehouse.crash();
    expect(await refusal(anna.gatehouse.multicast.peers())).toMatchObject({ code: 'crashed' });
  });

  test('measure: what is counted in the park is what theory says', async () => {
    const [anna, , carl] = await three();
    const cost = await stage.ended(anna.gatehouse.multicast.measure(5));
    expect(cost).toMatchObject({ kind: 'sequencer', members: 3, multicasts: 5, messages: 35 });
    expect(cost.theory).toBe(7);
    expect(cost.latencies).toHaveLength(5);
    const atSequencer = await stage.ended(carl.gatehouse.multicast.measure());
    expect(atSequencer).toMatchObject({ multicasts: 20, messages: 120, theory: 6 });
    for (const multicasts of [0, 1.5, 201, '3' as unknown as number])
      expect(await refusal(anna.gatehouse.multicast.measure(multicasts))).toMatchObject({
        code: 'invalid',
      });
  });

  test('measure: a gate that fails meanwhile leaves nothing counted', async () => {
    const [anna, , carl] = await three();
    await stage.ended(anna.gatehouse.multicast.send('first'));
    const measuring = refusal(anna.gatehouse.multicast.measure(200));
    await stage.pass(100);
    carl.gatehouse.crash();
    const error = await measuring;
    expect(error.code).toBe('timeout');
    expect(error.message).toContain('measure again');
  });

  test('bad input rejects: invalid, definite', async () => {
    const [{ gatehouse }] = (await stage.park('anna')) as [StagedTab];
    for (const text of ['', 'x'.repeat(1001), 7 as unknown as string]) {
      const error = await refusal(gatehouse.multicast.send(text));
      expect(error).toMatchObject({ code: 'invalid', definite: true });
    }
    for (const ms of [-1, NaN, 3_600_001, '5' as unknown as number])
      expect(() => gatehouse.multicast.delayNext(ms)).toThrow(GatehouseError);
  });

  test('T14: what a crash, or the lack of a quorum, does to a send', async () => {
    const [anna, bert, carl] = await three();
    const crashed = refusal(anna.gatehouse.multicast.send('gone'));
    anna.gatehouse.crash();
    expect(await crashed).toMatchObject({ code: 'crashed', definite: false });
    expect(anna.gatehouse.multicast.delivered()).toEqual([]);
    expect(anna.gatehouse.multicast.inspect()).toMatchObject({ view: 0, delivered: 0 });
    expect(await refusal(anna.gatehouse.multicast.send('dead'))).toMatchObject({ code: 'crashed' });
    expect(() => anna.gatehouse.multicast.delayNext(1)).toThrow(GatehouseError);
    carl.gatehouse.crash();
    const error = await refusal(bert.gatehouse.multicast.send('alone'));
    expect(['no-quorum', 'timeout']).toContain(error.code);
    await anna.gatehouse.recover();
    await carl.gatehouse.recover();
    await stage.ended(bert.gatehouse.terminate());
    expect(await refusal(bert.gatehouse.multicast.send('left'))).toMatchObject({
      code: 'terminated',
    });
  });
});
