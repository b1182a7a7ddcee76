import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Peer } from '../core/identity.ts';
import { SETTINGS } from '../core/testing/fixtures.ts';
import { seeded } from '../core/testing/random.ts';
import { VirtualClock } from '../sim/virtual-clock.ts';
import { MemoryDisk } from '../storage/memory.ts';
import { MemoryNetwork } from '../transport/memory.ts';
import { Console } from './console.ts';
import type { Ports } from './driver.ts';
import { GatehouseError, type Status } from './gatehouse.ts';
import { Host, type Home } from './host.ts';

let clock: VirtualClock;
let network: MemoryNetwork;
const random = seeded(4);

/** A tab without a browser: a host at home on a disk in memory, and its console. */
class Tab implements Home {
  readonly park = 'main';
  readonly settings = { ...SETTINGS, capacity: 3 };
  readonly disk = new MemoryDisk({ defer: (ms, done) => clock.schedule(ms, done) });
  readonly host: Host;
  readonly gatehouse: Console;
  saved: Peer | null = null;
  /** Somebody else lives in its home. */
  isTaken = false;
  renewed = 0;
  /** How long it takes to move in as somebody new, ms. */
  renewalMs = 0;

  constructor(public self: Peer) {
    this.host = new Host(this);
    this.gatehouse = new Console(this.host, clock, random);
    this.host.start();
  }

  open(): Ports {
    return { clock, storage: this.disk.open(), transport: network.transport(this.self.id) };
  }

  async renew(): Promise<void> {
    this.renewed += 1;
    this.disk.wipe();
    await new Promise<void>((done) => clock.schedule(this.renewalMs, done));
    this.self = { ...this.self, id: `${this.self.id}${String(this.renewed)}` };
  }

  async save(self: Peer): Promise<'kept' | 'lost'> {
    if (this.isTaken) return 'lost';
    this.saved = self;
    return 'kept';
  }

  random(): () => number {
    return seeded(Math.floor(random() * 2 ** 32));
  }

  get status(): Status {
    return this.gatehouse.status();
  }
}

/** Virtual time passes, and promises get their turns in between. */
async function pass(ms: number): Promise<void> {
  const end = clock.now() + ms;
  for (;;) {
    for (let i = 0; i < 8; i++) await Promise.resolve();
    if (clock.nextAt > end) break;
    clock.step();
  }
  clock.waitUntil(end);
}

/** Time passes until the promise has ended, ten seconds at most. */
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
  expect(error).toBeInstanceOf(GatehouseError);
  return error as GatehouseError;
}

function open(id: string, priority: number): Tab {
  return new Tab({ id, priority, name: `Gate ${id}` });
}

beforeEach(() => {
  clock = new VirtualClock();
  network = new MemoryNetwork({ clock, random, detectMs: 2000, copy: 'json' });
});

describe('one tab', () => {
  let tab: Tab;
  beforeEach(async () => {
    tab = open('anna', 1);
    await ended(tab.gatehouse.ready());
  });

  test('S9: a name for a home where somebody else lives by now is not kept, and the gate moves out', async () => {
    tab.isTaken = true;
    expect(await refusal(tab.gatehouse.rename('Gate Heron'))).toMatchObject({ code: 'storage' });
    expect([tab.saved, tab.renewed]).toEqual([null, 1]);
    await ended(tab.gatehouse.ready());
    expect(tab.status.id).toBe('anna1');
  });

  test('it is a park of its own', () => {
    expect(tab.status).toMatchObject({
      id: 'anna',
      role: 'leader',
      leader: 'anna',
      quorum: true,
      capacity: 3,
      occupancy: 0,
      members: 1,
      pending: 0,
      peers: [],
      trouble: null,
    });
  });

  test('visitors come and go, and the log tells', async () => {
    const { gatehouse } = tab;
    expect(await ended(gatehouse.enter('Ada'))).toMatchObject({ visitor: 'Ada', allowed: true });
    expect(await ended(gatehouse.enter(' Ada '))).toMatchObject({
      allowed: false,
      reason: 'already-inside',
    });
    const made = await ended(gatehouse.enter());
    expect(made.visitor).toMatch(/^Visitor [A-Z0-9]{6}$/);
    expect(tab.status).toMatchObject({ occupancy: 2, visitors: ['Ada', made.visitor] });
    expect(await ended(gatehouse.leave('Ada'))).toMatchObject({ allowed: true });
    const log = await gatehouse.log();
    expect(log.map(({ kind }) => kind)).toEqual([
      'founding',
      'opening',
      'enter',
      'enter',
      'enter',
      'leave',
    ]);
    expect((await gatehouse.log(3, 4)).map(({ index }) => index)).toEqual([3, 4]);
  });

  test('full is full, and the capacity may change', async () => {
    const { gatehouse } = tab;
    expect(await ended(gatehouse.stress(5))).toMatchObject({ allowed: 3, refused: 2, failed: 0 });
    expect(tab.status.visitors).toEqual(
      ['1', '2', '3'].map((no): unknown => expect.stringMatching(`-${no}$`)),
    );
    expect(await ended(gatehouse.setCapacity(2))).toMatchObject({ allowed: false, reason: 'full' });
    expect(await ended(gatehouse.setCapacity(4))).toMatchObject({ allowed: true });
    expect(await ended(gatehouse.enter('one more'))).toMatchObject({ allowed: true });
  });

  test.each([
    ['enter', (tab: Tab) => tab.gatehouse.enter('')],
    ['enter', (tab: Tab) => tab.gatehouse.enter(7 as unknown as string)],
    ['enter', (tab: Tab) => tab.gatehouse.enter('x'.repeat(81))],
    ['setCapacity', (tab: Tab) => tab.gatehouse.setCapacity(-1)],
    ['stress', (tab: Tab) => tab.gatehouse.stress(0)],
    ['log', (tab: Tab) => tab.gatehouse.log(1.5)],
    ['proceedWithout', (tab: Tab) => tab.gatehouse.proceedWithout([])],
    ['proceedWithout', (tab: Tab) => tab.gatehouse.proceedWithout(['bert'])],
    ['adopt', (tab: Tab) => tab.gatehouse.adopt('nothing')],
    ['rename', (tab: Tab) => tab.gatehouse.rename('  ')],
  ])('bad input to %s rejects: invalid, definite', async (_what, call) => {
    expect(await refusal(call(tab))).toMatchObject({ code: 'invalid', definite: true });
    expect(tab.status.role).toBe('leader');
  });

  test('a crash loses the memory, recovery brings it back from the disk', async () => {
    await ended(tab.gatehouse.enter('Ada'));
    const open = refusal(tab.gatehouse.enter('Bea'));
    tab.gatehouse.crash();
    expect(await open).toMatchObject({ code: 'crashed', definite: false });
    expect(tab.status).toMatchObject({ role: 'crashed', occupancy: 0, peers: [] });
    expect(await refusal(tab.gatehouse.enter('Cleo'))).toMatchObject({
      code: 'crashed',
      definite: true,
    });
    await tab.gatehouse.recover();
    await ended(tab.gatehouse.ready());
    await pass(2000);
    expect(tab.status.visitors).toContain('Ada');
    expect(tab.status.visitors).not.toContain('Cleo');
  });

  test('terminated is for good', async () => {
    await tab.gatehouse.terminate();
    expect(tab.status.role).toBe('terminated');
    expect(await refusal(tab.gatehouse.enter('Ada'))).toMatchObject({
      code: 'terminated',
      definite: true,
    });
    expect(await refusal(tab.gatehouse.recover())).toMatchObject({ code: 'terminated' });
    expect(() => tab.gatehouse.crash()).toThrow(GatehouseError);
  });

  test('a crash for a time ends by itself, but not after leaving for good', async () => {
    expect(() => tab.gatehouse.crash('hang', 0)).toThrow('forMs: 1 to a day');
    tab.gatehouse.crash('hang', 1000);
    await pass(900);
    expect(tab.status.role).toBe('crashed');
    await pass(200);
    expect(tab.status.role).not.toBe('crashed');
    tab.gatehouse.crash('stop', 1000);
    await tab.gatehouse.recover();
    await ended(tab.gatehouse.terminate());
    await pass(2000);
    expect(tab.status.role).toBe('terminated');
  });

  test('a new name is told, stored, and in the log', async () => {
    await ended(tab.gatehouse.rename(' Gate Heron '));
    expect(tab.saved?.name).toBe('Gate Heron');
    await pass(100);
    expect((await tab.gatehouse.log()).at(-1)).toMatchObject({
      kind: 'membership',
      subject: 'anna',
    });
  });

  test('the mutex by hand', async () => {
    const held = await ended(tab.gatehouse.lock());
    expect(held.token.number).toBe(1);
    const second = tab.gatehouse.lock();
    await pass(500);
    await ended(held.release());
    expect((await ended(second)).token.number).toBe(2);
  });

  test('whoever subscribes is told once a turn, until the end', async () => {
    let told = 0;
    const end = tab.gatehouse.subscribe(() => (told += 1));
    await ended(tab.gatehouse.enter('Ada'));
    expect(told).toBeGreaterThan(0);
    end();
    const before = told;
    await ended(tab.gatehouse.enter('Bea'));
    expect(told).toBe(before);
  });

  test('who is told of one change is told one status, and of the next another', async () => {
    const told: [Status[], Status[]] = [[], []];
    for (const heard of told) tab.gatehouse.subscribe((status) => heard.push(status));
    await ended(tab.gatehouse.enter('Ada'));
    const [first, second] = told;
    expect(new Set(first).size).toBe(first.length);
    expect(second.every((status, at) => status === first[at])).toBe(true);
    expect(first.at(-1)).toEqual(tab.gatehouse.status());
  });

  test('the trace tells what happened', async () => {
    await ended(tab.gatehouse.lock());
    const trace = tab.gatehouse.trace();
    expect(trace.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['founds', 'elected', 'lock', 'grants']),
    );
    expect(trace.map(({ sequence }) => sequence)).toEqual(trace.map((_, i) => i + 1));
  });

  test('S9: after the storage was cleared it never comes back under its old identity', async () => {
    await ended(tab.gatehouse.enter('Ada'));
    tab.disk.wipe();
    const lost = refusal(tab.gatehouse.enter('Bea'));
    expect(await lost).toMatchObject({ definite: false });
    await pass(2000);
    expect(tab.renewed).toBe(1);
    expect(tab.status).toMatchObject({ id: 'anna1', occupancy: 0 });
  });

  test('S9: who asks it to recover while it moves in as somebody new gets that one, and only one', async () => {
    tab.renewalMs = 300;
    tab.disk.wipe();
    await refusal(tab.gatehouse.enter('Ada'));
    await tab.gatehouse.recover();
    await pass(100);
    await tab.gatehouse.recover();
    expect(tab.status).toMatchObject({ role: 'crashed' });
    await ended(tab.gatehouse.ready());
    expect(tab.renewed).toBe(1);
    const { operation } = await ended(tab.gatehouse.enter('Bea'));
    expect(operation).toBe('anna1.1');
  });

  test('ready ends when the gate leaves, and at once when it has left', async () => {
    tab.gatehouse.crash();
    const waiting = refusal(tab.gatehouse.ready());
    await tab.gatehouse.recover();
    tab.gatehouse.crash();
    tab.host.leave();
    expect(await waiting).toMatchObject({ code: 'terminated' });
    expect(await refusal(tab.gatehouse.ready())).toMatchObject({ code: 'terminated' });
  });

  test('ready rejects when the disk has failed', async () => {
    tab.disk.failNextWrite('undone');
    await refusal(tab.gatehouse.enter('Ada'));
    expect(await refusal(tab.gatehouse.ready())).toMatchObject({ code: 'storage' });
  });

  test('a listener that throws silences no other', async () => {
    const report = vi.fn();
    vi.stubGlobal('reportError', report);
    const broken = new Error('broken');
    const told = vi.fn();
    tab.gatehouse.subscribe(() => {
      throw broken;
    });
    tab.gatehouse.subscribe(told);
    await ended(tab.gatehouse.enter('Ada'));
    await pass(10);
    vi.unstubAllGlobals();
    expect(told).toHaveBeenCalled();
    expect(report).toHaveBeenCalledWith(broken);
  });

  test('a disk that fails stops it, and says so', async () => {
    tab.disk.failNextWrite('undone');
    expect(await refusal(tab.gatehouse.enter('Ada'))).toMatchObject({ definite: false });
    expect(tab.status).toMatchObject({ role: 'crashed', trouble: { code: 'storage-failed' } });
    await tab.gatehouse.recover();
    await ended(tab.gatehouse.ready());
    expect(tab.status).toMatchObject({ role: 'leader', trouble: null });
  });
});

describe('three tabs', () => {
  let tabs: Tab[];
  let [anna, bert, carl]: Tab[] = [];

  beforeEach(async () => {
    tabs = [];
    for (const [i, id] of ['anna', 'bert', 'carl'].entries()) {
      tabs.push(open(id, i + 1));
      await pass(1500);
    }
    [anna, bert, carl] = tabs;
    for (const tab of tabs) await ended(tab.gatehouse.ready());
    await pass(3000);
  });
  afterEach(() => {
    for (const tab of tabs) tab.host.leave();
  });

  test('L2: one park, led by the greatest, and what one lets in all see', async () => {
    expect(tabs.map(({ status }) => status.leader)).toEqual(['carl', 'carl', 'carl']);
    expect(anna?.status).toMatchObject({ role: 'follower', members: 3, inStep: 3 });
    expect(anna?.status.peers.map(({ id, link }) => [id, link])).toEqual([
      ['carl', 'open'],
      ['bert', 'open'],
    ]);
    await ended(anna!.gatehouse.enter('Ada'));
    await pass(300);
    expect(tabs.map(({ status }) => status.visitors)).toEqual([['Ada'], ['Ada'], ['Ada']]);
  });

  test('what is asked for in one turn goes out in one message, before what follows', async () => {
    const sent = (): (string | undefined)[] =>
      anna!.gatehouse
        .trace()
        .filter(({ kind, what }) => kind === 'sent' && what === 'SUBMIT')
        .map(({ detail }) => detail);
    const before = sent().length;
    const names = ['Ada', 'Bea', 'Cleo'];
    const answers = names.map((name) => anna!.gatehouse.enter(name));
    for (const answer of answers) expect(await ended(answer)).toMatchObject({ allowed: true });
    expect(sent().slice(before)).toEqual(['3 operations']);
    expect(anna!.status.visitors).toEqual(names);
    // A lock that is asked for after an admission does not come before it.
    const dora = anna!.gatehouse.enter('Dora');
    const lock = anna!.gatehouse.lock();
    await ended(dora);
    await ended(lock);
    const order = anna!.gatehouse
      .trace()
      .filter(({ kind, what }) => kind === 'sent' && ['SUBMIT', 'LOCK'].includes(what));
    expect(order.slice(-2).map(({ what }) => what)).toEqual(['SUBMIT', 'LOCK']);
  });

  test.each(['stop', 'hang'] as const)(
    'the leader crashes (%s), the next one takes over, and it comes back',
    async (mode) => {
      carl!.gatehouse.crash(mode);
      await pass(3500);
      expect(anna?.status.leader).toBe('bert');
      await ended(anna!.gatehouse.enter('Ada'));
      await carl!.gatehouse.recover();
      await pass(8000);
      expect(tabs.map(({ status }) => status.leader)).toEqual(['carl', 'carl', 'carl']);
      expect(carl?.status.visitors).toEqual(['Ada']);
    },
  );

  test('hello tells how long every neighbour took to greet back', async () => {
    const told = await ended(anna!.gatehouse.hello());
    expect(told.map(({ peer }) => peer).sort()).toEqual(['bert', 'carl']);
    for (const { ms } of told) expect(ms).not.toBeNull();
    bert!.gatehouse.crash('hang');
    expect(await ended(anna!.gatehouse.hello())).toContainEqual({ peer: 'bert', ms: null });
  });

  test('an election by hand ends with a leader', async () => {
    await ended(anna!.gatehouse.startElection());
    expect(anna?.status.leader).toBe('carl');
  });

  test('a removed leader leaves the office empty', async () => {
    await ended(anna!.gatehouse.removeLeader());
    await pass(3000);
    expect(tabs.map(({ status }) => [status.vacant, status.quorum])).toEqual(
      tabs.map(() => [true, false]),
    );
    await ended(bert!.gatehouse.startElection());
    expect(anna?.status).toMatchObject({ leader: 'carl', vacant: false });
  });

  test('cut off by faults it admits nobody, says who is missing, and comes back', async () => {
    anna!.gatehouse.faults([{ cut: true }]);
    await pass(4000);
    expect(anna?.status).toMatchObject({ quorum: false, faults: [{ cut: true }] });
    const error = await refusal(anna!.gatehouse.enter('Ada'));
    expect(error.code).toMatch(/no-quorum|timeout/);
    expect(await ended(bert!.gatehouse.enter('Bea'))).toMatchObject({ allowed: true });
    anna!.gatehouse.faults([]);
    await pass(8000);
    expect(anna?.status).toMatchObject({ quorum: true });
    expect(anna?.status.visitors).toEqual(carl?.status.visitors);
  });

  test('going on without the missing', async () => {
    bert!.gatehouse.crash();
    carl!.gatehouse.crash();
    await pass(4000);
    expect(anna?.status.missing.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['bert', 'carl']),
    );
    await ended(anna!.gatehouse.proceedWithout(['bert', 'carl']));
    expect(await ended(anna!.gatehouse.enter('Ada'))).toMatchObject({ allowed: true });
    await bert!.gatehouse.recover();
    await pass(8000);
    expect(bert?.status.visitors).toEqual(['Ada']);
    expect(bert?.gatehouse.archives()).toEqual([]);
  });

  test('S6: reopened alone, before the commit mark was written, it tells what its disk holds', async () => {
    await ended(anna!.gatehouse.enter('Ada'));
    await ended(bert!.gatehouse.enter('Bea'));
    await pass(100);
    for (const tab of tabs) tab.gatehouse.crash();
    await anna!.gatehouse.recover();
    await pass(4000);
    expect(anna?.status).toMatchObject({ quorum: false, occupancy: 0 });
    expect(anna?.status.unconfirmed).toMatchObject({ least: 0, most: 2, occupancy: 2 });
    expect(anna?.status.unconfirmed?.visitors).toEqual(['Ada', 'Bea']);
    await ended(anna!.gatehouse.proceedWithout(['bert', 'carl']));
    expect(anna?.status).toMatchObject({ occupancy: 2, unconfirmed: null });
  });

  test('the mutex held by hand: the leader tells who has it, and the others that they wait', async () => {
    await ended(bert!.gatehouse.lock());
    expect(tabs.map(({ status }) => status.mutex)).toEqual([null, 'bert', 'bert']);
    anna!.gatehouse.subscribe(() => undefined);
    const entering = anna!.gatehouse.enter('Ada');
    await pass(500);
    expect(anna?.status).toMatchObject({ quorum: true, pending: 1, stalled: false });
    await pass(2000);
    expect(anna?.status).toMatchObject({ quorum: true, pending: 1, stalled: true });
    expect(await refusal(entering)).toMatchObject({ code: 'timeout' });
    await pass(8000);
    expect(tabs.map(({ status }) => status.mutex)).toEqual([null, null, null]);
    expect(anna?.status).toMatchObject({ pending: 0, stalled: false, visitors: ['Ada'] });
  });

  test('a call that gives up listens no more', async () => {
    const subscribe = vi.spyOn(anna!.host, 'subscribe');
    const unsubscribe = vi.fn();
    subscribe.mockReturnValue(unsubscribe);
    anna!.gatehouse.faults([{ cut: true }]);
    expect(await refusal(anna!.gatehouse.startElection())).toMatchObject({ definite: false });
    expect(unsubscribe).toHaveBeenCalledTimes(subscribe.mock.calls.length);
  });

  test('feigned failure goes on and off', async () => {
    anna!.gatehouse.feign({ failAfterMs: [100, 100], failForMs: [500, 500] });
    expect(anna?.status.feigning).toBe(true);
    await pass(150);
    expect(anna?.status.role).toBe('crashed');
    await pass(500);
    expect(anna?.status.role).not.toBe('crashed');
    anna!.gatehouse.feign(false);
    await pass(3000);
    expect(anna?.status).toMatchObject({ feigning: false, quorum: true });
  });
});
