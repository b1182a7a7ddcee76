import type { LogEntry, Position } from '../../core/entry.ts';
import type { Member } from '../../core/identity.ts';
import type { Applied } from '../../core/replica.ts';
import type { Generation } from '../../core/stored.ts';
import type { Term } from '../../core/term.ts';

/** What the checkers read of a node: what it holds, not what it makes of it. */
export interface ObservedNode {
  readonly replica: {
    readonly commitIndex: number;
    readonly promised: Term;
    readonly log: {
      readonly base: Position;
      readonly last: Position;
      readonly lastIndex: number;
      at(index: number): LogEntry | undefined;
      termAt(index: number): Term | undefined;
    };
    /** Of the log's end. Only to see that it has changed: what it is, the entries tell. */
    readonly membership: { readonly generation: string };
    /** It stands at the base of the log. */
    readonly baseSnapshot: {
      readonly members: readonly Member[];
      readonly generations: readonly Generation[];
    } | null;
    readonly machine: { snapshot(): unknown };
    readonly sessions: { snapshot(): unknown };
    onApplied(listener: (applied: Applied) => void): void;
  };
  readonly leadership: { readonly term: Term } | null;
  /** The leader with a quorum that it hears, itself included: who has one gives way to nobody unasked (rule G4). */
  liveLeader(): object | null;
}

/** What a node's disk holds, whatever the node says. */
export interface Durable {
  /** Where the log ends. */
  readonly end: number;
  /** '' without one. */
  readonly promised: Term;
}

/** The membership that an entry brings. */
export function membersIn(entry: LogEntry | undefined): readonly Member[] | null {
  const command = entry?.command;
  return command && 'members' in command ? command.members : null;
}

/** The last membership that entries bring, from the one at `from` back to the first one after `after`; null for none. */
export function lastMembers(
  entryAt: (index: number) => LogEntry | undefined,
  from: number,
  after: number,
): readonly Member[] | null {
  for (let at = from; at > after; at--) {
    const members = membersIn(entryAt(at));
    if (members) return members;
  }
  return null;
}

/** The membership at an index, read off the entries themselves (rule M1). */
export function membersUpTo({ replica }: ObservedNode, index: number): readonly Member[] {
  const { log, baseSnapshot } = replica;
  return lastMembers((at) => log.at(at), index, log.base.index) ?? baseSnapshot?.members ?? [];
}

/** The generations of the log up to an index, oldest first, read off the entries. */
export function generationsUpTo({ replica }: ObservedNode, index: number): Generation[] {
  const { log, baseSnapshot } = replica;
  const generations = [...(baseSnapshot?.generations ?? [])].filter(({ at }) => at.index <= index);
  for (let at = log.base.index + 1; at <= index; at++) {
    const entry = log.at(at);
    if (entry?.command.kind !== 'founding' && entry?.command.kind !== 'generation') continue;
    const { generation } = entry.command;
    generations.push({ id: generation, at: { index: at, term: entry.term } });
  }
  return generations;
}
