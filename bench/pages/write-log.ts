/**
 * Writes the log of a gate that has let very many visitors in and out, as fast as that goes: the product's own node does it
 * alone, in virtual time and on a disk in memory, and the product's own storage then writes what it holds.
 */
import type { LogEntry } from '../../src/core/entry.ts';
import type { StorageWrite, Stored } from '../../src/core/stored.ts';
import { DEFAULT_TIMING } from '../../src/core/timers.ts';
import { Chat } from '../../src/machines/chat.ts';
import { Machines } from '../../src/machines/machine.ts';
import { Market } from '../../src/machines/market.ts';
import { Park } from '../../src/machines/park.ts';
import { Driver } from '../../src/runtime/driver.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { IndexedDbStorage } from '../../src/storage/indexeddb.ts';
import { MemoryDisk } from '../../src/storage/memory.ts';
import { claimSlot, moveInto, type SlotIdentity } from '../../src/storage/slots.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { MemoryNetwork } from '../../src/transport/memory.ts';

declare global {
  interface Window {
    /** Resolves when a gate of the park has `entries` entries in its log, on this browser's disk. */
    writeLog?: (park: string, entries: number) => Promise<void>;
  }
}

/** As in a tab. */
const SNAPSHOT_INTERVAL = 50_000;
const CAPACITY = 1_000_000_000;
/** Operations of one submission, and entries of one write. */
const BATCH = 512;
/** Whoever came so many visitors before leaves. */
const INSIDE = 500;

window.writeLog = async (park, entries) => {
  const claim = (): ReturnType<typeof claimSlot> => claimSlot(park);
  const { slot, identity } = await moveInto(await claim(), { priority: 100 }, claim);
  await write(new IndexedDbStorage(slot.databaseName, identity.id), makeLog(identity, entries));
  slot.release();
};

function makeLog({ id, name, priority }: SlotIdentity, entries: number): Stored {
  const clock = new VirtualClock();
  const random = Math.random;
  const network = new MemoryNetwork({ clock, random, copy: 'share' });
  const disk = new MemoryDisk({ defer: (ms, done) => clock.schedule(ms, done) });
  const kinds = { election: 'bully', topology: 'mesh', multicast: 'sequencer' } as const;
  const driver = new Driver(
    {
      self: { id, name, priority },
      settings: { capacity: CAPACITY, ...kinds },
      timing: DEFAULT_TIMING,
      random,
      machine: new Machines([new Park(), new Chat(), new Market()]),
      snapshotInterval: SNAPSHOT_INTERVAL,
    },
    { transport: network.transport(id), storage: disk.open(), clock },
  );
  driver.start();
  const { replica } = driver.node;
  while (driver.view().leader !== id || replica.commitIndex < 2) clock.step();
  for (let done = 0; replica.commitIndex < entries; done += BATCH) {
    const target = Math.min(entries, replica.commitIndex + BATCH);
    driver.submit(visits(done, target - replica.commitIndex), () => undefined);
    while (replica.commitIndex < target) clock.step();
  }
  // The outbox forgets what has been answered.
  const until = clock.now() + 5000;
  while (clock.now() < until) clock.step();
  driver.halt();
  return load(disk.open(), clock);
}

/** Visitors who come, and those who came long before and leave. */
function visits(from: number, count: number) {
  return Array.from({ length: count }, (_, i) => {
    const turn = Math.floor((from + i) / 2);
    const comes = (from + i) % 2 === 0;
    const visitor = `Visitor ${comes ? turn : turn - INSIDE}`;
    return { machine: 'park', kind: comes ? 'enter' : 'leave', visitor };
  });
}

function load(storage: Storage, clock: VirtualClock): Stored {
  const loaded: Stored[] = [];
  storage.load((result) => {
    if (!result.ok || result.stored === null) throw new Error('the log in memory is not there');
    loaded.push(result.stored);
  });
  for (;;) {
    const [stored] = loaded;
    if (stored) return stored;
    clock.step();
  }
}

async function write(storage: IndexedDbStorage, stored: Stored): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    storage.load((result) => {
      if (result.ok) resolve();
      else reject(new Error(result.error.message));
    });
  });
  const { meta, snapshot, entries } = stored;
  const first: StorageWrite[] = [{ type: 'meta', meta }];
  if (snapshot) {
    first.push({ type: 'snapshot', snapshot, dropThrough: snapshot.at.index, reset: true });
  }
  await commit(storage, first);
  for (const batch of batchesOf(entries))
    await commit(storage, [{ type: 'append', entries: batch }]);
  storage.close();
}

function batchesOf(entries: readonly LogEntry[]): (readonly LogEntry[])[] {
  const count = Math.ceil(entries.length / BATCH);
  return Array.from({ length: count }, (_, i) => entries.slice(i * BATCH, (i + 1) * BATCH));
}

function commit(storage: IndexedDbStorage, writes: readonly StorageWrite[]): Promise<void> {
  return new Promise((resolve, reject) => {
    storage.write(writes, (error) => {
      if (error) reject(new Error(error.message));
      else resolve();
    });
  });
}
