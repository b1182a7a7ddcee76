import { assert } from './assert.ts';
import type { Context } from './context.ts';
import type { Effect } from './effects.ts';
import {
  compareToken,
  type LogEntry,
  type MulticastKind,
  type ParkSettings,
  type Token,
} from './entry.ts';
import type { Json } from './json.ts';
import { Log, LOG_START } from './log.ts';
import { Membership } from './membership.ts';
import { NO_VIEWS, type View } from './multicast/multicast.ts';
import { FORGOTTEN, Sessions } from './sessions.ts';
import type { StateMachine } from './state-machine.ts';
import type { Meta, Snapshot, StorageWrite, Stored } from './stored.ts';
import { NO_TERM, type Term } from './term.ts';

/** An entry that was committed and applied, with the machine's answer. */
export interface Applied {
  readonly entry: LogEntry;
  /** null for entries that are no operations. */
  readonly outcome: Json;
  /** Index of the entry that it comes from, which may be an earlier one; 0 when that is forgotten (rule O2). */
  readonly decidedAt: number;
  /** The operation had been applied before: this entry changed nothing (rule S7). */
  readonly duplicate: boolean;
}

/** So many sequence numbers are reserved at once: most operations find some, and need not wait for the disk. */
const SEQUENCES = 1024;

/** Sequence numbers for some operations. */
export interface Sequences {
  readonly first: number;
  /** They are reserved on the disk. Else they may be used once `writes` are durable. */
  readonly reserved: boolean;
  readonly writes: readonly StorageWrite[];
  /** Call it once `writes` are durable. */
  readonly durable: () => void;
}

/**
 * What a node holds: the promise, the log, the state machine, and how far they are durable, committed and applied.
 * Knows nothing of roles. Everything that changes the disk goes through here.
 */
export class Replica {
  readonly log = new Log();
  readonly membership = new Membership();
  readonly sessions = new Sessions();
  /** Applied entries that `log` still holds, from `log.base.index + 1` on. */
  #applied: Applied[] = [];
  #settings: ParkSettings | null = null;
  #promised: Term = NO_TERM;
  #nextSequence = 1;
  /** No sequence number from here on is used, in any life, before a write says so (rule O1). */
  #reservedBelow = 1;
  /** As the disk has it. */
  #durablyReservedBelow = 1;
  #commitIndex = 0;
  #durableIndex = 0;
  #lastToken: Token | null = null;
  #views = NO_VIEWS;
  /** Counts how often this node has started over. */
  #life = 0;
  /** Stands at `log.base`; what a node far behind is given. */
  #baseSnapshot: Snapshot | null = null;
  /** Taken at the last multiple of the interval: becomes the base at the next. */
  #nextSnapshot: Snapshot | null = null;
  readonly #listeners: ((applied: Applied) => void)[] = [];

  constructor(
    readonly context: Context,
    readonly machine: StateMachine,
    /** Entries between two snapshots. */
    private readonly snapshotInterval: number,
  ) {}

  get promised(): Term {
    return this.#promised;
  }
  get commitIndex(): number {
    return this.#commitIndex;
  }
  /** Entries up to here are durable at this node. */
  get durableIndex(): number {
    return this.#durableIndex;
  }
  /** What the founder decided; null while the log is empty. */
  get settings(): ParkSettings | null {
    return this.#settings;
  }
  /** The newest view of a multicast group that is applied; null before the first (rule T4). */
  view(order: MulticastKind): View | null {
    return this.#views[order];
  }
  get baseSnapshot(): Snapshot | null {
    return this.#baseSnapshot;
  }
  get nextSequence(): number {
    return this.#nextSequence;
  }

  onApplied(listener: (applied: Applied) => void): void {
    this.#listeners.push(listener);
  }

  /** Committed entries from index `from` to `to`, as far as the log still holds them. */
  committed(from: number, to: number): Applied[] {
    const start = this.log.base.index + 1;
    return this.#applied.slice(Math.max(0, from - start), Math.max(0, to - start + 1));
  }

  restore(stored: Stored): void {
    this.#promised = stored.meta.promised;
    // An earlier life may have used all that it reserved.
    this.#nextSequence = stored.meta.nextSequence;
    this.#reservedBelow = this.#nextSequence;
    this.#durablyReservedBelow = this.#nextSequence;
    if (stored.snapshot) this.#install(stored.snapshot);
    this.#append(stored.entries);
    this.#durableIndex = this.log.lastIndex;
    this.commitTo(Math.min(stored.meta.committed, this.log.lastIndex));
  }

  /** What began the generation of this log can't be taken back any more. */
  get isGenerationCommitted(): boolean {
    const newest = this.membership.generations.at(-1);
    return newest !== undefined && newest.at.index <= this.#commitIndex;
  }

  meta(): Meta {
    return {
      id: this.context.self,
      promised: this.#promised,
      nextSequence: this.#reservedBelow,
      // What is committed may still be on its way to the disk, which may hold other entries there until then.
      committed: Math.min(this.#commitIndex, this.#durableIndex),
    };
  }

  /** Timer `commit-mark`: so that a restart shows the visitors at once, before it has met a quorum. */
  markCommit(): void {
    this.context.persist([{ type: 'meta', meta: this.meta() }]);
  }

  /** Promises a term. The write must be durable before anybody is told: give it to a persist. */
  promise(term: Term): StorageWrite {
    assert(term >= this.#promised, 'a promise never falls back');
    this.#promised = term;
    return { type: 'meta', meta: this.meta() };
  }

  /** Takes `count` sequence numbers, and reserves more where less than half of a block is left. */
  takeSequences(count: number): Sequences {
    const first = this.#nextSequence;
    this.#nextSequence += count;
    const reserved = this.#nextSequence <= this.#durablyReservedBelow;
    const writes: StorageWrite[] = [];
    if (this.#reservedBelow - this.#nextSequence < SEQUENCES / 2) {
      this.#reservedBelow = this.#nextSequence + SEQUENCES;
      writes.push({ type: 'meta', meta: this.meta() });
    }
    const below = this.#reservedBelow;
    const durable = (): void => {
      this.#durablyReservedBelow = Math.max(this.#durablyReservedBelow, below);
    };
    return { first, reserved, writes, durable };
  }

  /**
   * Makes the log equal to `entries` from their first index on, where it is not already. Durable before `releases`
   * happen, also when nothing had to be written (the same entries may still be on their way to the disk).
   * @returns the entries that were new
   */
  store(
    entries: readonly LogEntry[],
    before: readonly StorageWrite[],
    releases: readonly Effect[],
    whenDurable?: () => void,
  ): readonly LogEntry[] {
    const fresh = entries.slice(this.#countHeld(entries));
    const writes = [...before];
    const first = fresh[0];
    if (first) {
      if (first.index <= this.log.lastIndex) this.#truncateFrom(first.index);
      this.#append(fresh);
      writes.push({ type: 'append', entries: fresh });
    }
    const end = this.log.last;
    const life = this.#life;
    this.context.persist(writes, releases, () => {
      // A later truncation makes this report void: then the log no longer holds `end`. So does starting over.
      if (life === this.#life && this.log.holds(end))
        this.#durableIndex = Math.max(this.#durableIndex, end.index);
      whenDurable?.();
    });
    return fresh;
  }

  /** Commits up to `index` and applies what that commits. */
  commitTo(index: number): void {
    assert(index <= this.log.lastIndex, 'only what the log holds can be committed');
    while (this.#commitIndex < index) {
      const entry = this.log.at(this.#commitIndex + 1);
      assert(entry !== undefined, 'the log has no gap');
      this.#commitIndex = entry.index;
      this.#apply(entry);
      this.context.setTimerOnce('commit-mark', this.context.timing.commitMark);
    }
  }

  /** Takes the place of the log: a snapshot that the leader, or the log to be adopted, stands on. */
  installSnapshot(snapshot: Snapshot, releases: readonly Effect[], whenDurable: () => void): void {
    if (this.log.holds(snapshot.at)) {
      // What comes after it stays: it may count on our acknowledgement (rule R6). What it stands for is committed.
      this.commitTo(Math.max(this.#commitIndex, snapshot.at.index));
      this.context.persist([], releases, whenDurable);
      return;
    }
    assert(snapshot.at.index > this.#commitIndex, 'a snapshot never takes committed entries back');
    this.#install(snapshot);
    const writes: StorageWrite[] = [
      { type: 'meta', meta: this.meta() },
      { type: 'snapshot', snapshot, dropThrough: snapshot.at.index, reset: true },
    ];
    const life = this.#life;
    this.context.persist(writes, releases, () => {
      if (life !== this.#life) return;
      if (this.log.base.index >= snapshot.at.index) {
        this.#durableIndex = Math.max(this.#durableIndex, snapshot.at.index);
      }
      whenDurable();
    });
  }

  /** Empties log and state; the promise and the sequence numbers stay. For a node that gives way (rule G3). */
  clear(): void {
    this.#life += 1;
    this.log.reset(LOG_START);
    this.membership.reset(0, [], []);
    this.sessions.reset();
    this.machine.reset();
    this.#applied = [];
    this.#commitIndex = 0;
    this.#durableIndex = 0;
    this.#lastToken = null;
    this.#views = NO_VIEWS;
    this.#settings = null;
    this.#baseSnapshot = null;
    this.#nextSnapshot = null;
    this.context.generation = '';
  }

  #install(snapshot: Snapshot): void {
    const problem = this.machine.refuseSnapshot(snapshot.machine);
    assert(problem === null, `R6: a snapshot is the machine's own: ${problem ?? ''}`);
    this.log.reset(snapshot.at);
    this.membership.reset(snapshot.at.index, snapshot.members, snapshot.generations);
    this.sessions.restore(snapshot.sessions);
    this.machine.restore(snapshot.machine);
    this.#applied = [];
    // Of what the disk holds only what was committed is part of the log now, until the snapshot is written.
    this.#durableIndex = Math.min(this.#durableIndex, this.#commitIndex);
    this.#commitIndex = snapshot.at.index;
    this.#lastToken = null;
    this.#views = snapshot.views ?? NO_VIEWS;
    this.#settings = snapshot.settings;
    this.#baseSnapshot = snapshot;
    this.#nextSnapshot = null;
    this.context.generation = this.membership.generation;
  }

  #append(entries: readonly LogEntry[]): void {
    this.log.append(entries);
    this.membership.appended(entries);
    this.context.generation = this.membership.generation;
    const [first] = entries;
    if (first?.command.kind === 'founding') this.#settings = first.command.settings;
  }

  #countHeld(entries: readonly LogEntry[]): number {
    let held = 0;
    for (const entry of entries) {
      const covered = entry.index <= this.log.base.index;
      if (!covered && this.log.termAt(entry.index) !== entry.term) break;
      held += 1;
    }
    return held;
  }

  #truncateFrom(index: number): void {
    assert(index > this.#commitIndex, 'S6: a committed entry is never removed');
    this.log.truncateFrom(index);
    this.membership.truncatedFrom(index);
    this.#durableIndex = Math.min(this.#durableIndex, index - 1);
  }

  #apply(entry: LogEntry): void {
    if (entry.command.kind === 'view') this.#follow(entry.command.order, entry.command.view);
    const applied = this.#outcomeOf(entry);
    this.#applied.push(applied);
    for (const listener of this.#listeners) listener(applied);
    if (entry.index % this.snapshotInterval === 0) this.#takeSnapshot(entry);
  }

  #outcomeOf(entry: LogEntry): Applied {
    const { command } = entry;
    if (command.kind !== 'operation') {
      this.machine.apply(entry);
      return { entry, outcome: null, decidedAt: entry.index, duplicate: false };
    }
    this.#checkToken(command.token);
    const known = this.sessions.lookup(command.operation.id);
    if (known.state !== 'new') {
      const { index: decidedAt, outcome } = known.state === 'settled' ? known : FORGOTTEN;
      return { entry, outcome, decidedAt, duplicate: true };
    }
    const outcome = this.machine.apply(entry);
    this.sessions.record(command.operation, { index: entry.index, outcome });
    return { entry, outcome, decidedAt: entry.index, duplicate: false };
  }

  #follow(order: MulticastKind, view: View): void {
    const before = this.view(order)?.number ?? 0;
    assert(view.number === before + 1, 'T4: views follow each other without a gap');
    this.#views = { ...this.#views, [order]: view };
  }

  #checkToken(token: Token): void {
    const fell = this.#lastToken !== null && compareToken(token, this.#lastToken) < 0;
    assert(!fell, 'S5: tokens never fall along the committed log');
    this.#lastToken = token;
  }

  /** Two intervals stay in the log: people read it, and a gate that was away for a while catches up from it. */
  #takeSnapshot(entry: LogEntry): void {
    assert(this.#settings !== null, 'a log has its founding');
    const base = this.#nextSnapshot;
    if (base) {
      this.#baseSnapshot = base;
      this.context.persist([
        { type: 'snapshot', snapshot: base, dropThrough: base.at.index, reset: false },
      ]);
      this.#applied = this.#applied.slice(base.at.index - this.log.base.index);
      this.log.compact(base.at.index);
      this.membership.compacted(base.at.index);
    }
    this.#nextSnapshot = {
      at: { index: entry.index, term: entry.term },
      settings: this.#settings,
      members: this.membership.membersAt(entry.index),
      generations: this.membership.generationsAt(entry.index),
      sessions: this.sessions.snapshot(),
      machine: this.machine.snapshot(),
      ...(this.#views === NO_VIEWS ? {} : { views: this.#views }),
    };
  }
}
