/** Bugs of the replicated log: what counts as committed, and what a follower takes. */
import { Follower } from '../../core/follower.ts';
import { Log } from '../../core/log.ts';
import { majority, quorumIndex } from '../../core/quorum.ts';
import { Replica } from '../../core/replica.ts';
import { Replication } from '../../core/replication.ts';
import type { NodeId } from '../../core/identity.ts';
import type { Append } from '../../core/messages.ts';
import type { Position } from '../../core/entry.ts';
import type { Snapshot } from '../../core/stored.ts';
import type { Driver } from '../../runtime/driver.ts';
import type { Gate } from '../gate.ts';
import { plantedBug, type PlantedBug } from '../plant.ts';
import {
  changeHeard,
  changeSent,
  eventsOfReplication,
  insides,
  replace,
  wrap,
  replaceGetter,
} from './tools.ts';

export const LOG_BUGS: readonly PlantedBug[] = [
  plantedBug(
    'older-entries-counted',
    'a new leader counts the replicas of older entries, before one of its own term is held (rule R4)',
    ['S2'],
    ['crash-leader', 'isolate', 'stall'],
    {
      started: slowly,
      install: () => commitBy(({ held }) => quorumIndex(held), false),
    },
  ),
  plantedBug(
    'majority-rounded-down',
    'half of the voters, rounded down, are enough to commit',
    ['S2'],
    ['partition', 'isolate', 'crash-leader'],
    { install: () => commitBy(({ held }) => nth(held, Math.max(1, Math.floor(held.length / 2)))) },
  ),
  plantedBug(
    'adopted-is-committed',
    'a new leader takes all of the log that it adopted for committed (rule R4)',
    ['S2'],
    ['crash-leader', 'isolate', 'crash-all'],
    { started: adoptedIsCommitted },
  ),
  plantedBug(
    'learner-counts',
    "a learner's acknowledgement counts towards the majority of the voters",
    ['S2'],
    ['partition'],
    {
      // More than may vote.
      nodes: [11, 13],
      install: () =>
        commitBy(({ held, learners }) => nth([...held, ...learners], majority(held.length))),
    },
  ),
  plantedBug(
    'leader-counts-early',
    'the leader counts itself before its own write is durable (rule R2)',
    ['S2'],
    ['crash-all', 'isolate'],
    {
      nodes: [3, 3],
      started: (gate) => {
        if (gate.index === 0) gate.slowness = 200;
      },
      install: () => commitBy(({ held, own, last }) => quorumIndex(held.with(own, last))),
    },
  ),
  plantedBug(
    'unfit-acknowledged',
    'a voter acknowledges entries that do not fit the end of its log',
    ['S2'],
    ['isolate', 'crash'],
    {
      started: (_gate, { node }) => {
        const isVoter = (): boolean =>
          node.replica.membership.voters().some(({ id }) => id === node.self.id);
        const ends = new Map<NodeId, Position>();
        changeHeard(node, (message, from) => {
          if (message.type === 'APPEND') ends.set(from, endOf(message));
          return message;
        });
        changeSent(node, (message, to) => {
          const match = ends.get(to);
          if (message.type !== 'APPENDED' || message.ok || !match || !isVoter()) return message;
          return { ...message, ok: true, match };
        });
      },
    },
  ),
  plantedBug(
    'commit-beyond-match',
    "a follower commits up to the leader's commit index, whether its log is equal up to there or not",
    ['S6'],
    ['isolate', 'crash-leader', 'partition'],
    { install: commitsBeyondMatch },
  ),
  plantedBug(
    'fits-by-index',
    'a follower looks only at the index of the entry before, not at its term (rule R1)',
    ['S2', 'S6'],
    ['isolate', 'crash-leader', 'partition'],
    {
      install: () => {
        return replace(Log.prototype, 'holds', function (this: Log, { index }) {
          return this.termAt(index) !== undefined;
        });
      },
    },
  ),
  plantedBug(
    'snapshot-at-the-end',
    'a snapshot is labelled with the end of the log, not with what was applied',
    ['S3', 'S6', 'S8'],
    ['wipe', 'crash-all', 'join'],
    { install: labelsWithTheEnd },
  ),
  plantedBug(
    'snapshot-without-sessions',
    'a snapshot holds who is inside, but not which operations were applied',
    ['S6', 'S7'],
    ['wipe', 'crash-all', 'join'],
    {
      install: () =>
        replaceGetter(Replica.prototype, 'baseSnapshot', (before) => {
          const snapshot = before();
          return snapshot && { ...snapshot, sessions: [] };
        }),
    },
  ),
];

/** So much slower than usual, so that crashes find writes under way. */
const SLOW = 40;

function slowly(gate: Gate): void {
  gate.slowness = SLOW;
}

/** What a leader can count by. */
interface Count {
  /** For each voter how far it holds the log durably. */
  readonly held: readonly number[];
  readonly learners: readonly number[];
  /** The place of this node in `held`. */
  readonly own: number;
  /** The end of this node's log, durable or not. */
  readonly last: number;
}

/** The leader commits by another rule. Its followers learn that with the next entries or heartbeat. */
function commitBy(rule: (count: Count) => number, ownTermOnly = true): () => void {
  return replace(Replication.prototype, 'advanceCommit', function (this: Replication) {
    const { replica, context } = insides(this);
    if (replica.promised !== this.term) return;
    const { members } = replica.membership;
    const match = (id: NodeId): number =>
      id === context.self ? replica.durableIndex : this.matchOf(id);
    const voters = members.filter(({ voter }) => voter);
    const index = rule({
      held: voters.map(({ id }) => match(id)),
      learners: members.filter(({ voter }) => !voter).map(({ id }) => match(id)),
      own: voters.findIndex(({ id }) => id === context.self),
      last: replica.log.lastIndex,
    });
    if (index <= replica.commitIndex) return;
    if (ownTermOnly && replica.log.termAt(index) !== this.term) return;
    replica.commitTo(index);
    eventsOfReplication(this).committed();
  });
}

/** The nth greatest. */
function nth(numbers: readonly number[], n: number): number {
  return numbers.toSorted((a, b) => b - a)[n - 1] ?? 0;
}

function adoptedIsCommitted(_gate: Gate, { node }: Driver): void {
  const enter = node.office.enter.bind(node.office);
  node.office.enter = (term, without) => {
    const adopted = node.replica.log.lastIndex;
    enter(term, without);
    node.replica.commitTo(Math.max(adopted, node.replica.commitIndex));
  };
}

function endOf(message: Append): Position {
  const { index, term } = message.entries[message.entries.length - 1] ?? message.previous;
  return { index, term };
}

function commitsBeyondMatch(): () => void {
  return wrap(
    Follower.prototype,
    'append',
    (append) =>
      function (this: Follower, from, message) {
        append.call(this, from, message);
        const { replica } = insides(this);
        replica.commitTo(
          Math.max(replica.commitIndex, Math.min(message.commit, replica.log.lastIndex)),
        );
      },
  );
}

/** Others get it so; made once for each snapshot, as the real one is. */
function labelsWithTheEnd(): () => void {
  const labelled = new WeakMap<Snapshot, Snapshot>();
  return replaceGetter(Replica.prototype, 'baseSnapshot', function (this: Replica, before) {
    const snapshot = before();
    if (!snapshot) return null;
    const known = labelled.get(snapshot) ?? { ...snapshot, at: this.log.last };
    labelled.set(snapshot, known);
    return known;
  });
}
