import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TotalPosition } from '../core/multicast/multicast.ts';
import { VirtualClock } from '../sim/virtual-clock.ts';
import { ChatPositions } from './chat-positions.ts';
import { GatehouseError } from './gatehouse.ts';
import { Stage, type StagedTab } from './testing/tabs.contract.ts';

describe('C9: where a message stands', () => {
  const clock = new VirtualClock();
  const failing = (code: 'timeout' | 'crashed' | 'invalid', afterMs: number, times: number) => {
    const tags: string[] = [];
    const positions = new ChatPositions(async (tag) => {
      tags.push(tag);
      if (tags.length > times)
        return { type: 'multicast', id: tag, position: { view: 1, number: tags.length } };
      clock.waitUntil(clock.now() + afterMs);
      throw new GatehouseError(code, false, 'no answer');
    }, clock);
    return { tags, positions };
  };

  test('a tag that is lost with its member is sent again', async () => {
    const { tags, positions } = failing('timeout', 700, 2);
    expect(await positions.next('Tower', 'lamport')).toEqual({ view: 1, number: 3 });
    expect(tags).toEqual(['chat #Tower 1', 'chat #Tower 2', 'chat #Tower 3']);
  });

  test('one that is not delivered in time is given up: nothing was said', async () => {
    const { tags, positions } = failing('timeout', 5000, 9);
    const expected = { code: 'no-quorum', definite: true };
    await expect(positions.next('Tower', 'lamport')).rejects.toMatchObject(expected);
    expect(tags).toHaveLength(1);
  });

  test.each(['crashed', 'invalid'] as const)('%s is what it is, and definite', async (code) => {
    const { tags, positions } = failing(code, 0, 9);
    await expect(positions.next('Tower', 'lamport')).rejects.toMatchObject({
      code,
      definite: true,
    });
    expect(tags).toHaveLength(1);
  });
});

describe('C9: rooms in the order of the multicast', () => {
  let stage: Stage;
  // Virtual time does not wait for a file that is read.
  beforeAll(async () => {
    await import('./chat-actions.ts');
  });
  // Real cryptography knows nothing of virtual time.
  beforeEach(() => {
    vi.stubGlobal('crypto', {});
    stage = new Stage();
  });
  afterEach(() => vi.unstubAllGlobals());

  async function three(): Promise<[StagedTab, StagedTab, StagedTab]> {
    const tabs = await stage.park('anna', 'bert', 'carl');
    await stage.pass(2000);
    for (const tab of tabs) {
      await stage.ended(tab.gatehouse.chat.register(tab.self.id));
      await stage.ended(tab.gatehouse.chat.join('Tower', undefined, { order: 'sequencer' }));
    }
    return tabs as [StagedTab, StagedTab, StagedTab];
  }

  const say = (tab: StagedTab, text: string): Promise<void> =>
    tab.gatehouse.chat.say('Tower', text);
  const texts = (tab: StagedTab): string[] =>
    tab.gatehouse.chat.history('Tower').map(({ text }) => text);
  const allHave = (count: number) => () => stage.tabs.every((tab) => texts(tab).length === count);

  function commanded(tab: StagedTab, text: string): Promise<TotalPosition> {
    return new Promise((resolve) => {
      tab.host.life?.driver.command({ type: 'multicast', text }, (reply) => {
        if (reply.ok && reply.value.type === 'multicast') resolve(reply.value.position);
      });
    });
  }

  test('who makes a room chooses its order', async () => {
    const [anna] = await three();
    const { chat } = anna.gatehouse;
    await stage.ended(chat.join('Lobby', undefined, { order: 'log' }));
    expect(chat.rooms().map(({ name, order }) => [name, order])).toEqual([
      ['Tower', 'sequencer'],
      ['Lobby', 'log'],
    ]);
    for (const [room, order, words] of [
      ['Spire', 'dice', 'order: not one of'],
      ['Tower', 'log', 'the room has another order'],
      ['Lobby', 'sequencer', 'the room has another order'],
    ] as const) {
      const joined = chat.join(room, undefined, { order: order as 'log' });
      await expect(stage.ended(joined)).rejects.toMatchObject({
        ...{ code: 'invalid', definite: true },
        message: expect.stringContaining(words) as string,
      });
    }
    expect(chat.rooms()).toHaveLength(2);
  });

  test('a room has the order of its choice, also the one that the park does not multicast in', async () => {
    const [anna, bert, carl] = await three();
    for (const { gatehouse } of [anna, bert, carl])
      await stage.ended(gatehouse.chat.join('Spire', undefined, { order: 'lamport' }));
    const saying = [anna, bert, carl].flatMap(({ self, gatehouse }) =>
      Array.from({ length: 4 }, (_, i) => gatehouse.chat.say('Spire', `${self.id} ${i}`)),
    );
    await stage.ended(Promise.all([...saying, say(anna, 'in the tower')]));
    const spire = (tab: StagedTab) => tab.gatehouse.chat.history('Spire');
    await stage.until(() => stage.tabs.every((tab) => spire(tab).length === 12));
    for (const tab of stage.tabs) {
      expect(spire(tab)).toEqual(spire(anna));
      const { groups } = tab.host.life!.driver.node;
      const tags = groups.of('lamport').history.kept.map(({ multicast }) => multicast.from);
      expect(spire(tab).map(({ from }) => from)).toEqual(tags);
      expect(groups.of('sequencer').history.kept.length).toBeLessThanOrEqual(1);
      // What people send and see is of the park's own group alone.
      expect(tab.gatehouse.multicast.delivered()).toHaveLength(1);
    }
  });

  test('all who talk at once are in one order everywhere: that in which their tags were delivered', async () => {
    const tabs = await three();
    const saying = tabs.flatMap((tab) =>
      Array.from({ length: 6 }, (_, i) => say(tab, `${tab.self.id} ${i}`)),
    );
    await stage.ended(Promise.all(saying));
    await stage.until(allHave(18));
    for (const tab of tabs) {
      const { chat, multicast } = tab.gatehouse;
      expect(chat.history('Tower')).toEqual(tabs[0].gatehouse.chat.history('Tower'));
      expect(chat.history('Tower').map(({ from }) => from)).toEqual(
        multicast.delivered().map(({ from }) => from),
      );
      const positions = chat.history('Tower').map(({ position }) => position);
      expect(positions).toEqual(positions.map((_, i) => ({ view: 1, number: i + 1 })));
    }
  });

  test('what comes late to the log stands where its tag was delivered, for late joiners too', async () => {
    const [anna, bert] = await three();
    await stage.ended(say(anna, 'first'));
    const position = await stage.ended(commanded(bert, 'a tag'));
    await stage.ended(say(anna, 'third'));
    const text = { kind: 'plain', text: 'second' } as const;
    const body = { machine: 'chat', kind: 'say-ordered', room: 'Tower', text, position } as const;
    bert.host.life?.driver.submit([body], () => undefined);
    await stage.until(allHave(3));
    const dora = stage.open('dora', 0);
    await stage.until(() => dora.gatehouse.status().quorum);
    await stage.until(allHave(3));
    for (const tab of stage.tabs) expect(texts(tab)).toEqual(['first', 'second', 'third']);
    const indexes = anna.gatehouse.chat.records('Tower').map(({ index }) => index);
    expect(indexes[1]).toBeGreaterThan(indexes[2] ?? Infinity);
  });

  test('without a quorum it is told in time, for sure; and is not said later either', async () => {
    const [anna, bert, carl] = await three();
    await stage.ended(say(anna, 'before'));
    for (const { host } of [bert, carl]) host.crash('stop');
    await stage.pass(3000);
    const expected = { code: 'no-quorum', definite: true };
    await expect(stage.ended(say(anna, 'nobody hears'))).rejects.toMatchObject(expected);
    for (const { host } of [bert, carl]) host.recover();
    await stage.until(() => anna.gatehouse.status().quorum);
    await stage.ended(say(anna, 'after'));
    await stage.until(allHave(2));
    for (const tab of stage.tabs) expect(texts(tab)).toEqual(['before', 'after']);
    const [before, after] = anna.gatehouse.chat.history('Tower');
    expect(after?.position?.view).toBeGreaterThan(before?.position?.view ?? Infinity);
  });

  test('who crashes before its tag is delivered was never told that it said anything', async () => {
    const [anna, bert] = await three();
    const saying = say(anna, 'last words');
    anna.host.crash('stop');
    const expected = { code: 'crashed', definite: true };
    await expect(stage.ended(saying)).rejects.toMatchObject(expected);
    await stage.ended(say(bert, 'and on'));
    anna.host.recover();
    await stage.until(allHave(1));
    expect(texts(anna)).toEqual(['and on']);
  });
});
