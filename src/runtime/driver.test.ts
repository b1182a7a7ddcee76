import { beforeEach, describe, expect, test } from 'vitest';
import { InvariantError } from '../core/assert.ts';
import { SETTINGS } from '../core/testing/fixtures.ts';
import { Tally } from '../core/testing/tally.ts';
import { DEFAULT_TIMING } from '../core/timers.ts';
import { VirtualClock } from '../sim/virtual-clock.ts';
import { MemoryDisk } from '../storage/memory.ts';
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
  forget: () => undefined,
  requestMembers: () => undefined,
  setFaults: () => undefined,
  close: () => undefined,
};

class Broken extends Tally {
  override apply(): never {
    throw new InvariantError('S1: broken on purpose');
  }
}

function make(machine = new Tally()): Driver {
  return new Driver(
    {
      self: { id: 'anna', priority: 1, name: 'Gate anna' },
      settings: SETTINGS,
      timing: DEFAULT_TIMING,
      random: () => 0.5,
      machine,
      snapshotInterval: 1000,
    },
    { transport, storage: disk.open(), clock },
    {
      refused: (reason) => seen.refused.push(reason),
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
});
