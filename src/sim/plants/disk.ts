/** Bugs between a node and its disk. */
import { Context } from '../../core/context.ts';
import type { NodeId } from '../../core/identity.ts';
import type { Meta, StorageWrite } from '../../core/stored.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Ports } from '../../runtime/driver.ts';
import type { Storage } from '../../storage/storage.ts';
import { plantedBug, type PlantedBug } from '../plant.ts';
import { changeWrites, wrap } from './tools.ts';

export const DISK_BUGS: readonly PlantedBug[] = [
  plantedBug(
    'acknowledge-before-write',
    "a follower's writes are said to be done at once, and done a while later: it acknowledges what it may yet forget",
    ['S2'],
    ['crash-all'],
    {
      ports: (gate, ports) => {
        const follows = (): boolean => (gate.life?.driver.node.follower.leader ?? null) !== null;
        return { ...ports, storage: new EagerStorage(ports.storage, ports.clock, follows) };
      },
    },
  ),
  plantedBug(
    'speak-before-write',
    'promises and acknowledgements go out while their write is under way',
    ['S4', 'S2'],
    ['crash-all', 'crash-in-write'],
    {
      started: (gate) => {
        gate.slowness = 40;
      },
      install: () => {
        return wrap(
          Context.prototype,
          'persist',
          (persist) =>
            function (this: Context, writes, releases = [], whenDurable) {
              for (const release of releases) this.emit(release);
              persist.call(this, writes, [], whenDurable);
            },
        );
      },
    },
  ),
  plantedBug(
    'reused-term',
    'a candidate does not write down the term that it takes, and takes it again after a crash',
    ['S4'],
    ['crash', 'crash-leader', 'crash-all'],
    {
      ports: (gate, ports) => ({
        ...ports,
        storage: forgetsTerms(ports.storage, (term) => term.endsWith(`.${gate.id}`)),
      }),
    },
  ),
  plantedBug(
    'promise-not-written',
    "a voter does not write down what it promised to others, and keeps an older leader's side after a crash",
    ['S4'],
    ['crash', 'partition', 'isolate'],
    {
      ports: (gate, ports) => ({
        ...ports,
        storage: forgetsTerms(ports.storage, (term) => !term.endsWith(`.${gate.id}`)),
      }),
    },
  ),
  plantedBug(
    'sequence-reused',
    'the next sequence number is not written down: after a restart old ones are given out again',
    ['S7', 'S8', 'S2'],
    ['crash'],
    {
      ports: (_gate, ports) => ({
        ...ports,
        storage: changeWrites(ports.storage, (writes) =>
          writes.map((write) =>
            write.type === 'meta' ? { ...write, meta: { ...write.meta, nextSequence: 1 } } : write,
          ),
        ),
      }),
    },
  ),
  plantedBug(
    'torn-writes',
    'each write of a batch is a transaction of its own, the last first: a crash leaves an operation whose number is not taken, and the page refuses its disk for good',
    ['L1'],
    ['crash', 'crash-in-write'],
    {
      ports: (_gate, ports) => ({ ...ports, storage: tearsWrites(ports.storage) }),
    },
  ),
  plantedBug(
    'archive-emptied',
    'a log that is set aside leaves an archive with nothing in it (rule G3)',
    ['G3'],
    ['found-apart', 'proceed-wrongly', 'adopt'],
    { ports: (_gate, ports) => ({ ...ports, storage: emptiesArchives(ports.storage) }) },
  ),
  plantedBug(
    'vote-after-amnesia',
    'a gate whose disk was wiped votes on under its old name',
    ['S9'],
    ['wipe', 'crash'],
    { keepsIdentity: true },
  ),
  plantedBug(
    'lost-disk-ignored',
    'a gate whose disk is cleared under it goes on as if it were there',
    ['S9', 'S2'],
    ['wipe-live'],
    {
      ports: (_gate, ports) => ({ ...ports, storage: ignoresLoss(ports, () => true) }),
    },
  ),
  plantedBug(
    'cleared-disk-counts-itself',
    'a leader whose disk is cleared under it takes its writes for done, and counts itself',
    ['S2'],
    ['wipe-live'],
    {
      ports: (gate, ports) => ({
        ...ports,
        storage: ignoresLoss(ports, () => (gate.life?.driver.node.leadership ?? null) !== null),
      }),
    },
  ),
];

/** As a disk that flushes when it likes. */
const LAZY_MS = 500;

/** Reports a write done at once where it may be, and does it later. */
class EagerStorage implements Storage {
  #waiting: (readonly StorageWrite[])[] = [];
  #busy = false;
  #error: Parameters<Parameters<Storage['write']>[1]>[0] = null;

  constructor(
    private readonly inner: Storage,
    private readonly clock: Clock,
    private readonly isEager: () => boolean,
  ) {}

  load(done: Parameters<Storage['load']>[0]): void {
    this.inner.load(done);
  }

  write(writes: readonly StorageWrite[], done: Parameters<Storage['write']>[1]): void {
    // What waits goes first, so the end of one that is not eager would come after it.
    if (!this.#busy && !this.isEager()) {
      this.inner.write(writes, done);
      return;
    }
    this.#waiting.push(writes);
    if (!this.#busy) this.#later();
    this.clock.schedule(0, () => {
      done(this.#error);
    });
  }

  close(): void {
    this.inner.close();
  }

  #later(): void {
    this.#busy = true;
    this.clock.schedule(LAZY_MS, () => {
      this.#next();
    });
  }

  #next(): void {
    const writes = this.#waiting.shift();
    if (!writes || this.#error) {
      this.#busy = false;
      return;
    }
    this.inner.write(writes, (error) => {
      this.#error = error;
      this.#next();
    });
  }
}

/** Leaves the promise that was written before in place of one that it forgets. */
function forgetsTerms(inner: Storage, forgets: (term: NodeId) => boolean): Storage {
  let written = '';
  const changed = (meta: Meta): Meta => {
    if (!forgets(meta.promised)) written = meta.promised;
    return { ...meta, promised: written };
  };
  const storage = changeWrites(inner, (writes) =>
    writes.map((write) =>
      write.type === 'meta' ? { ...write, meta: changed(write.meta) } : write,
    ),
  );
  return {
    ...storage,
    load: (done) => {
      inner.load((result) => {
        if (result.ok) written = result.stored?.meta.promised ?? '';
        done(result);
      });
    },
  };
}

function emptiesArchives(inner: Storage): Storage {
  return changeWrites(inner, (writes) =>
    writes.map((write) =>
      write.type === 'archive' || write.type === 'archive-put'
        ? { ...write, archive: { ...write.archive, snapshot: null, entries: [] } }
        : write,
    ),
  );
}

/** One transaction for each write. The meta of a new store must come first all the same. */
function tearsWrites(inner: Storage): Storage {
  let isNew = true;
  return {
    load: (done) => {
      inner.load((result) => {
        isNew = result.ok && result.stored === null;
        done(result);
      });
    },
    write: (writes, done) => {
      const waiting = isNew ? [...writes].reverse() : [...writes];
      isNew = false;
      const next = (): void => {
        const write = waiting.pop();
        if (!write) {
          done(null);
          return;
        }
        inner.write([write], (error) => {
          if (error) done(error);
          else next();
        });
      };
      next();
    },
    close: () => {
      inner.close();
    },
  };
}

/** Nothing is written any more once the disk is lost, and it says that it was. */
function ignoresLoss({ storage, clock }: Ports, ignores: () => boolean): Storage {
  let lost: Parameters<Parameters<Storage['write']>[1]>[0] = null;
  const said = (): typeof lost => (ignores() ? null : lost);
  return {
    load: (done) => {
      storage.load(done);
    },
    write: (writes, done) => {
      if (lost) {
        clock.schedule(0, () => {
          done(said());
        });
        return;
      }
      storage.write(writes, (error) => {
        if (error?.code === 'lost') lost = error;
        done(lost ? said() : error);
      });
    },
    close: () => {
      storage.close();
    },
  };
}
