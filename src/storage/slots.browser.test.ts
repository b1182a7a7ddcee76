import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databaseName } from './indexeddb-database.ts';
import { readIdentity } from './indexeddb-identity.ts';
import { IndexedDbStorage } from './indexeddb.ts';
import { leaseLock } from './slot-lease.ts';
import { webLock, type TryLock } from './slot-lock.ts';
import {
  claimSlot,
  MAX_SLOTS,
  moveInto,
  SlotLost,
  type Slot,
  type SlotEnvironment,
} from './slots.ts';
import { append, FOUND, LATER_TERM, TERM } from './examples.contract.ts';
import { load, stored, write } from './storage.contract.ts';

const SHORT = { leaseMs: 1000, renewMs: 100, answerMs: 150 };
/** On a busy machine an answer takes its time; a refusal ends the wait. */
const PATIENT = { ...SHORT, answerMs: 2000 };

let parks = 0;

/** Resolves once `condition` holds; a test that waits in vain runs into its time limit. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function deleteDatabases(prefix: string): Promise<void> {
  for (const { name } of await indexedDB.databases()) {
    if (name?.startsWith(prefix) !== true) continue;
    await new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = resolve;
      request.onerror = reject;
    });
  }
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('not opened'));
  });
}

describe.each<[string, TryLock]>([
  ['Web Locks', webLock(navigator.locks)],
  ['leases', leaseLock(SHORT)],
])('slots claimed by %s', (_name, tryLock) => {
  let park: string;
  let held: Slot[];

  beforeEach(() => {
    park = `slots-${Date.now()}-${parks++}`;
    held = [];
  });
  afterEach(async () => {
    for (const slot of held) slot.release();
    await deleteDatabases(`gatehouse/${park}/`);
  });

  async function claim(environment: Partial<SlotEnvironment> = {}): Promise<Slot> {
    const slot = await claimSlot(park, {
      tryLock,
      remembered: null,
      remember: () => {},
      ...environment,
    });
    held.push(slot);
    return slot;
  }
  /** A slot with an identity and a log that ends at `last`. */
  async function inhabit(last: number, term = TERM): Promise<Slot> {
    const slot = await claim();
    await slot.reset();
    const storage = new IndexedDbStorage(slot.databaseName);
    expect(await stored(storage)).toBeNull();
    expect(await write(storage, FOUND, append(1, last, term))).toBeNull();
    storage.close();
    return slot;
  }
  const free = (slot: Slot) =>
    until(async () => {
      slot.release();
      const lock = await tryLock(slot.databaseName, 0);
      lock?.release();
      return lock !== null;
    });

  it('tabs at the same time get different ones, from 0 up', async () => {
    const slots = await Promise.all([claim(), claim(), claim()]);
    expect(slots.map(({ slot }) => slot).sort()).toEqual([0, 1, 2]);
    expect(slots.map(({ identity }) => identity)).toEqual([null, null, null]);
  });

  it('a released slot is taken again, with its identity and its log', async () => {
    const first = await inhabit(3);
    const identity = await readIdentity(park, first.slot);
    expect(identity?.id).toMatch(/^[a-z0-9]{10}$/);
    expect(identity?.name).toMatch(/^Gate [A-Z]/);
    await free(first);
    const again = await claim();
    expect(again).toMatchObject({ slot: first.slot, identity });
    const storage = new IndexedDbStorage(again.databaseName);
    expect((await stored(storage))?.entries).toHaveLength(3);
    storage.close();
  });

  it('of several free slots the one with the newest log is taken, by term and then by length', async () => {
    const slots = [await inhabit(9), await inhabit(2, LATER_TERM), await inhabit(3, LATER_TERM)];
    slots.push(await inhabit(1));
    for (const slot of slots) await free(slot);
    const claimed = [await claim(), await claim(), await claim(), await claim(), await claim()];
    expect(claimed.map(({ slot }) => slot)).toEqual([2, 1, 0, 3, 4]);
  });

  it('a reloaded tab takes its own slot, and waits until the page before it lets go', async () => {
    const own = await inhabit(1);
    const newer = await inhabit(5);
    await free(newer);
    const asked: number[] = [];
    const slot = await claim({
      remembered: own.slot,
      tryLock: (name, patienceMs) => {
        const lock = tryLock(name, patienceMs);
        asked.push(patienceMs);
        own.release();
        return lock;
      },
    });
    expect(slot.slot).toBe(own.slot);
    expect(asked).toHaveLength(1);
  });

  it('a copy of a tab does not wait for ever for a slot that it can not have', async () => {
    const own = await inhabit(1);
    expect((await claim({ remembered: own.slot })).slot).not.toBe(own.slot);
  });

  it('remembers what it claims', async () => {
    let remembered = -1;
    await claim();
    await claim({ remember: (slot) => (remembered = slot) });
    expect(remembered).toBe(1);
  });

  it('names on one device differ', async () => {
    const names = new Set<string>();
    for (let made = 0; made < 6; made++) {
      const slot = await claim();
      names.add((await slot.reset()).name);
    }
    expect(names.size).toBe(6);
  });

  it('a reset makes somebody else of a slot, without what was stored', async () => {
    const slot = await inhabit(3);
    const before = await readIdentity(park, slot.slot);
    const after = await slot.reset({ name: 'North door', priority: 9 });
    expect(after).toMatchObject({ name: 'North door', priority: 9 });
    expect([after.id, after.secret]).not.toContain(before?.id);
    expect(await readIdentity(park, slot.slot)).toEqual(after);
    const storage = new IndexedDbStorage(slot.databaseName);
    expect(await stored(storage)).toBeNull();
    storage.close();
  });

  it('a reset under an open store makes its writes lost', async () => {
    const slot = await inhabit(3);
    const storage = new IndexedDbStorage(slot.databaseName);
    expect(await stored(storage)).not.toBeNull();
    await slot.reset();
    expect(await write(storage, append(4, 4))).toMatchObject({ code: 'lost' });
    storage.close();
  });

  it('a name that is changed is kept', async () => {
    const slot = await claim();
    const identity = { ...(await slot.reset()), name: 'North door', priority: 4 };
    await slot.save(identity);
    expect(await readIdentity(park, slot.slot)).toEqual(identity);
  });

  it('a name or a priority that could not be read again is refused', async () => {
    const slot = await claim();
    await expect(slot.reset({ name: 'x'.repeat(41) })).rejects.toThrow(RangeError);
    const identity = await slot.reset();
    await expect(slot.save({ ...identity, priority: Infinity })).rejects.toThrow(RangeError);
    expect(await readIdentity(park, slot.slot)).toEqual(identity);
  });

  it('once the data is cleared, the identity is gone and is not brought back', async () => {
    const slot = await inhabit(3);
    const identity = await readIdentity(park, slot.slot);
    await deleteDatabases(slot.databaseName);
    await expect(slot.save(identity!)).rejects.toThrow('cleared');
    await free(slot);
    expect(await claim()).toMatchObject({ slot: slot.slot, identity: null });
  });

  it('S9: a store that was cleared, or is of somebody else by now, is lost to who lived there', async () => {
    const slot = await inhabit(3);
    const { id } = (await readIdentity(park, slot.slot))!;
    const loadAs = async (owner: string) => {
      const storage = new IndexedDbStorage(slot.databaseName, owner);
      const result = await load(storage);
      storage.close();
      return result;
    };
    expect(await loadAs(id)).toMatchObject({ ok: true, stored: { entries: { length: 3 } } });
    await deleteDatabases(slot.databaseName);
    expect(await loadAs(id)).toMatchObject({ ok: false, error: { code: 'lost' } });
    const next = await slot.reset();
    expect(await loadAs(id)).toMatchObject({ ok: false, error: { code: 'lost' } });
    expect(await loadAs(next.id)).toMatchObject({ ok: true, stored: null });
  });

  /** Two tabs that both believe that they hold a slot: the locks of one were lost. */
  async function pair(): Promise<[Slot, Slot]> {
    const unheard: TryLock = () => Promise.resolve({ release: () => undefined });
    return [await claim(), await claim({ tryLock: unheard })];
  }

  it('S9: who finds somebody else in its slot moves into another one, and clears nothing', async () => {
    const [first, second] = await pair();
    expect(second.slot).toBe(first.slot);
    const theirs = await first.reset();
    await expect(second.reset()).rejects.toThrow(SlotLost);
    const moved = await moveInto(second, { name: 'North door' }, () => claim());
    expect(await readIdentity(park, first.slot)).toEqual(theirs);
    expect(moved.slot.slot).not.toBe(first.slot);
    expect(await readIdentity(park, moved.slot.slot)).toMatchObject({ name: 'North door' });
  });

  it('S9: nobody writes its identity over that of somebody else', async () => {
    const [first, second] = await pair();
    const ours = await first.reset();
    await deleteDatabases(first.databaseName);
    const theirs = await second.reset();
    await expect(first.save({ ...ours, name: 'North door' })).rejects.toThrow(SlotLost);
    await expect(first.reset()).rejects.toThrow(SlotLost);
    expect(await readIdentity(park, first.slot)).toEqual(theirs);
  });

  it('a slot whose sentinel is gone is left alone, and its store is lost', async () => {
    const slot = await inhabit(3);
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(slot.databaseName);
      request.onsuccess = () => resolve(request.result);
    });
    database.transaction('records', 'readwrite').objectStore('records').delete('sentinel');
    database.close();
    await free(slot);
    expect(await readIdentity(park, slot.slot)).toBeNull();
    expect(await claim()).toMatchObject({ slot: slot.slot + 1, identity: null });
    expect(await claim({ remembered: slot.slot })).toMatchObject({ slot: slot.slot + 2 });
    const storage = new IndexedDbStorage(slot.databaseName);
    expect(await load(storage)).toMatchObject({ ok: false, error: { code: 'lost' } });
    storage.close();
  });

  it('a slot that can not be read at the moment is not taken for an empty one', async () => {
    await free(await inhabit(3));
    const open = indexedDB.open.bind(indexedDB);
    const unreadable = databaseName(park, 0);
    Object.defineProperty(indexedDB, 'open', {
      configurable: true,
      value: (name: string, version?: number) => {
        if (name === unreadable) throw new DOMException('a bad moment', 'UnknownError');
        return open(name, version);
      },
    });
    try {
      expect((await claim()).slot).toBe(1);
    } finally {
      Object.defineProperty(indexedDB, 'open', { configurable: true, value: open });
    }
    expect((await claim()).slot).toBe(0);
  });

  it('a browser that can not store anything refuses the claim, and no slot stays held', async () => {
    const open = indexedDB.open.bind(indexedDB);
    Object.defineProperty(indexedDB, 'open', {
      configurable: true,
      value: () => {
        throw new DOMException('a bad disk', 'UnknownError');
      },
    });
    try {
      await expect(claim()).rejects.toThrow('a bad disk');
    } finally {
      Object.defineProperty(indexedDB, 'open', { configurable: true, value: open });
    }
    await until(async () => {
      const lock = await tryLock(databaseName(park, 0), 0);
      lock?.release();
      return lock !== null;
    });
  });

  it('a look at a slot makes no database', async () => {
    expect(await readIdentity(park, 5)).toBeNull();
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names).not.toContain(databaseName(park, 5));
  });

  it('a tab that is stuck in the middle of a write keeps no other one from its slot', async () => {
    const stuck = await inhabit(3);
    const database = await openDatabase(stuck.databaseName);
    const [name = ''] = database.objectStoreNames;
    const store = database.transaction(name, 'readwrite').objectStore(name);
    let isStuck = true;
    const keepOn = (): void => {
      if (isStuck) store.count().onsuccess = keepOn;
    };
    keepOn();
    const slot = await claim();
    expect(slot.slot).not.toBe(stuck.slot);
    expect(slot.damage).toEqual([]);
    isStuck = false;
    database.close();
  });

  it('parks do not share slots', async () => {
    await claim();
    const other = await claimSlot(`${park}/0`, { tryLock, remembered: null, remember: () => {} });
    held.push(other);
    expect(other.slot).toBe(0);
  });
});

describe('slots', () => {
  it('the browser offers what a claim needs', async () => {
    const park = `slots-${Date.now()}-default`;
    const slot = await claimSlot(park);
    const { held } = await navigator.locks.query();
    expect(held?.map(({ name }) => name)).toContain(databaseName(park, 0));
    expect(sessionStorage.getItem(`gatehouse/${park}/slot`)).toBe('0');
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    expect(await webLock(navigator.locks)(slot.databaseName, 200)).toBeNull();
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: false }));
    const lock = await webLock(navigator.locks)(slot.databaseName, 2000);
    expect(lock).not.toBeNull();
    lock?.release();
  });

  it('are refused when all are held', async () => {
    const environment = { tryLock: async () => null, remembered: null, remember: () => {} };
    await expect(claimSlot('full', environment)).rejects.toThrow(String(MAX_SLOTS));
  });
});

describe('leases', () => {
  const name = (what: string) => `gatehouse/lease-${Date.now()}/${what}`;
  /** Whether a holder refuses a claim. */
  const answers = (of: string) =>
    new Promise<boolean>((resolve) => {
      const channel = new BroadcastChannel('gatehouse/leases');
      const timer = setTimeout(() => finish(false), 50);
      const finish = (answer: boolean) => {
        clearTimeout(timer);
        channel.close();
        resolve(answer);
      };
      channel.onmessage = ({ data }: MessageEvent<{ type: string; name: string }>) => {
        if (data.type === 'held' && data.name === of) finish(true);
      };
      channel.postMessage({ type: 'claim', name: of, claimant: 'a test' });
    });
  const forget = (of: string) => localStorage.removeItem(`${of}/lease`);

  it('of many claims at once exactly one is granted', async () => {
    for (let round = 0; round < 2; round++) {
      const of = name(`rush ${round}`);
      const locks = await Promise.all(Array.from({ length: 8 }, () => leaseLock(PATIENT)(of, 0)));
      expect(locks.filter((lock) => lock !== null)).toHaveLength(1);
      for (const lock of locks) lock?.release();
    }
  });

  it('a holder answers even when its lease is gone', async () => {
    const of = name('answer');
    const lock = await leaseLock({ ...SHORT, renewMs: 60_000 })(of, 0);
    // Whose random name is the greater must not matter.
    for (let again = 0; again < 10; again++) {
      forget(of);
      expect(await leaseLock(PATIENT)(of, 0)).toBeNull();
    }
    lock?.release();
  });

  it('a holder that died without a word is waited for until its lease ends', async () => {
    const of = name('dead');
    localStorage.setItem(`${of}/lease`, `somebody ${Date.now() + 300}`);
    expect(await leaseLock(SHORT)(of, 0)).toBeNull();
    const lock = await leaseLock(SHORT)(of, 5000);
    expect(lock).not.toBeNull();
    lock?.release();
    expect(localStorage.getItem(`${of}/lease`)).toBeNull();
  });

  it('a lease that comes in while a claim waits for answers refuses it', async () => {
    const of = name('between');
    const claiming = leaseLock(SHORT)(of, 0);
    localStorage.setItem(`${of}/lease`, `somebody ${Date.now() + 10_000}`);
    expect(await claiming).toBeNull();
    forget(of);
  });

  it('a holder renews its lease, and gives way when somebody else has it', async () => {
    const of = name('renew');
    const lock = await leaseLock(SHORT)(of, 0);
    forget(of);
    await until(() => localStorage.getItem(`${of}/lease`) !== null);
    const rival = `rival ${Date.now() + 10_000}`;
    localStorage.setItem(`${of}/lease`, rival);
    // Once it has given way it answers no more, so only the lease stands in the way of a claim.
    await until(async () => {
      expect(await leaseLock(SHORT)(of, 0)).toBeNull();
      return !(await answers(of));
    });
    lock?.release();
    expect(localStorage.getItem(`${of}/lease`)).toBe(rival);
    forget(of);
  });
});
