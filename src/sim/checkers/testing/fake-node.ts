import type { EntryCommand, LogEntry } from '../../../core/entry.ts';
import type { Applied } from '../../../core/replica.ts';
import type { Generation } from '../../../core/stored.ts';
import type { Term } from '../../../core/term.ts';
import type { Json } from '../../../core/json.ts';
import type { Member } from '../../../core/identity.ts';
import { Market } from '../../../machines/market.ts';
import type { ObservedNode } from '../observed.ts';
import { ParkModel, readAction } from '../park-model.ts';

export const T1 = '000000000001.anna';
export const T2 = '000000000002.bert';
export const T3 = '000000000003.anna';

export const MEMBERS: readonly Member[] = ['anna', 'bert', 'carl'].map((id, priority) => ({
  id,
  priority,
  name: id,
  voter: true,
}));

export function founding(capacity: number, members = MEMBERS, generation = 'one'): EntryCommand {
  const settings = {
    capacity,
    election: 'bully',
    topology: 'mesh',
    multicast: 'sequencer',
  } as const;
  return { kind: 'founding', generation, settings, members };
}

export function enter(
  node: string,
  sequence: number,
  visitor: string,
  token = sequence,
): EntryCommand {
  const id = { node, sequence };
  const body = { machine: 'park', kind: 'enter', visitor };
  return {
    kind: 'operation',
    operation: { id, settledBelow: 1, under: null, body },
    token: { term: T1, number: token },
  };
}

export function deposit(node: string, sequence: number): EntryCommand {
  const id = { node, sequence };
  const lot = { kind: 'deposit', product: 'salt', quantity: 2, price: 10 };
  const body = { machine: 'market', ...lot, clock: [] };
  return {
    kind: 'operation',
    operation: { id, settledBelow: 1, under: null, body },
    token: { term: T1, number: sequence },
  };
}

/** A node as a checker sees it, that does whatever a test wants it to. */
export class FakeNode implements ObservedNode {
  readonly entries: LogEntry[] = [];
  leadership: { readonly term: Term } | null = null;
  /** It follows a leader with a quorum, or is one. */
  hasQuorum = false;
  /** What a node says of the outcome of an entry, where it is wrong. */
  readonly lies = new Map<number, Json>();
  readonly park = new ParkModel(0);
  readonly market = new Market();
  readonly #applied = new Set<string>();
  #listener: (applied: Applied) => void = () => undefined;
  #base = { index: 0, term: '' };
  #baseGenerations: Generation[] = [];
  #baseMembers = MEMBERS;
  #commit = 0;
  promised: Term = T1;

  get replica(): ObservedNode['replica'] {
    return {
      commitIndex: this.#commit,
      promised: this.promised,
      log: {
        base: this.#base,
        last: this.entries[this.entries.length - 1] ?? this.#base,
        lastIndex: this.#base.index + this.entries.length,
        at: (index) => this.entries[index - this.#base.index - 1],
        termAt: (index) => this.entries[index - this.#base.index - 1]?.term,
      },
      membership: { generation: this.#generation() },
      baseSnapshot:
        this.#base.index === 0
          ? null
          : { members: this.#baseMembers, generations: this.#baseGenerations },
      machine: {
        snapshot: () => ({
          park: { capacity: this.park.capacity, inside: [...this.park.inside] },
          market: this.market.snapshot(),
        }),
      },
      sessions: { snapshot: () => this.#applied.size },
      onApplied: (listener) => {
        this.#listener = listener;
      },
    };
  }

  #generation(): string {
    for (const { command } of this.entries.toReversed())
      if (command.kind === 'founding' || command.kind === 'generation') return command.generation;
    return this.#baseGenerations.at(-1)?.id ?? '';
  }

  append(term: Term, ...commands: EntryCommand[]): this {
    for (const command of commands) {
      const index = this.#base.index + this.entries.length + 1;
      this.entries.push({ index, term, at: 0, command });
    }
    return this;
  }

  commitTo(index: number): void {
    while (this.#commit < index) {
      const entry = this.entries[this.#commit - this.#base.index];
      if (!entry) throw new Error('no such entry');
      this.#commit += 1;
      this.#listener(this.#apply(entry));
    }
  }

  liveLeader(): object | null {
    return this.hasQuorum ? {} : null;
  }

  /** Its log is set aside: it starts over, blank. */
  giveWay(): void {
    this.install(0, '', []);
    this.leadership = null;
    this.hasQuorum = false;
  }

  /** A snapshot in place of the log. */
  install(index: number, term: Term, generations: Generation[], members = MEMBERS): void {
    this.entries.length = 0;
    this.#base = { index, term };
    this.#baseGenerations = generations;
    this.#baseMembers = members;
    this.#commit = index;
  }

  #apply(entry: LogEntry): Applied {
    const { command, index: decidedAt } = entry;
    if (command.kind === 'founding') this.park.capacity = command.settings.capacity;
    const traded = this.market.apply(entry);
    if (command.kind !== 'operation') return { entry, outcome: null, decidedAt, duplicate: false };
    const key = `${command.operation.id.node}.${command.operation.id.sequence}`;
    const lie = this.lies.get(entry.index);
    if (this.#applied.has(key) && !lie) return { entry, outcome: null, decidedAt, duplicate: true };
    this.#applied.add(key);
    const action = readAction(command.operation.body);
    const outcome = lie ?? (action ? { ...this.park.apply(action) } : traded);
    return { entry, outcome, decidedAt, duplicate: false };
  }
}
