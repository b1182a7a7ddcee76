import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  append,
  archiveOf,
  dropTo,
  entries,
  entry,
  FOUND,
  LATER_TERM,
  META,
  operation,
  SETTINGS,
  snapshotAt,
  TERM,
} from './examples.contract.ts';
import type { LogEntry, Operation } from '../core/entry.ts';
import type { Archive, StorageWrite } from '../core/stored.ts';
import type { LoadResult, Storage, StorageError } from './storage.ts';

/** One store, and what can be done to it behind the back of its handles. */
export interface StorageHarness {
  /** Another handle on the same store. */
  open(): Storage;
  /** Clears the store under its handles, as a person who clears the site's data does. */
  wipe(): Promise<void>;
  /** Removes the sentinel and leaves the rest. */
  removeSentinel(): Promise<void>;
  /** Spoils a record that every non-empty store has. */
  corrupt(): Promise<void>;
  dispose(): Promise<void>;
}

export function load(storage: Storage): Promise<LoadResult> {
  return new Promise((resolve) => storage.load(resolve));
}

export function write(storage: Storage, ...writes: StorageWrite[]): Promise<StorageError | null> {
  return new Promise((resolve) => storage.write(writes, resolve));
}

/** What is stored; fails the test when it can't be loaded. */
export async function stored(storage: Storage) {
  const result = await load(storage);
  expect(result).toMatchObject({ ok: true });
  return result.ok ? result.stored : null;
}

async function done(storage: Storage, ...writes: StorageWrite[]): Promise<void> {
  expect(await write(storage, ...writes)).toBeNull();
}

/** What every implementation of the storage port must do. */
export function storageContract(name: string, make: () => Promise<StorageHarness>): void {
  describe(`storage: ${name}`, () => {
    let harness: StorageHarness;
    let storage: Storage;

    beforeEach(async () => {
      harness = await make();
      storage = harness.open();
    });
    afterEach(async () => {
      storage.close();
      await harness.dispose();
    });

    /** What a new handle loads after this one is closed. */
    async function reopened() {
      storage.close();
      storage = harness.open();
      return stored(storage);
    }
    async function found(...writes: StorageWrite[]): Promise<void> {
      expect(await stored(storage)).toBeNull();
      await done(storage, FOUND, ...writes);
    }
    async function logAfter(...writes: StorageWrite[]): Promise<readonly LogEntry[]> {
      await found(...writes);
      return (await reopened())?.entries ?? [];
    }

    describe('what was written is loaded', () => {
      it('a new store is null, and stays so when nothing is written', async () => {
        expect(await stored(storage)).toBeNull();
        expect(await reopened()).toBeNull();
      });

      it('everything in one write', async () => {
        const operations = [operation(11), operation(2)];
        await found(append(1, 6), dropTo(4, 2), { type: 'outbox-put', operations });
        expect(await reopened()).toEqual({
          meta: META,
          snapshot: snapshotAt(4),
          entries: entries(3, 6),
          outbox: [operation(2), operation(11)],
          archives: [],
        });
      });

      it('every kind of entry', async () => {
        const members = snapshotAt(1).members;
        const log: LogEntry[] = [
          {
            index: 1,
            term: TERM,
            at: 1,
            command: { kind: 'founding', generation: 'g1', settings: SETTINGS, members },
          },
          { index: 2, term: TERM, at: 2, command: { kind: 'opening' } },
          {
            index: 3,
            term: TERM,
            at: 3,
            command: { kind: 'membership', change: 'promote', subject: 'raven', members },
          },
          {
            index: 4,
            term: TERM,
            at: 4,
            command: { kind: 'generation', generation: 'g2', without: ['raven'], members },
          },
          entry(5),
        ];
        expect(await logAfter({ type: 'append', entries: log })).toEqual(log);
      });

      it('the newest meta', async () => {
        await found();
        const meta = { ...META, promised: LATER_TERM, nextSequence: 8 };
        await done(storage, { type: 'meta', meta });
        expect((await reopened())?.meta).toEqual(meta);
      });

      it('many batches of every size, in order', async () => {
        await found();
        let next = 1;
        for (const size of [1, 1, 1, 700, 1, 2, 3, 40, 1, 1, 300, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]) {
          await done(storage, append(next, next + size - 1));
          next += size;
        }
        expect((await reopened())?.entries).toEqual(entries(1, next - 1));
        await done(storage, append(next, next));
        expect((await reopened())?.entries).toEqual(entries(1, next));
      });

      it('by the handle that wrote it, too', async () => {
        await found(append(1, 3));
        expect((await stored(storage))?.entries).toEqual(entries(1, 3));
        await done(storage, append(4, 4));
        expect((await stored(storage))?.entries).toEqual(entries(1, 4));
      });
    });

    describe('append', () => {
      it('removes what it overlaps, within a batch', async () => {
        const log = await logAfter(append(1, 10), append(6, 7, LATER_TERM));
        expect(log).toEqual([...entries(1, 5), ...entries(6, 7, LATER_TERM)]);
      });

      it('removes what it overlaps, across batches', async () => {
        await found(append(1, 4));
        for (let index = 5; index <= 40; index++) await done(storage, append(index, index));
        await done(storage, append(3, 5, LATER_TERM));
        await done(storage, append(6, 6, LATER_TERM));
        const log = [...entries(1, 2), ...entries(3, 6, LATER_TERM)];
        expect((await reopened())?.entries).toEqual(log);
      });

      it('removes what it overlaps after reopening, when the batches are large', async () => {
        await found(append(1, 3000), append(3001, 6000));
        await reopened();
        await done(storage, append(2000, 2001, LATER_TERM), append(2001, 2002, LATER_TERM));
        const log = [...entries(1, 1999), ...entries(2000, 2002, LATER_TERM)];
        expect((await reopened())?.entries).toEqual(log);
      });

      it('replaces the whole log', async () => {
        await found(append(1, 5));
        await done(storage, append(1, 2, LATER_TERM));
        expect((await reopened())?.entries).toEqual(entries(1, 2, LATER_TERM));
      });

      it('throws rather than leave a gap, and changes nothing', async () => {
        await found(append(1, 3));
        expect(() => storage.write([append(5, 6)], () => {})).toThrow(RangeError);
        expect(() => storage.write([{ type: 'append', entries: [] }], () => {})).toThrow(
          RangeError,
        );
        const torn: StorageWrite = { type: 'append', entries: [entry(4), entry(6)] };
        expect(() => storage.write([torn], () => {})).toThrow(RangeError);
        await done(storage, append(4, 4));
        expect((await reopened())?.entries).toEqual(entries(1, 4));
      });
    });

    describe('snapshot', () => {
      it('drops entries through the middle of a batch, and appends go on', async () => {
        await found(append(1, 10), dropTo(8, 5));
        expect((await reopened())?.entries).toEqual(entries(6, 10));
        await done(storage, append(11, 12));
        await done(storage, dropTo(11, 11));
        expect(await reopened()).toMatchObject({
          snapshot: snapshotAt(11),
          entries: entries(12, 12),
        });
      });

      it('drops nothing before a dropThrough of 0', async () => {
        expect(await logAfter(append(1, 4), dropTo(4, 0))).toEqual(entries(1, 4));
      });

      it('drops everything, and the log goes on after it', async () => {
        await found(append(1, 4), dropTo(4, 4));
        expect(await reopened()).toMatchObject({ snapshot: snapshotAt(4), entries: [] });
        await done(storage, append(5, 5));
        expect((await reopened())?.entries).toEqual(entries(5, 5));
      });

      it('with reset takes the place of the log, entries after it too', async () => {
        await found(append(1, 9));
        await done(storage, dropTo(6, 0, true));
        expect(await reopened()).toMatchObject({ snapshot: snapshotAt(6), entries: [] });
        await done(storage, append(7, 7, LATER_TERM));
        expect((await reopened())?.entries).toEqual(entries(7, 7, LATER_TERM));
      });

      it('with reset jumps ahead of the log', async () => {
        await found(append(1, 3), dropTo(600, 600, true), append(601, 602));
        expect(await reopened()).toMatchObject({
          snapshot: snapshotAt(600),
          entries: entries(601, 602),
        });
      });

      it('throws rather than leave a gap', async () => {
        await found(append(1, 3));
        expect(() => storage.write([dropTo(5, 2)], () => {})).toThrow(RangeError);
        expect(() => storage.write([dropTo(2, 3)], () => {})).toThrow(RangeError);
      });
    });

    describe('outbox and archives', () => {
      it('puts, replaces and deletes single operations', async () => {
        await found({ type: 'outbox-put', operations: [1, 2, 3].map(operation) });
        const changed: Operation = { ...operation(2), settledBelow: 2 };
        await done(storage, { type: 'outbox-put', operations: [changed] });
        await done(storage, { type: 'outbox-delete', sequences: [1, 99] });
        expect((await reopened())?.outbox).toEqual([changed, operation(3)]);
      });

      it('does puts and deletes of one write in order', async () => {
        await found(
          { type: 'outbox-put', operations: [operation(1)] },
          { type: 'outbox-delete', sequences: [1] },
          { type: 'outbox-put', operations: [operation(1), operation(2)] },
          { type: 'outbox-delete', sequences: [2] },
        );
        expect((await reopened())?.outbox).toEqual([operation(1)]);
      });

      it('an archive empties log, snapshot and outbox, and keeps meta', async () => {
        await found(append(1, 5), dropTo(4, 2), {
          type: 'outbox-put',
          operations: [operation(1)],
        });
        await done(
          storage,
          { type: 'archive', archive: archiveOf('g1', 20) },
          append(1, 2, LATER_TERM),
        );
        expect(await reopened()).toEqual({
          meta: META,
          snapshot: null,
          entries: entries(1, 2, LATER_TERM),
          outbox: [],
          archives: [archiveOf('g1', 20)],
        });
      });

      it('archives are loaded oldest first', async () => {
        await found(
          { type: 'archive', archive: archiveOf('gb', 30) },
          { type: 'archive', archive: archiveOf('gc', 10) },
          { type: 'archive', archive: archiveOf('ga', 20) },
        );
        const wanted = [archiveOf('gc', 10), archiveOf('ga', 20), archiveOf('gb', 30)];
        expect((await reopened())?.archives).toEqual(wanted);
      });

      it('an archive is replaced by one of its generation, and nothing else is touched', async () => {
        await found(
          { type: 'archive', archive: archiveOf('ga', 10) },
          { type: 'archive', archive: archiveOf('gb', 20) },
        );
        await done(storage, append(1, 5), dropTo(4, 2), {
          type: 'outbox-put',
          operations: [operation(1)],
        });
        const emptied: Archive = {
          ...archiveOf('ga', 10),
          checked: true,
          snapshot: null,
          entries: [],
          outbox: [],
        };
        await done(storage, { type: 'archive-put', archive: emptied });
        expect(await reopened()).toEqual({
          meta: META,
          snapshot: snapshotAt(4),
          entries: entries(3, 5),
          outbox: [operation(1)],
          archives: [emptied, archiveOf('gb', 20)],
        });
      });
    });

    describe('loss', () => {
      it('a write to a store that was cleared is lost, and so is every later one', async () => {
        await found(append(1, 3));
        await harness.wipe();
        expect(await write(storage, append(4, 4))).toMatchObject({ code: 'lost' });
        expect(await write(storage, FOUND)).toMatchObject({ code: 'lost' });
        expect(await load(storage)).toMatchObject({ error: { code: 'lost' } });
        expect(await reopened()).toBeNull();
      });

      it('a write to a store whose sentinel is gone is lost', async () => {
        await found(append(1, 3));
        await harness.removeSentinel();
        expect(await write(storage, append(4, 4))).toMatchObject({ code: 'lost' });
      });

      it('a store without its sentinel is lost on load', async () => {
        await found(append(1, 3));
        await harness.removeSentinel();
        storage.close();
        storage = harness.open();
        expect(await load(storage)).toMatchObject({ ok: false, error: { code: 'lost' } });
      });

      it('a store that was cleared is a new one', async () => {
        await found(append(1, 3));
        await harness.wipe();
        expect(await reopened()).toBeNull();
        await done(storage, FOUND, append(1, 1));
        expect((await reopened())?.entries).toEqual(entries(1, 1));
      });

      it('a handle is fenced by a later one that writes', async () => {
        await found(append(1, 3));
        const later = harness.open();
        expect((await stored(later))?.entries).toHaveLength(3);
        await done(later, append(4, 4));
        expect(await write(storage, append(4, 5))).toMatchObject({ code: 'lost' });
        expect(await load(storage)).toMatchObject({ error: { code: 'lost' } });
        await done(later, append(5, 5));
        later.close();
      });

      it('of two handles on a new store one founds it', async () => {
        expect(await stored(storage)).toBeNull();
        const rival = harness.open();
        expect(await stored(rival)).toBeNull();
        await done(rival, FOUND);
        expect(await write(storage, FOUND)).toMatchObject({ code: 'lost' });
        rival.close();
      });

      it('a corrupt record is corrupt on load', async () => {
        await found(append(1, 3));
        await harness.corrupt();
        storage.close();
        storage = harness.open();
        expect(await load(storage)).toMatchObject({ ok: false, error: { code: 'corrupt' } });
      });
    });

    describe('use', () => {
      it('throws when the first write does not begin with meta', async () => {
        expect(await stored(storage)).toBeNull();
        expect(() => storage.write([append(1, 1)], () => {})).toThrow(RangeError);
        await done(storage, FOUND, append(1, 1));
      });

      it('throws on a write before a load, and on a second call at a time', async () => {
        expect(() => storage.write([FOUND], () => {})).toThrow('loaded');
        await found();
        const first = write(storage, append(1, 1));
        expect(() => storage.write([append(2, 2)], () => {})).toThrow('one call');
        expect(() => storage.load(() => {})).toThrow('one call');
        expect(await first).toBeNull();
      });

      it('never calls back within the call', async () => {
        let inside = true;
        const loaded = new Promise<boolean>((resolve) => storage.load(() => resolve(inside)));
        inside = false;
        expect(await loaded).toBe(false);
        inside = true;
        const written = new Promise<boolean>((resolve) => {
          storage.write([FOUND], () => resolve(inside));
        });
        inside = false;
        expect(await written).toBe(false);
      });

      it('calls back no more once closed, and throws on use', async () => {
        await found();
        let called = false;
        storage.write([append(1, 1)], () => (called = true));
        storage.close();
        storage.close();
        expect(() => storage.load(() => {})).toThrow('closed');
        const next = harness.open();
        const log = (await stored(next))?.entries ?? [];
        expect([0, 1]).toContain(log.length);
        await done(next, append(1, 2));
        expect(called).toBe(false);
        next.close();
      });
    });
  });
}
