import { beginsGeneration, type LogEntry } from './entry.ts';
import type { Member, NodeId } from './identity.ts';
import type { Generation } from './stored.ts';

interface Version {
  readonly index: number;
  readonly members: readonly Member[];
  readonly voters: readonly Member[];
}

function version(index: number, members: readonly Member[]): Version {
  return { index, members, voters: members.filter((member) => member.voter) };
}

/** Who joins gets the last slot; who is known already keeps its own (rule N2). */
export function withMember(members: readonly Member[], joined: Member): Member[] {
  const isKnown = members.some(({ id }) => id === joined.id);
  if (!isKnown) return [...members, joined];
  return members.map((member) => (member.id === joined.id ? joined : member));
}

/** The last one takes the slot of who leaves, so that all others keep theirs (rule N2). */
export function withoutMember(members: readonly Member[], id: NodeId): Member[] {
  const slot = members.findIndex((member) => member.id === id);
  const last = members.at(-1);
  if (slot < 0 || last === undefined) return [...members];
  return members.with(slot, last).slice(0, -1);
}

/**
 * The membership and the generations as the log tells them. A membership is in force once its entry is appended
 * (rule M1), so this follows the log's end, back and forth, not the commit index.
 */
export class Membership {
  #base = version(0, []);
  #versions: Version[] = [];
  /** Replaced, never changed: it travels in messages. */
  #generations: readonly Generation[] = [];

  get members(): readonly Member[] {
    return this.#latest().members;
  }

  /** The index of the entry that the membership in force comes from. */
  get index(): number {
    return this.#latest().index;
  }

  get generations(): readonly Generation[] {
    return this.#generations;
  }

  /** The generation of the log; '' for an empty one. */
  get generation(): string {
    return this.#generations[this.#generations.length - 1]?.id ?? '';
  }

  find(id: NodeId): Member | undefined {
    return this.members.find((member) => member.id === id);
  }

  isVoter(id: NodeId): boolean {
    return this.find(id)?.voter === true;
  }

  voters(): readonly Member[] {
    return this.#latest().voters;
  }

  /** The membership in force at an index of the log. */
  membersAt(index: number): readonly Member[] {
    return (
      this.#versions.findLast((version) => version.index <= index)?.members ?? this.#base.members
    );
  }

  generationsAt(index: number): Generation[] {
    return this.#generations.filter((generation) => generation.at.index <= index);
  }

  appended(entries: readonly LogEntry[]): void {
    for (const { index, term, command } of entries) {
      if (!('members' in command)) continue;
      this.#versions.push(version(index, command.members));
      if (beginsGeneration(command)) {
        const generation = { id: command.generation, at: { index, term } };
        this.#generations = [...this.#generations, generation];
      }
    }
  }

  truncatedFrom(index: number): void {
    this.#versions = this.#versions.filter((version) => version.index < index);
    this.#generations = this.#generations.filter((generation) => generation.at.index < index);
  }

  compacted(through: number): void {
    this.#base = version(Math.min(this.index, through), this.membersAt(through));
    this.#versions = this.#versions.filter((version) => version.index > through);
  }

  reset(index: number, members: readonly Member[], generations: readonly Generation[]): void {
    this.#base = version(index, members);
    this.#versions = [];
    this.#generations = generations;
  }

  #latest(): Version {
    return this.#versions[this.#versions.length - 1] ?? this.#base;
  }
}
