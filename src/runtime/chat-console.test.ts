import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Peer } from '../core/identity.ts';
import type { Json } from '../core/json.ts';
import { SETTINGS } from '../core/testing/fixtures.ts';
import { seeded } from '../core/testing/random.ts';
import { roomPlace, type Message } from '../machines/chat-histories.ts';
import type { ChatOperation } from '../machines/chat-operations.ts';
import type { ParkOperation } from '../machines/park.ts';
import { VirtualClock } from '../sim/virtual-clock.ts';
import { MemoryDisk } from '../storage/memory.ts';
import { MemoryNetwork } from '../transport/memory.ts';
import { ownerOf, roomContext } from './chat-keys.ts';
import { Console } from './console.ts';
import type { Ports } from './driver.ts';
import { GatehouseError, type GatehouseChat } from './gatehouse.ts';
import { Host, type Home } from './host.ts';
import { MemoryKeychain } from './keychain.ts';
import { Sealing } from './sealing.ts';
import { TestCryptography } from './test-cryptography.ts';

let clock: VirtualClock;
let network: MemoryNetwork;
const random = seeded(5);
let cryptography: TestCryptography;

class Tab implements Home {
  readonly park = 'main';
  readonly settings = SETTINGS;
  readonly disk = new MemoryDisk({ defer: (ms, done) => clock.schedule(ms, done) });
  readonly keychain = new MemoryKeychain();
  readonly host: Host;
  gatehouse: Console;

  constructor(readonly self: Peer) {
    this.host = new Host(this);
    this.gatehouse = new Console(this.host, clock, random, this.keychain);
    this.host.start();
  }

  /** Another page on the same disk, with nothing of this one's memory. */
  reopen(): void {
    this.gatehouse = new Console(this.host, clock, random, this.keychain);
    this.host.recover();
  }

  open(): Ports {
    return { clock, storage: this.disk.open(), transport: network.transport(this.self.id) };
  }

  async renew(): Promise<void> {
    throw new Error('no data is lost here');
  }

  async save(): Promise<never> {
    throw new Error('nobody is renamed here');
  }

  random(): () => number {
    return seeded(Math.floor(random() * 2 ** 32));
  }

  get chat(): GatehouseChat {
    return this.gatehouse.chat;
  }

  /** What the machine holds, as everybody who has the log can see it. */
  held(room: string): readonly Message[] {
    return this.host.life?.chat.history(roomPlace(room)) ?? [];
  }

  /** Says something past the console, as somebody could who changes the page. */
  submit(body: ChatOperation | ParkOperation): Promise<Json> {
    return new Promise((resolve) => {
      this.host.life?.driver.submit([body], (reply) => {
        resolve(reply.ok && reply.value.type === 'outcome' ? reply.value.outcome : null);
      });
    });
  }
}

// Virtual time does not wait for a file that is read.
beforeAll(async () => {
  await import('./chat-actions.ts');
});

async function pass(ms: number): Promise<void> {
  const end = clock.now() + ms;
  for (;;) {
    await cryptography.settled();
    if (clock.nextAt > end) break;
    clock.step();
  }
  clock.waitUntil(end);
}

async function ended<T>(promise: Promise<T>): Promise<T> {
  const state = { done: false };
  const settled = (): void => {
    state.done = true;
  };
  promise.then(settled, settled);
  const end = clock.now() + 10_000;
  while (!state.done && clock.now() < end) await pass(20);
  if (!state.done) throw new Error('not ended within ten seconds');
  return promise;
}

async function refusal(promise: Promise<unknown>): Promise<GatehouseError> {
  const error: unknown = await ended(promise).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof GatehouseError)) throw new Error('nothing was refused');
  return error;
}

const INVALID = { code: 'invalid', definite: true };

let tabs: Tab[] = [];
async function openTabs(...ids: string[]): Promise<Tab[]> {
  for (const [i, id] of ids.entries()) {
    tabs.push(new Tab({ id, priority: i, name: `Gate ${id}` }));
    await pass(1500);
  }
  for (const tab of tabs) await ended(tab.gatehouse.ready());
  return tabs;
}

function only(): Tab {
  const [tab] = tabs;
  if (!tab) throw new Error('no tab is open');
  return tab;
}

const texts = (tab: Tab, of: string): string[] =>
  tab.chat.history(of).map(({ from, text, problem }) => `${from}: ${problem ?? text}`);

beforeEach(() => {
  clock = new VirtualClock();
  network = new MemoryNetwork({ clock, random, detectMs: 2000, copy: 'json' });
  tabs = [];
  cryptography = new TestCryptography(crypto);
  vi.stubGlobal('crypto', cryptography);
});
afterEach(() => {
  for (const tab of tabs) tab.host.leave();
  vi.unstubAllGlobals();
});

describe('one tab', () => {
  let tab: Tab;
  beforeEach(async () => {
    await openTabs('anna');
    tab = only();
  });

  test('a user registers, joins, says something, and reads it', async () => {
    const { chat } = tab;
    expect(chat.me()).toBeNull();
    await ended(chat.register('  Ada   Lovelace '));
    expect(chat.me()).toBe('Ada Lovelace');
    expect(chat.users()).toEqual([{ name: 'Ada Lovelace', online: true }]);
    await ended(chat.join('Lobby'));
    expect(chat.rooms()).toEqual([{ name: 'Lobby', locked: false, order: 'log', joined: true }]);
    await ended(chat.say('Lobby', '<b>hello</b>'));
    const [message] = chat.history('Lobby');
    expect(message).toEqual({ from: 'Ada Lovelace', text: '<b>hello</b>', at: message?.at });
    expect(message?.at).toBeGreaterThan(1e12);
    expect(chat.history('Attic')).toEqual([]);
    expect(chat.records('Attic')).toEqual([]);
    expect(chat.records('Lobby')).toMatchObject([{ sealed: null }]);
  });

  test('C1: a name is the same however it is typed, and what was said goes by the last', async () => {
    const { chat } = tab;
    await ended(chat.register('Zoe\u0308'));
    await ended(chat.join('Lobby'));
    await ended(chat.say('Lobby', 'hello'));
    await ended(chat.register('Zo\u00eb'));
    expect(chat.users().map(({ name }) => name)).toEqual(['Zo\u00eb']);
    await ended(chat.register('Zaza ❤️'));
    expect(texts(tab, 'Lobby')).toEqual(['Zaza ❤: hello']);
    await ended(chat.tell('Zo\u00eb', 'to myself'));
    expect(texts(tab, 'Zaza ❤️')).toEqual(['Zaza ❤: to myself']);
  });

  test.each<[string, (chat: GatehouseChat) => Promise<unknown>]>([
    ['an empty name', (chat) => chat.register(' ')],
    ['a long name', (chat) => chat.register('x'.repeat(41))],
    ['no name', (chat) => chat.register(7 as unknown as string)],
    ['a name that is hidden', (chat) => chat.register('Ada\u200b')],
    ['a room before a name', (chat) => chat.join('Lobby')],
    ['an empty passphrase', (chat) => chat.join('Lobby', '')],
    ['a word in no room', (chat) => chat.say('Lobby', 'hello')],
    ['a word to nobody', (chat) => chat.tell('Bob', 'hello')],
    ['nothing to say', (chat) => chat.say('Lobby', ' ')],
    ['half a character', (chat) => chat.say('Lobby', 'x\ud800')],
    ['too much to say', (chat) => chat.say('Lobby', 'x'.repeat(2001))],
  ])('bad input rejects, invalid and definite: %s', async (_what, call) => {
    expect(await refusal(call(tab.chat))).toMatchObject(INVALID);
    expect(tab.gatehouse.status().role).toBe('leader');
  });

  test('a crash ends the call, and the outbox finds out what became of it', async () => {
    await ended(tab.chat.register('Ada'));
    await ended(tab.chat.join('Lobby'));
    const open = refusal(tab.chat.say('Lobby', 'last words'));
    // Until it is asked, and no longer: its code is there at once, and yet not within this turn.
    while (tab.gatehouse.status().pending === 0) await Promise.resolve();
    tab.gatehouse.crash();
    expect(await open).toMatchObject({ code: 'crashed', definite: false });
    expect([tab.chat.users(), tab.chat.rooms(), tab.chat.history('Lobby')]).toEqual([[], [], []]);
    expect(await refusal(tab.chat.say('Lobby', 'x'))).toMatchObject({ code: 'crashed' });
    expect(await refusal(tab.chat.register('Bea'))).toMatchObject({ code: 'crashed' });
    await tab.gatehouse.recover();
    await ended(tab.gatehouse.ready());
    await pass(3000);
    expect(texts(tab, 'Lobby').length).toBeLessThanOrEqual(1);
    expect(tab.gatehouse.status().pending).toBe(0);
  });

  test('a keychain that fails is said to be storage', async () => {
    vi.spyOn(tab.keychain, 'set').mockRejectedValue(new Error('no room left'));
    expect(await refusal(tab.chat.register('Ada'))).toMatchObject({ code: 'storage' });
    expect(tab.chat.me()).toBeNull();
  });

  test('C6: without cryptography there are rooms for all, and nothing goes out in the clear instead', async () => {
    vi.stubGlobal('crypto', {});
    tab.gatehouse = new Console(tab.host, clock, random);
    const { chat } = tab;
    await ended(chat.register('Ada'));
    await ended(chat.join('Lobby'));
    await ended(chat.say('Lobby', 'hello'));
    expect(texts(tab, 'Lobby')).toEqual(['Ada: hello']);
    expect(await refusal(chat.join('Attic', 'open sesame'))).toMatchObject(INVALID);
    expect(await refusal(chat.tell('Ada', 'hello'))).toMatchObject(INVALID);
    expect(chat.rooms()).toHaveLength(1);
  });
});

describe('three tabs', () => {
  let [anna, bert, carl]: Tab[] = [];
  const three = (): [Tab, Tab, Tab] => {
    if (!anna || !bert || !carl) throw new Error('three tabs are open');
    return [anna, bert, carl];
  };

  beforeEach(async () => {
    [anna, bert, carl] = await openTabs('anna', 'bert', 'carl');
    for (const [i, tab] of tabs.entries())
      await ended(tab.chat.register(['Ada', 'Bob', 'Cid'][i] ?? ''));
    await pass(500);
  });

  test('C1: a name that is taken is refused, and who is away is not online', async () => {
    expect(await refusal(three()[1].chat.register('Ada'))).toMatchObject(INVALID);
    const users = (): unknown => three()[2].chat.users();
    expect(users()).toEqual(['Ada', 'Bob', 'Cid'].map((name) => ({ name, online: true })));
    three()[0].gatehouse.crash();
    await pass(4000);
    expect(users()).toContainEqual({ name: 'Ada', online: false });
    expect(users()).toContainEqual({ name: 'Bob', online: true });
  });

  test("C1: a name that differs from another user's in case or width only is refused, not from an own one", async () => {
    const [first, second] = three();
    for (const alike of ['ada', 'ＡＤＡ']) {
      expect(await refusal(second.chat.register(alike))).toMatchObject(INVALID);
    }
    await ended(first.chat.register('ADA'));
    expect(first.chat.users()).toContainEqual({ name: 'ADA', online: true });
  });

  test('C4: histories are equal, and there after all tabs closed and opened again', async () => {
    const [first, second, third] = three();
    for (const tab of tabs) await ended(tab.chat.join('Lobby'));
    await ended(first.chat.say('Lobby', 'one'));
    await Promise.all([
      ended(second.chat.say('Lobby', 'two')),
      ended(third.chat.say('Lobby', 'three')),
    ]);
    await pass(500);
    const said = texts(first, 'Lobby');
    expect(said.toSorted()).toEqual(['Ada: one', 'Bob: two', 'Cid: three']);
    for (const tab of tabs) expect(tab.chat.history('Lobby')).toEqual(first.chat.history('Lobby'));
    for (const tab of tabs) tab.gatehouse.crash();
    await pass(3000);
    for (const tab of tabs) tab.reopen();
    for (const tab of tabs) await ended(tab.gatehouse.ready());
    await pass(500);
    for (const tab of tabs) expect(texts(tab, 'Lobby')).toEqual(said);
  });

  test('C4: what was said stands in the history of who said it as soon as the call is over', async () => {
    for (const tab of tabs) await ended(tab.chat.join('Lobby'));
    // Many at once: then news of what is committed comes later than the answer.
    const saying = tabs.flatMap((tab) =>
      Array.from({ length: 10 }, async (_, i) => {
        const text = `${tab.self.id} ${String(i)}`;
        await tab.chat.say('Lobby', text);
        return tab.chat.history('Lobby').some((message) => message.text === text);
      }),
    );
    expect(await ended(Promise.all(saying))).toEqual(saying.map(() => true));
  });

  test('C7: a direct message is read by both, also by who was away, and by nobody else', async () => {
    const [first, second, third] = three();
    second.gatehouse.crash();
    await pass(4000);
    await ended(first.chat.tell('Bob', 'for you alone'));
    second.reopen();
    await ended(second.gatehouse.ready());
    await pass(2000);
    expect(texts(second, 'Ada')).toEqual(['Ada: for you alone']);
    await ended(second.chat.tell('Ada', 'got it'));
    await pass(500);
    expect(texts(first, 'Bob')).toEqual(['Ada: for you alone', 'Bob: got it']);
    expect([texts(third, 'Ada'), texts(third, 'Bob')]).toEqual([[], []]);
    for (const tab of tabs) {
      const all = JSON.stringify(tab.host.life?.driver.node.replica.committed(1, 1e6));
      expect(all).toContain('Ada');
      expect(all).not.toContain('for you alone');
    }
  });

  test('C6: who joins with a wrong passphrase, or without, is told so; nobody else reads the room', async () => {
    const [first, second, third] = three();
    await ended(first.chat.join('Attic', 'open sesame'));
    await ended(first.chat.say('Attic', 'the key is under the mat'));
    await pass(500);
    expect(await refusal(second.chat.join('Attic', 'open barley'))).toMatchObject({
      ...INVALID,
      message: 'wrong passphrase',
    });
    expect(await refusal(second.chat.join('Attic'))).toMatchObject(INVALID);
    expect(await refusal(second.chat.say('Attic', 'hello'))).toMatchObject(INVALID);
    expect(second.chat.rooms()).toEqual([
      { name: 'Attic', locked: true, order: 'log', joined: false },
    ]);
    const [locked] = third.chat.history('Attic');
    expect(locked).toMatchObject({ from: 'Ada', text: '', problem: 'locked' });
    // Everybody sees the same of it: who and that, and no word.
    const [record] = third.chat.records('Attic');
    expect(record).toEqual({ index: record?.index, from: first.self.id, sealed: record?.sealed });
    expect(record?.sealed).toMatch(/^[\w-]{40,}$/);
    expect(first.chat.records('Attic')).toEqual([record]);
    await ended(second.chat.join('Attic', 'open sesame'));
    expect(texts(second, 'Attic')).toEqual(['Ada: the key is under the mat']);
    for (const tab of tabs) {
      const all = JSON.stringify(tab.host.life?.driver.node.replica.committed(1, 1e6));
      expect(all).toContain('Attic');
      for (const secret of ['under the mat', 'open sesame']) expect(all).not.toContain(secret);
    }
  });

  test('C6: a room stays open for who was let in, after the page was opened again', async () => {
    const [first] = three();
    await ended(first.chat.join('Attic', 'open sesame'));
    await ended(first.chat.say('Attic', 'hello'));
    first.gatehouse.crash();
    await pass(3000);
    first.reopen();
    await ended(first.gatehouse.ready());
    await pass(500);
    expect(texts(first, 'Attic')).toEqual(['Ada: hello']);
    await ended(first.chat.join('Attic'));
    await ended(first.chat.say('Attic', 'again'));
    expect(texts(first, 'Attic')).toEqual(['Ada: hello', 'Ada: again']);
  });

  test('C6, C8: a room that shows the salt of another one opens and takes over nothing of it', async () => {
    const [first, second] = three();
    await ended(first.chat.join('Attic', 'open sesame'));
    await ended(first.chat.say('Attic', 'before'));
    await pass(500);
    // Bob makes a room with Attic's salt, which stands in the log, and a passphrase that he tells everybody.
    const salt = second.host.life?.chat.room('Attic')?.lock?.salt ?? '';
    const derivation = { salt, iterations: 600_000 };
    const sealing = new Sealing(cryptography);
    const key = await sealing.roomKey('come in', derivation);
    const owner = ownerOf(second.host);
    const context = { kind: 'check', park: owner.park, to: 'Party', sender: '' } as const;
    const check = await sealing.seal(key, 'the right passphrase', context);
    const lock = { ...derivation, check };
    await ended(second.submit({ machine: 'chat', kind: 'join', room: 'Party', lock }));
    await pass(500);
    await ended(first.chat.join('Party', 'come in'));
    await ended(first.chat.say('Attic', 'after'));
    await pass(500);
    const { text } = second.held('Attic').at(-1) ?? {};
    if (text?.kind !== 'sealed') throw new Error('it is sealed');
    expect(await sealing.open(key, text, roomContext(owner, 'Attic', first.self.id))).toBeNull();
    first.gatehouse.crash();
    await pass(3000);
    first.reopen();
    await ended(first.gatehouse.ready());
    await pass(500);
    expect(texts(first, 'Attic')).toEqual(['Ada: before', 'Ada: after']);
    await ended(first.chat.say('Party', 'hello'));
    expect(texts(first, 'Party')).toEqual(['Ada: hello']);
  });

  test('C2: two who make a room at once share the lock of the first', async () => {
    const [first, second] = three();
    const joins = [first, second].map((tab) => tab.chat.join('Attic', 'open sesame'));
    await Promise.all(joins.map(ended));
    await ended(first.chat.say('Attic', 'hello'));
    await pass(500);
    expect(texts(second, 'Attic')).toEqual(['Ada: hello']);
  });

  test('C2: two who make a room at once with two passphrases: the second is told', async () => {
    const [first, second] = three();
    const joins = [
      first.chat.join('Attic', 'open sesame'),
      second.chat.join('Attic', 'open barley'),
    ];
    const results = await Promise.allSettled(joins.map(ended));
    const lost = results.find((result) => result.status === 'rejected');
    expect(lost?.reason).toMatchObject({ ...INVALID, message: 'wrong passphrase' });
    expect([first, second].filter(({ chat }) => chat.rooms()[0]?.joined)).toHaveLength(1);
  });

  test('C2: a passphrase for a room that has none is refused: nobody must count on it', async () => {
    await ended(three()[0].chat.join('Lobby'));
    await pass(500);
    expect(await refusal(three()[1].chat.join('Lobby', 'open sesame'))).toMatchObject(INVALID);
    expect(await refusal(three()[1].chat.say('Lobby', 'hello'))).toMatchObject(INVALID);
  });

  test('C8: what was changed, copied, moved to another room, or said in another name is shown as that', async () => {
    const [first, second] = three();
    for (const tab of [first, second]) {
      await ended(tab.chat.join('Attic', 'open sesame'));
      await ended(tab.chat.join('Cellar', 'open sesame'));
    }
    await ended(first.chat.say('Attic', 'hello'));
    await pass(500);
    const { text } = second.held('Attic')[0] ?? {};
    if (text?.kind !== 'sealed') throw new Error('it is sealed');
    const first16 = text.data.slice(0, -1);
    const changed = { ...text, data: `${first16}${text.data.endsWith('A') ? 'Q' : 'A'}` };
    // Bert in Ada's words, Ada's words in another room, and one letter changed.
    for (const [room, body] of [
      ['Attic', text],
      ['Cellar', text],
      ['Attic', changed],
    ] as const) {
      const said = second.submit({ machine: 'chat', kind: 'say', room, text: body });
      expect(await ended(said)).toEqual({ allowed: true });
    }
    for (const room of ['Cellar', 'Attic'])
      await ended(first.submit({ machine: 'chat', kind: 'say', room, text }));
    await pass(500);
    expect(texts(first, 'Attic')).toEqual([
      'Ada: hello',
      'Bob: damaged',
      'Bob: damaged',
      'Ada: damaged',
    ]);
    expect(texts(first, 'Cellar')).toEqual(['Bob: damaged', 'Ada: damaged']);
  });

  test('C8, C9: a copy that says to stand before its original is damaged, and not the original', async () => {
    const [first, second] = three();
    for (const tab of [first, second])
      await ended(tab.chat.join('Tower', 'open sesame', { order: 'sequencer' }));
    await ended(first.chat.say('Tower', 'one'));
    await ended(first.chat.say('Tower', 'two'));
    await pass(500);
    expect(texts(second, 'Tower')).toEqual(['Ada: one', 'Ada: two']);
    const [, two] = second.held('Tower');
    if (two?.text.kind !== 'sealed' || !two.position) throw new Error('it is sealed');
    const position = { ...two.position, number: 1 };
    const said = { machine: 'chat', kind: 'say-ordered', room: 'Tower', position } as const;
    expect(await ended(first.submit({ ...said, text: two.text }))).toEqual({ allowed: true });
    await pass(500);
    const expected = ['Ada: one', 'Ada: damaged', 'Ada: two'];
    expect(texts(second, 'Tower').toSorted()).toEqual(expected.toSorted());
    // Who opens all of it anew sees the same.
    second.gatehouse.crash();
    await pass(3000);
    second.reopen();
    await ended(second.gatehouse.ready());
    await pass(500);
    expect(texts(second, 'Tower')).toEqual(texts(first, 'Tower'));
    expect(texts(second, 'Tower').at(-1)).toBe('Ada: two');
  });

  test('S7: what is asked again, for the answer got lost, stands once', async () => {
    const [first] = three();
    await ended(first.chat.join('Lobby'));
    for (let i = 0; i < 8; i++) {
      first.gatehouse.faults([{ drop: 0.6 }]);
      const saying = first.chat.say('Lobby', `message ${String(i)}`);
      await ended(saying).catch(() => undefined);
    }
    first.gatehouse.faults([]);
    await pass(8000);
    for (const tab of tabs)
      expect(texts(tab, 'Lobby').toSorted()).toEqual(
        Array.from({ length: 8 }, (_, i) => `Ada: message ${String(i)}`),
      );
  });
});
