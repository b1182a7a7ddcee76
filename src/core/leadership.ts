import { assert } from './assert.ts';
import type { Context } from './context.ts';
import {
  operationKey,
  type EntryCommand,
  type LogEntry,
  type Operation,
  type Token,
} from './entry.ts';
import type { FailureDetector } from './failure-detector.ts';
import type { NodeId } from './identity.ts';
import type { Message, OperationResult } from './messages.ts';
import { Mutex, type Section } from './mutex.ts';
import { Reconfiguration } from './reconfiguration.ts';
import type { Applied, Replica } from './replica.ts';
import { Replication } from './replication.ts';
import { FORGOTTEN } from './sessions.ts';
import type { SnapshotSource } from './snapshot-transfer.ts';
import type { Term } from './term.ts';

/** Rule O4. */
const TOO_MANY_RECORDS = 'this node has too many operations that it has not settled';

export interface LeadershipEvents {
  quorumChanged(quorum: boolean): void;
  /** To a member, or to this node itself. */
  tell(node: NodeId, message: Message): void;
}

/** Everything that a node does because it leads, for one term: thrown away whole when it steps down. */
export class Leadership {
  readonly replication: Replication;
  readonly reconfiguration: Reconfiguration;
  readonly mutex: Mutex;
  readonly since: number;
  /** Operations in the log that are not applied yet, by key. */
  readonly #unapplied = new Set<string>();
  /** Operations that wait for the mutex, by key: asked again they do not queue twice. */
  readonly #queued = new Set<string>();
  /** Outcomes applied since the last commit, for their nodes. */
  #results = new Map<NodeId, OperationResult[]>();

  constructor(
    private readonly context: Context,
    private readonly replica: Replica,
    readonly term: Term,
    snapshots: SnapshotSource,
    detector: FailureDetector,
    private readonly events: LeadershipEvents,
    opening: EntryCommand,
    hasLeft: (peer: NodeId) => boolean,
  ) {
    this.since = context.now;
    const isFailed = (peer: NodeId): boolean => detector.isFailed(peer);
    this.replication = new Replication(context, replica, term, snapshots, isFailed, {
      committed: () => {
        this.#committed();
      },
      quorumChanged: (quorum) => {
        this.#quorumChanged(quorum);
      },
      progressed: () => {
        this.reconfiguration.proceed();
      },
      silent: (follower) => {
        detector.suspect(follower, 'no answer to heartbeats');
      },
    });
    this.reconfiguration = new Reconfiguration(
      context,
      replica,
      this.replication,
      detector,
      hasLeft,
    );
    this.mutex = new Mutex(context, term, {
      granted: ({ node, request }, token, leaseMs) => {
        this.events.tell(node, { type: 'GRANT', request, token, leaseMs });
      },
      run: (section, token) => {
        this.#run(section, token);
      },
    });
    for (let i = replica.commitIndex + 1; i <= replica.log.lastIndex; i++)
      this.#track(replica.log.at(i));
    this.replication.append([opening]);
    context.setTimer('heartbeat', context.timing.heartbeat);
  }

  /** SUBMIT: a critical section that came with its request (rules X1, X2, O2). */
  submit(node: NodeId, operations: readonly Operation[]): void {
    const fresh = this.#answerKnown(node, operations).filter(
      (operation) => !this.#queued.has(operationKey(operation.id)),
    );
    if (!this.replication.quorum) {
      this.#decline(node, fresh, 'paused', 'the leader hears no quorum');
      return;
    }
    this.#submitFree(
      node,
      fresh.filter((operation) => operation.under === null),
    );
    for (const operation of fresh) {
      if (operation.under) this.#submitHeld(node, operation, operation.under);
    }
  }

  #submitFree(node: NodeId, operations: readonly Operation[]): void {
    if (operations.length === 0) return;
    for (const operation of operations) this.#queued.add(operationKey(operation.id));
    if (!this.mutex.submit({ kind: 'section', node, operations })) {
      this.#decline(node, operations, 'paused', 'the queue is full');
    }
  }

  #submitHeld(node: NodeId, operation: Operation, token: Token): void {
    if (!this.replication.opened) {
      // Only an open term makes it certain that no older leader's copy of the operation can still be committed.
      this.#decline(node, [operation], 'paused', 'the term is not open yet');
    } else if (!this.mutex.submitHeld({ kind: 'section', node, operations: [operation] }, token)) {
      this.#decline(node, [operation], 'old-token', 'the mutex has passed on: this token is old');
    }
  }

  lock(node: NodeId, request: number, ticket: Token | null): void {
    const given = this.mutex.lock(node, request, ticket);
    if (given) this.events.tell(node, { type: 'QUEUED', request, ticket: given });
  }

  /** Every entry that this node applies while it leads. */
  applied({ entry, outcome }: Applied): void {
    const { command } = entry;
    if (command.kind !== 'operation') return;
    const { id } = command.operation;
    this.#unapplied.delete(operationKey(id));
    const results = this.#results.get(id.node) ?? [];
    results.push({ sequence: id.sequence, index: entry.index, outcome });
    this.#results.set(id.node, results);
  }

  /** A member is gone: it holds no mutex any more, and some day no membership. */
  memberFailed(node: NodeId): void {
    this.mutex.nodeFailed(node);
    this.reconfiguration.memberFailed(node);
    this.replication.checkQuorum();
    this.reconfiguration.proceed();
  }

  stop(): void {
    this.replication.stop();
    this.mutex.stop();
    this.reconfiguration.stop();
  }

  #committed(): void {
    for (const [node, results] of this.#results)
      this.events.tell(node, { type: 'RESULT', results });
    this.#results = new Map();
    this.reconfiguration.proceed();
  }

  /** Timer `heartbeat`. Grants begin a heartbeat after the term opened: those who waited have asked again (X4). */
  beat(): void {
    this.replication.beat();
    if (this.replication.opened && this.replication.quorum) this.mutex.open();
  }

  #quorumChanged(quorum: boolean): void {
    if (!quorum) this.mutex.pause();
    this.context.note(
      quorum ? 'resumes' : 'pauses',
      quorum ? 'a quorum is back' : 'no quorum in reach',
    );
    this.events.quorumChanged(quorum);
  }

  /** Rule O2: an operation that is applied is answered again, one in the log is waited for; the rest is new. */
  #answerKnown(node: NodeId, operations: readonly Operation[]): Operation[] {
    const results: OperationResult[] = [];
    const fresh = operations.filter((operation) => {
      const { sequence } = operation.id;
      const known = this.replica.sessions.lookup(operation.id);
      if (known.state === 'new') return !this.#unapplied.has(operationKey(operation.id));
      const { index, outcome } = known.state === 'settled' ? known : FORGOTTEN;
      results.push({ sequence, index, outcome });
      return false;
    });
    if (results.length > 0) this.events.tell(node, { type: 'RESULT', results });
    return fresh;
  }

  /** Why an operation is not taken, ever: null for one that is. */
  #refusal(operation: Operation): string | null {
    const { machine, sessions } = this.replica;
    return sessions.hasRoomFor(operation) ? machine.refuse(operation.body) : TOO_MANY_RECORDS;
  }

  #run({ node, operations }: Section, token: Token): void {
    for (const operation of operations) this.#queued.delete(operationKey(operation.id));
    const commands: EntryCommand[] = [];
    for (const operation of this.#answerKnown(node, operations)) {
      const refusal = this.#refusal(operation);
      if (refusal === null) commands.push({ kind: 'operation', operation, token });
      else this.#decline(node, [operation], 'invalid', refusal);
    }
    if (commands.length === 0) return;
    for (const entry of this.replication.append(commands)) this.#track(entry);
  }

  #decline(
    node: NodeId,
    operations: readonly Operation[],
    reason: 'paused' | 'old-token' | 'invalid',
    detail: string,
  ): void {
    if (operations.length === 0) return;
    for (const operation of operations) this.#queued.delete(operationKey(operation.id));
    const sequences = operations.map((operation) => operation.id.sequence);
    this.events.tell(node, { type: 'DECLINED', sequences, reason, detail });
  }

  #track(entry: LogEntry | undefined): void {
    assert(entry !== undefined, 'the log has no gap');
    const { command } = entry;
    if (command.kind === 'operation') this.#unapplied.add(operationKey(command.operation.id));
  }
}
