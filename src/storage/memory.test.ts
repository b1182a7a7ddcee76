import { describe, expect, it } from 'vitest';
import { MemoryDisk } from './memory.ts';
import { append, dropTo, entries, FOUND, LATER_TERM, TERM } from './examples.contract.ts';
import { load, storageContract, stored, write } from './storage.contract.ts';
import type { LoadResult, Storage, StorageError } from './storage.ts';

const soon = (_delayMs: number, callback: () => void) => queueMicrotask(callback);

storageContract('memory', async () => {
  const disk = new MemoryDisk({ defer: soon });
  return {
    open: () => disk.open(),
    wipe: async () => disk.wipe(),
    removeSentinel: async () => disk.removeSentinel(),
    corrupt: async () => disk.corrupt(),
    dispose: async () => {},
  };
});

/** A disk whose calls end when the test says so. */
function manual(latency?: (call: 'load' | 'write') => number) {
  const waiting: { delay: number; callback: () => void }[] = [];
  const disk = new MemoryDisk({
    defer: (delay, callback) => waiting.push({ delay, callback }),
    ...(latency === undefined ? {} : { latency }),
  });
  const flush = () => {
    for (const { callback } of waiting.splice(0)) callback();
  };
  return { disk, waiting, flush };
}

/** A disk with the entries 1 to 3, a handle on it, and no call under way. */
function founded() {
  const { disk, waiting, flush } = manual();
  const storage = disk.open();
  storage.load(() => {});
  flush();
  storage.write([FOUND, append(1, 3)], () => {});
  flush();
  return { disk, storage, waiting, flush };
}

/** The same with a second handle, as of a tab that was duplicated. */
function shared() {
  const { disk, storage, flush } = founded();
  const other = disk.open();
  other.load(() => {});
  flush();
  return { disk, storage, other, flush };
}

function indexes(disk: MemoryDisk): number[] | undefined {
  return disk.peek()?.entries.map((entry) => entry.index);
}

describe('a memory disk', () => {
  it.each([
    ['done', [1, 2, 3, 4]],
    ['undone', [1, 2, 3]],
  ] as const)('a crash leaves the write under way %s', (fate, left) => {
    const { disk, storage, flush } = founded();
    let called = false;
    storage.write([append(4, 4)], () => (called = true));
    expect(disk.writing).toBe(true);
    disk.crash(fate);
    flush();
    expect({ called, writing: disk.writing }).toEqual({ called: false, writing: false });
    expect(indexes(disk)).toEqual(left);
  });

  it.each([
    ['two of its writes', 2, 'corrupt'],
    ['one that does not touch the log', 1, undefined],
  ] as const)('S9: a torn transaction that left %s is noticed or harmless', (_what, torn, code) => {
    const { disk, storage, flush } = founded();
    storage.write([FOUND, append(4, 4)], () => expect.unreachable());
    disk.crash({ torn });
    flush();
    expect(disk.damaged).toBe(code !== undefined);
    let result: LoadResult | null = null;
    disk.open().load((loaded) => (result = loaded));
    flush();
    expect(result).toMatchObject(code ? { ok: false, error: { code } } : { ok: true });
  });

  it('of two pages on one disk the crash of one leaves the other its write', () => {
    const { disk, storage, other, flush } = shared();
    let error: StorageError | null | undefined;
    other.write([append(4, 4)], (result) => (error = result));
    storage.crash('undone');
    flush();
    expect({ error, left: indexes(disk) }).toEqual({ error: null, left: [1, 2, 3, 4] });
  });

  it('of two pages on one disk the one that did not write is fenced, and one whose disk was wiped is not', () => {
    const { disk, storage, other, flush } = shared();
    other.write([append(4, 4)], () => {});
    expect([storage.fenced, other.fenced]).toEqual([false, false]);
    flush();
    expect([storage.fenced, other.fenced]).toEqual([true, false]);
    disk.wipe();
    expect(other.fenced).toBe(false);
  });

  it('S9: a disk that is wiped after a page opened it and before it loads is lost to that page, not blank', () => {
    const { disk } = founded();
    const done: (() => void)[] = [];
    const page = disk.open((_, callback) => done.push(callback));
    disk.wipe();
    let found: LoadResult | undefined;
    page.load((result) => (found = result));
    for (const callback of done) callback();
    expect(found).toMatchObject({ ok: false, error: { code: 'lost' } });
  });

  it('a crash between calls changes nothing', () => {
    const { disk } = founded();
    disk.crash('done');
    expect(indexes(disk)).toEqual([1, 2, 3]);
  });

  it('nothing is durable before the callback', () => {
    const { disk, storage, flush } = founded();
    storage.write([append(4, 4)], () => expect(indexes(disk)).toHaveLength(4));
    expect(indexes(disk)).toHaveLength(3);
    flush();
    expect.assertions(2);
  });

  it('the planted bug forgets the last acknowledged write, once', () => {
    const { disk, storage, flush } = founded();
    storage.write([append(2, 2, LATER_TERM)], () => {});
    flush();
    disk.crash('undone');
    expect([disk.forgetLastWrite(), disk.forgetLastWrite()]).toEqual([true, false]);
    expect(disk.peek()?.entries).toEqual(entries(1, 3));
  });

  it('after forgetting, what is appended does not show what was forgotten', () => {
    const { disk, storage, flush } = founded();
    storage.write([append(4, 6)], () => {});
    flush();
    disk.crash('undone');
    disk.forgetLastWrite();
    const next = disk.open();
    next.load(() => {});
    flush();
    next.write([append(4, 4, LATER_TERM)], () => {});
    flush();
    expect(disk.peek()?.entries).toEqual([...entries(1, 3), ...entries(4, 4, LATER_TERM)]);
  });

  it('a planned failure of a load hits one load', async () => {
    const disk = new MemoryDisk({ defer: soon });
    disk.failNextLoad();
    const storage = disk.open();
    expect(await load(storage)).toMatchObject({ ok: false, error: { code: 'failed' } });
    expect(await stored(storage)).toBeNull();
  });

  it('a failed write that did not happen can be repeated', async () => {
    const { disk, storage } = await ready();
    disk.failNextWrite('undone');
    expect(await write(storage, append(1, 1))).toMatchObject({ code: 'failed' });
    expect(await write(storage, append(1, 2))).toBeNull();
    expect(indexes(disk)).toEqual([1, 2]);
  });

  it('a failed write that happened ends the use of its handle', async () => {
    const { disk, storage } = await ready();
    disk.failNextWrite('done');
    expect(await write(storage, append(1, 1))).toMatchObject({ code: 'failed' });
    expect(await write(storage, append(1, 2))).toMatchObject({ code: 'lost' });
    expect(indexes(disk)).toEqual([1]);
    expect((await stored(disk.open()))?.entries).toHaveLength(1);
  });

  it('asks for the latency of every call, and never ends one of Infinity', () => {
    const { disk, waiting, flush } = manual((call) => (call === 'load' ? 5 : Infinity));
    const storage = disk.open();
    storage.load(() => {});
    expect(waiting).toMatchObject([{ delay: 5 }]);
    flush();
    storage.write([FOUND], () => {});
    expect(waiting).toEqual([]);
    disk.crash('done');
    expect(disk.peek()).not.toBeNull();
  });

  it('appends and drops in turn, and holds what is left', () => {
    const { disk, storage, flush } = founded();
    for (let index = 4; index <= 10_000; index++) {
      storage.write([append(index, index)], () => {});
      flush();
      if (index % 10 !== 0) continue;
      storage.write([dropTo(index, Math.max(0, index - 2000))], () => {});
      flush();
    }
    expect(indexes(disk)?.[0]).toBe(8001);
    expect(indexes(disk)).toHaveLength(2000);
  });

  async function ready(): Promise<{ disk: MemoryDisk; storage: Storage }> {
    const disk = new MemoryDisk({ defer: soon });
    const storage = disk.open();
    expect(await stored(storage)).toBeNull();
    expect(await write(storage, FOUND)).toBeNull();
    return { disk, storage };
  }
});

describe('what a memory disk holds, for checkers', () => {
  it('is the end, the promise, and the terms as far as the entries are there', () => {
    const { disk } = founded();
    const { held } = disk;
    expect(held.end).toBe(3);
    expect(held.promised).toBe(TERM);
    expect([0, 1, 3, 4].map((index) => held.termAt(index))).toEqual([
      undefined,
      disk.peek()?.entries[0]?.term,
      disk.peek()?.entries[2]?.term,
      undefined,
    ]);
    expect(held.reservedBelow).toBe(disk.peek()?.meta.nextSequence);
    expect(held.hasSetAside('one')).toBe(false);
  });

  it('stays as it was when the disk is written and cleared', () => {
    const { disk, storage, flush } = founded();
    const { held } = disk;
    storage.write([append(4, 5)], () => {});
    flush();
    expect(held.end).toBe(3);
    expect(held.termAt(4)).toBeUndefined();
    disk.wipe();
    expect(held.termAt(3)).toBeDefined();
    expect(disk.held.end).toBe(0);
  });
});
