import { assert } from './assert.ts';
import type { Context } from './context.ts';
import type { Operation, Token } from './entry.ts';
import type { Json } from './json.ts';
import type { Declined, OperationResult } from './messages.ts';
import type { Applied, Replica } from './replica.ts';
import { FORGOTTEN } from './sessions.ts';
import type { StorageWrite } from './stored.ts';

/** More open operations than this are refused: the dedup must remember each (rule O4). */
export const MAX_OPEN = 4096;
/** Operations in one SUBMIT at most. */
const BATCH = 256;

const NO_ANSWER =
  'no answer in time; the operation may have happened, and the outbox is finding out';
const TAKEN_OVER =
  'another page of this gate has gone on without this one; the operation may have happened';

interface Open {
  readonly operation: Operation;
  /** The request to answer, or null when it has been answered (or asked before a restart). */
  request: number | null;
  /** When the request gives up, ms. */
  readonly deadline: number;
  /** `writing`: what must be durable before it is sent is not yet. `waiting`: for a leader. `sent`: some leader may have appended it. */
  state: 'writing' | 'waiting' | 'sent';
  /** The generation in which it was first sent; null before that. */
  sentIn: string | null;
}

export interface OutboxEvents {
  /** Hand these to the leader, which may be this node. False when there is none that takes operations. */
  deliver(operations: readonly Operation[]): boolean;
}

/**
 * This node's operations until their outcome is known (rules O1 to O4): written down while they are on their way, sent
 * again until a leader answers, and answered exactly once to whoever asked.
 */
export class Outbox {
  readonly #open = new Map<number, Open>();
  /** Sequences of operations that the disk may hold, in ascending order: none of them counts as settled (rule O1). */
  readonly #onDisk = new Set<number>();
  /** Those of them whose outcome is known: they leave the disk with the next write. */
  #known: number[] = [];

  constructor(
    private readonly context: Context,
    private readonly replica: Replica,
    private readonly events: OutboxEvents,
  ) {}

  /** Operations whose outcome is not known. */
  get size(): number {
    return this.#open.size;
  }

  /** Those operations, in the order in which they were asked for. */
  get operations(): Operation[] {
    return [...this.#open.values()].map(({ operation }) => operation);
  }

  /**
   * What an earlier page has left. It is written again before it is sent: only a write shows that no other page has this
   * disk, which would withdraw meanwhile what is sent here (rules O3 and S9).
   */
  restore(operations: readonly Operation[]): void {
    if (operations.length === 0) return;
    for (const operation of operations) {
      const { node, sequence } = operation.id;
      const isOurs = node === this.context.self && sequence < this.replica.nextSequence;
      assert(isOurs, 'O1: an outbox holds what its own node has asked');
      this.#open.set(operation.id.sequence, {
        operation,
        request: null,
        deadline: 0,
        state: 'writing',
        sentIn: null,
      });
      this.#onDisk.add(sequence);
    }
    const restored = [...this.#open.values()];
    this.context.persist([{ type: 'outbox-put', operations }], [], () => {
      for (const open of restored) open.state = 'sent';
      this.resubmit();
    });
  }

  /**
   * Sends the operations and writes them down meanwhile (rule O1). Answers request, request + 1, ... in the order of the
   * bodies.
   */
  submit(firstRequest: number, bodies: readonly Json[], under: Token | null): void {
    if (this.#open.size + bodies.length > MAX_OPEN) {
      bodies.forEach((_, i) => {
        const full = `more than ${String(MAX_OPEN)} operations are open here`;
        this.context.replyError(firstRequest + i, 'invalid', true, full);
      });
      return;
    }
    const sequences = this.replica.takeSequences(bodies.length);
    const { first } = sequences;
    const settledBelow = this.#settledBelow(first);
    const opened = bodies.map((body, i): Open => {
      const id = { node: this.context.self, sequence: first + i };
      const deadline = this.context.now + this.context.timing.request;
      const operation: Operation = { id, settledBelow, under, body };
      const request = firstRequest + i;
      const state = sequences.reserved ? 'waiting' : 'writing';
      return { operation, request, deadline, state, sentIn: null };
    });
    for (const open of opened) {
      this.#open.set(open.operation.id.sequence, open);
      this.#onDisk.add(open.operation.id.sequence);
    }
    const operations = opened.map((open) => open.operation);
    const known = this.#takeKnown();
    const put: StorageWrite = { type: 'outbox-put', operations };
    this.context.persist([...sequences.writes, ...known.writes, put], [], () => {
      sequences.durable();
      known.durable();
      if (sequences.reserved) return;
      for (const open of opened) if (open.state === 'writing') open.state = 'waiting';
      this.flush();
    });
    // Sent in the same step, but after the write has its place: a leader that is this node itself may refuse at once, and
    // what takes that off the disk must come after what puts it there.
    this.flush();
    this.#setDeadline();
  }

  /** Timer `commit-mark`: takes off the disk what needs to be there no more. */
  tidy(): void {
    const { writes, durable } = this.#takeKnown();
    if (writes.length > 0) this.context.persist(writes, [], durable);
  }

  /** Sends what waits. Called when something was written and when a leader is there. */
  flush(): void {
    if (this.#open.size === 0) return;
    this.#send([...this.#open.values()].filter((open) => open.state === 'waiting'));
  }

  /** Timer `resubmit`, and after a change of leader: asks again about everything whose fate is not known. */
  resubmit(): void {
    this.#send([...this.#open.values()].filter((open) => open.state !== 'writing'));
  }

  /** Timer `deadline`: requests that are too old are answered with what is known (rule O3). */
  deadlinePassed(): void {
    const withdrawn: number[] = [];
    for (const [sequence, open] of this.#open) {
      if (open.request === null || open.deadline > this.context.now) continue;
      if (open.state === 'sent') this.#answerIndefinite(open, NO_ANSWER);
      else withdrawn.push(sequence);
    }
    if (withdrawn.length > 0) {
      this.#withdraw(
        withdrawn,
        'no-quorum',
        'no leader with a quorum was in reach; nothing was sent',
      );
    }
    this.#setDeadline();
  }

  results(results: readonly OperationResult[]): void {
    this.#settle(
      results.flatMap(({ sequence, index, outcome }) => {
        const open = this.#open.get(sequence);
        return open ? [{ open, index, outcome }] : [];
      }),
    );
  }

  /** An entry of this node's own was applied here. */
  applied({ entry, outcome, decidedAt }: Applied): void {
    const { command } = entry;
    if (command.kind !== 'operation' || command.operation.id.node !== this.context.self) return;
    const open = this.#open.get(command.operation.id.sequence);
    if (open) this.#settle([{ open, index: decidedAt, outcome }]);
  }

  /**
   * A definite no is final, so it is off the disk before it is spoken: no restart may send it again (rule O3). Where a
   * person went on without a quorum meanwhile, it is no answer for the generation before: a leader there may have said yes.
   */
  declined({ sequences, reason, detail }: Declined): void {
    if (reason === 'not-leader' || reason === 'paused') return;
    for (const sequence of sequences) {
      const open = this.#open.get(sequence);
      if (open && open.sentIn !== null && open.sentIn !== this.context.generation) {
        this.#answerIndefinite(open, `${detail}; in the generation before it may have happened`);
      }
    }
    this.#withdraw(
      sequences.filter((sequence) => this.#open.has(sequence)),
      'invalid',
      detail,
    );
  }

  /**
   * Everything is set aside with the log that it was meant for (rule G3). Returns the operations, and what to call once
   * that is durable.
   */
  abandon(): { readonly operations: Operation[]; readonly whenDurable: () => void } {
    const opened = [...this.#open.values()];
    this.#open.clear();
    this.#onDisk.clear();
    this.#known = [];
    this.context.clearTimer('resubmit');
    this.context.clearTimer('deadline');
    const whenDurable = (): void => {
      for (const { request, state } of opened) {
        if (request === null) continue;
        const message = 'this gate gave way to another generation of the park';
        this.context.replyError(request, 'timeout', state !== 'sent', message);
      }
    };
    return { operations: opened.map((open) => open.operation), whenDurable };
  }

  #send(opened: readonly Open[]): void {
    // Not put off by every flush: what was lost on its way must be asked for again.
    if (this.#open.size > 0) this.context.setTimerOnce('resubmit', this.context.timing.resubmit);
    for (let i = 0; i < opened.length; i += BATCH) {
      const batch = opened.slice(i, i + BATCH);
      if (!this.events.deliver(batch.map((open) => open.operation))) return;
      for (const open of batch) {
        open.state = 'sent';
        open.sentIn ??= this.context.generation;
      }
    }
  }

  #settle(settled: readonly { open: Open; index: number; outcome: Json }[]): void {
    for (const { open, index, outcome } of settled) {
      const { sequence } = open.operation.id;
      if (open.request === null || !this.#open.has(sequence)) continue;
      // Settled by somebody else, who has this disk now: what came of it, nobody knows any more (rule S9).
      if (index === FORGOTTEN.index) this.#answerIndefinite(open, TAKEN_OVER);
      else this.context.replyDone(open.request, { type: 'outcome', sequence, index, outcome });
    }
    this.#close(settled.map(({ open }) => open.operation.id.sequence));
  }

  #answerIndefinite(open: Open, message: string): void {
    if (open.request === null) return;
    this.context.replyError(open.request, 'timeout', false, message);
    open.request = null;
  }

  /** It did not and will not happen: definite once it is off the disk (rule O3). */
  #withdraw(sequences: readonly number[], code: 'no-quorum' | 'invalid', message: string): void {
    if (sequences.length === 0) return;
    const requests = sequences.flatMap((sequence) => this.#open.get(sequence)?.request ?? []);
    for (const sequence of sequences) this.#open.delete(sequence);
    this.context.persist([{ type: 'outbox-delete', sequences }], [], () => {
      for (const sequence of sequences) this.#onDisk.delete(sequence);
      for (const request of requests) this.context.replyError(request, code, true, message);
    });
    this.#setDeadline();
  }

  #close(sequences: readonly number[]): void {
    if (sequences.length === 0) return;
    for (const sequence of sequences) this.#open.delete(sequence);
    this.#known.push(...sequences);
    this.context.setTimerOnce('commit-mark', this.context.timing.commitMark);
    if (this.#open.size === 0) this.context.clearTimer('resubmit');
    this.#setDeadline();
  }

  /** What takes off the disk whatever is settled, and what to call once that is durable. */
  #takeKnown(): { readonly writes: readonly StorageWrite[]; readonly durable: () => void } {
    const sequences = this.#known;
    this.#known = [];
    const durable = (): void => {
      for (const sequence of sequences) this.#onDisk.delete(sequence);
    };
    const writes: StorageWrite[] =
      sequences.length > 0 ? [{ type: 'outbox-delete', sequences }] : [];
    return { writes, durable };
  }

  #setDeadline(): void {
    let earliest = Infinity;
    for (const open of this.#open.values()) {
      if (open.request !== null) earliest = Math.min(earliest, open.deadline);
    }
    if (earliest === Infinity) this.context.clearTimer('deadline');
    else this.context.setTimer('deadline', Math.max(0, earliest - this.context.now));
  }

  /** Rule O4: below, nothing is asked about again, by a later life neither. */
  #settledBelow(next: number): number {
    const [lowest = next] = this.#onDisk;
    return lowest;
  }
}
