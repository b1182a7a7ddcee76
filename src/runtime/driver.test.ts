import { beforeEach, describe, expect, test } from 'vitest';
import { InvariantError } from '../core/assert.ts';
import type { LogEntry, Operation } from '../core/entry.ts';
import type { Snapshot, Stored } from '../core/stored.ts';
import {
  entry,
  filler,
  founding,
  GENERATION,
  member,
  SETTINGS,
  term,
} from '../core/testing/fixtures.ts';
import { Tally } from '../core/testing/tally.ts';
import { DEFAULT_TIMING } from '../core/timers.ts';
import { VirtualClock } from '../sim/virtual-clock.ts';
import { MemoryDisk } from '../storage/memory.ts';
import type { Storage } from '../storage/storage.ts';
import type { Transport, TransportEvents } from '../transport/transport.ts';
import { Driver, type Trouble } from './driver.ts';

let clock: VirtualClock;
let disk: MemoryDisk;
let events: TransportEvents | null;
let driver: Driver;
let seen: { refused: string[]; stopped: Trouble[]; sent: unknown[] };

const transport: Transport = {
  start: (_self, given) => {
    events = given;
  },
  send: (_to, message) => seen.sent.push(message),
  meet: () => undefined,
  keepLinks: () => undefined,
  requestMembers: () => undefined,
  setFaults: () => undefined,
  close: () => undefined,
};

const META = { id: 'anna', promised: term(1, 'anna'), nextSequence: 5, committed: 0 };

function badSnapshot(): Snapshot {
  const at = { index: 4, term: term(1, 'anna') };
  const generations = [{ id: GENERATION, at: { index: 1, term: term(1, 'anna') } }];
  const members = [member('anna', 1)];
  return { at, settings: SETTINGS, members, generations, sessions: [], machine: { bodies: 7 } };
}

function fallingTerms(): LogEntry[] {
  const first = entry(1, term(1, 'anna'), founding([member('anna', 1)]));
  return [first, ...filler(2, 3, term(3, 'anna')), ...filler(4, 4, term(2, 'anna'))];
}

function askedBy(node: string, sequence: number): Operation {
  return { id: { node, sequence }, settledBelow: 1, under: null, body: 'a' };
}

class Broken extends Tally {
  override apply(): never {
    throw new InvariantError('S1: broken on purpose');
  }
}

function make(machine = new Tally(), storage = disk.open()): Driver {
  return new Driver(
    {
      self: { id: 'anna', priority: 1, name: 'Gate anna' },
      settings: SETTINGS,
      timing: DEFAULT_TIMING,
      random: () => 0.5,
      machine,
      snapshotInterval: 1000,
    },
    { transport, storage, clock },
    {
      refused: ({ reason }) => seen.refused.push(reason),
      stopped: (trouble) => seen.stopped.push(trouble),
    },
  );
}

function pass(ms: number): void {
  const end = clock.now() + ms;
  while (clock.nextAt <= end) clock.step();
  clock.waitUntil(end);
}

beforeEach(() => {
  clock = new VirtualClock();
  disk = new MemoryDisk({ defer: (ms, done) => clock.schedule(ms, done) });
  events = null;
  seen = { refused: [], stopped: [], sent: [] };
  driver = make();
});

describe('the driver', () => {
  test('joins the network only once the disk is read', () => {
    driver.start();
    expect(events).toBeNull();
    pass(10);
    expect(events).not.toBeNull();
  });

  test('what is asked before the disk is read waits for it', () => {
    const answers: boolean[] = [];
    driver.start();
    driver.submit(['early'], (reply) => answers.push(reply.ok));
    pass(10);
    events?.members([]);
    pass(3000);
    expect(answers).toEqual([true]);
  });

  test('a message that fails its schema is refused and reaches nobody', () => {
    driver.start();
    pass(10);
    events?.message('bert', { generation: '', message: { type: 'NONSENSE' } });
    events?.message('bert', null);
    expect(seen.refused).toEqual([
      'message: unknown type',
      expect.stringContaining('not an object'),
    ]);
    expect(driver.running).toBe(true);
  });

  test('F1: the core hears of a link that broke, though the transport tries again at once', () => {
    driver.start();
    pass(10);
    const probes = (): unknown[] =>
      seen.sent.filter((sent) => JSON.stringify(sent).includes('"PROBE"'));
    const link = () => driver.view().peers.find(({ id }) => id === 'bert')?.link;
    events?.members([{ id: 'bert', priority: 2 }]);
    events?.link('bert', 'connecting', false);
    expect(probes()).toEqual([]);
    events?.link('bert', 'open', false);
    expect(link()).toBe('open');
    events?.link('bert', 'connecting', false);
    expect(link()).toBe('closed');
    expect(probes()).toHaveLength(1);
  });

  test('each body of a critical section is answered, with its place', () => {
    const answers: [number, boolean][] = [];
    driver.start();
    pass(10);
    events?.members([]);
    pass(1000);
    driver.submit(['a', 'nonsense', 'b'], (reply, place) => answers.push([place, reply.ok]));
    pass(1000);
    expect(answers.sort()).toEqual([
      [0, true],
      [1, false],
      [2, true],
    ]);
  });

  test('halted it does nothing any more, and answers nobody', () => {
    const answers: boolean[] = [];
    driver.start();
    pass(10);
    events?.members([]);
    driver.submit(['a'], (reply) => answers.push(reply.ok));
    driver.halt();
    const sent = seen.sent.length;
    pass(60_000);
    events?.hint('bert');
    expect([answers, seen.sent.length, clock.nextAt]).toEqual([[], sent, Infinity]);
  });

  test('a rule that does not hold stops it, and it says so', () => {
    driver = make(new Broken());
    const answers: unknown[] = [];
    driver.start();
    pass(10);
    driver.command({ type: 'lock' }, (reply) => answers.push(reply));
    events?.members([]);
    pass(100);
    expect(driver.running).toBe(false);
    expect(seen.stopped).toMatchObject([{ code: 'internal', message: 'S1: broken on purpose' }]);
    expect(answers).toMatchObject([{ ok: false, code: 'storage', definite: false }]);
  });

  test('S9: without its disk it says not another word', () => {
    driver.start();
    pass(10);
    events?.members([]);
    pass(1000);
    disk.wipe();
    const answers: unknown[] = [];
    driver.submit(['a'], (reply) => answers.push(reply));
    pass(1000);
    expect(seen.stopped).toMatchObject([{ code: 'storage-lost' }]);
    expect(answers).toMatchObject([{ ok: false, definite: false }]);
    expect(clock.nextAt).toBe(Infinity);
  });

  test('a disk that cannot be read stops it before it has joined', () => {
    disk.failNextLoad();
    driver.start();
    pass(100);
    expect(seen.stopped).toMatchObject([{ code: 'storage-failed' }]);
    expect(events).toBeNull();
  });

  test.each<[string, Partial<Stored>, string]>([
    ["a snapshot that is not its machine's", { snapshot: badSnapshot() }, 'R6'],
    ['entries whose terms fall', { entries: fallingTerms() }, 'terms'],
    ['a gap in the log', { entries: [entry(2, term(1, 'anna'))] }, 'gap'],
    ['the log of another node', { meta: { ...META, id: 'bert' } }, 'S9'],
    ['an outbox of another node', { outbox: [askedBy('bert', 1)] }, 'O1'],
    ['an operation that was never asked', { outbox: [askedBy('anna', 9)] }, 'O1'],
  ])('what is stored and breaks a rule, %s, stops it before it has joined', (_, bad, rule) => {
    const load: Storage['load'] = (done) => {
      const good = { meta: META, snapshot: null, entries: [], outbox: [], archives: [] };
      done({ ok: true, stored: { ...good, ...bad } });
    };
    driver = make(new Tally(), { ...disk.open(), load });
    driver.start();
    pass(100);
    expect(driver.running).toBe(false);
    expect(seen.stopped).toMatchObject([{ code: 'storage-failed' }]);
    expect(seen.stopped[0]?.message).toContain(rule);
    expect(seen.refused).toHaveLength(1);
    expect(events).toBeNull();
  });

  test('input that is refused changes nothing', () => {
    driver.start();
    pass(10);
    events?.members([]);
    pass(1000);
    const before = JSON.stringify([driver.view(), disk.peek()]);
    const sent = seen.sent.length;
    const settings = { term: term(9, 'carl') };
    events?.message('bert', { generation: '', message: { type: 'I_AM_LEADER', ...settings } });
    events?.message('bert', { generation: '', message: { type: 'LEAVE', now: true } });
    expect(JSON.stringify([driver.view(), disk.peek()])).toBe(before);
    expect(seen.sent).toHaveLength(sent);
    expect(seen.refused).toHaveLength(2);
  });
});
