import { assert } from '../core/assert.ts';
import type { NodeId } from '../core/identity.ts';
import { operationKey, type LogEntry, type MulticastKind, type Token } from '../core/entry.ts';
import type { Declined, Envelope } from '../core/messages.ts';
import type { Node } from '../core/node.ts';
import type { Held } from '../storage/memory-state.ts';
import { logKey, type Call } from './checkers/history.ts';
import type { History } from './checkers/history-reader.ts';
import type { Lineage } from './checkers/lineage.ts';
import { checkLinearizable } from './checkers/linearizability.ts';
import { LogChecker, type Opening } from './checkers/log-checker.ts';
import { MulticastChecker } from './checkers/multicast-checker.ts';
import type { Durable, ObservedNode } from './checkers/observed.ts';
import { decodeOutcome } from './checkers/outcome.ts';
import { isSameAction, OLD_REQUEST, type Action } from './checkers/park-model.ts';
import { SpeechChecker } from './checkers/speech-checker.ts';
import { Violation } from './checkers/violation.ts';
import { visitKey, type VisitRequest } from './checkers/visit-ledger.ts';
import { isWitness } from './checkers/witness.ts';
import type { Tally } from './coverage/tally.ts';

/** A history of so many calls is quickly searched, mostly. */
const MOST_CALLS_TO_CONFIRM = 150;
/** Places that the search looks at then; what it has not found by then stays open. */
const BUDGET_TO_CONFIRM = 5_000;

/** All checkers of one run. */
export class Checks {
  readonly log: LogChecker;
  readonly multicasts: Readonly<Record<MulticastKind, MulticastChecker>>;
  readonly #speech = new SpeechChecker();
  /** Per generation the last index that anybody was told. Replaced, never changed. */
  #told: ReadonlyMap<string, number> = new Map();
  /** The same when a call was made. */
  readonly #floors = new Map<string, ReadonlyMap<string, number>>();

  /** The entry that each operation's answer was about. */
  readonly #answers = new Map<string, LogEntry | null>();
  /** In which leader's office each operation was refused for sure. */
  readonly #refusals = new Map<string, Opening>();
  /** The gate that each request of a visitor was given to last. */
  readonly #visits = new Map<string, NodeId>();
  /** By a gate's operation: where the visitor's request that it was about stands first. */
  readonly #passedOn = new Map<string, LogEntry>();

  constructor(
    now: () => number,
    committed: (lineage: Lineage, index: number) => void,
    guard: (work: () => void) => void,
    private readonly tally: Tally | null = null,
    private readonly disk?: (id: NodeId, life: string | null) => Held,
  ) {
    const counted = (lineage: Lineage, index: number): void => {
      const record = lineage.at(index);
      if (record) tally?.committed(record);
      committed(lineage, index);
    };
    this.log = new LogChecker(now, counted, guard, disk);
    const seen = (what: string): void => tally?.count(what);
    this.multicasts = {
      sequencer: new MulticastChecker('sequencer', guard, seen),
      lamport: new MulticastChecker('lamport', guard, seen),
    };
  }

  follow(name: string, node: Node): () => void {
    for (const checker of Object.values(this.multicasts)) checker.follow(name, node);
    return this.log.follow(name, node);
  }

  /** @param last what it may still speak of */
  wiped(id: NodeId, last: Durable): void {
    this.#speech.wiped(id, last);
  }

  /** @param life of the sender: two pages may go by one id */
  sent(from: NodeId, life: string, to: NodeId, envelope: Envelope): void {
    const { message } = envelope;
    const { disk } = this;
    const durable = disk && (() => disk(from, life));
    this.tally?.sent(message, message.type === 'REFUSE' && this.log.hasLed(to, message.term));
    if (this.tally && message.type === 'APPEND' && isAhead(message.entries, durable?.().end))
      this.seen('APPEND ahead of its own disk');
    this.#speech.sent(from, envelope, durable);
    this.log.quorums.sent(from, message);
    if (message.type === 'DECLINED') this.#declined(from, to, message);
    if (message.type === 'GRANT') this.log.tokens.granted(message.token, to, message.request);
  }

  /** A node noted a decision. */
  noted(node: Node, what: string, detail: string): void {
    if (what === 'slept') this.log.slept(node);
    this.tally?.noted(what, detail);
  }

  /** At this page a person chooses the other one of two generations. Returns what is to be called with the answer. */
  chose(life: string, node: Node): () => void {
    return this.log.choices.chose(life, node.view().conflict !== null);
  }

  /** Something happened that a rule speaks of. */
  seen(what: string): void {
    this.tally?.count(what);
  }

  /** A gate hands on what a visitor asked for. */
  visitAsked(name: string, gate: NodeId): void {
    const before = this.#visits.get(name);
    if (before !== undefined && before !== gate) this.seen('visit at another gate');
    this.#visits.set(name, gate);
  }

  /** A node was told that it holds the mutex; its leader may be itself. */
  granted(node: NodeId, token: Token): void {
    this.log.tokens.granted(token, node, null);
  }

  invoked(key: string): void {
    this.#floors.set(key, this.#told);
  }

  /**
   * A client was told an outcome. The log's order must not turn time around (rule S8).
   * @param asked what the client had asked the park for: the answer is about nothing else (rule S7)
   */
  told(node: ObservedNode, key: string, index: number, outcome: unknown, asked?: Action): void {
    const lineage = this.log.told(node, key, index, outcome);
    const { generation } = lineage;
    const record = lineage.at(index);
    if (asked && !(record?.operation && isSameAction(record.operation, asked)))
      throw new Violation(
        'S7',
        `${key} asked for ${JSON.stringify(asked)}, and is told of ${JSON.stringify(record?.operation)}`,
      );
    this.#answers.set(key, record?.entry ?? null);
    const floor = this.#floors.get(key)?.get(generation) ?? 0;
    if (index <= floor)
      throw new Violation('S8', `${key} is at ${index}, but ${floor} was told before it was asked`);
    const last = Math.max(index, this.#told.get(generation) ?? 0);
    this.#told = new Map(this.#told).set(generation, last);
  }

  /**
   * A gate is answered about what a visitor's tab asked, and passes it on (see `visitHeard`). By then it was decided, with
   * this entry or an earlier one (rule V3).
   */
  visitTold(node: Node, visit: VisitRequest, key: string, index: number, outcome: unknown): void {
    const lineage = this.log.told(node, key, index, outcome);
    // A late copy: its tab was answered before, maybe in another generation, and has asked on.
    if (decodeOutcome(outcome) === OLD_REQUEST) return;
    const name = visitKey(visit);
    const first = lineage.indexOf(name);
    const record = first === undefined ? undefined : lineage.at(first);
    if (first === undefined || first > index || !record)
      throw new Violation('S7', `${name} is told to be decided at ${index}, and was never`);
    const floor = this.#floors.get(name)?.get(lineage.generation) ?? 0;
    if (first <= floor)
      throw new Violation(
        'S7',
        `${name} is at ${first}, but ${floor} was told before it was asked`,
      );
    if (first < index) this.seen('visit decided before');
    this.#passedOn.set(key, record.entry);
    const last = Math.max(index, this.#told.get(lineage.generation) ?? 0);
    this.#told = new Map(this.#told).set(lineage.generation, last);
  }

  /** Of several gates that were answered, maybe in several generations, one is heard. `key`: its operation. */
  visitHeard(name: string, key: string): void {
    const entry = this.#passedOn.get(key);
    if (!entry) throw new Violation('S7', `${name} is told of ${key}, which is no answer to it`);
    this.#answers.set(name, entry);
  }

  /**
   * Whether what a client was told of its operation holds in a generation: one that took another way may have the same
   * operation at another place, with another outcome.
   */
  holds(lineage: Lineage, key: string): boolean {
    const index = lineage.indexOf(key);
    const told = this.#answers.get(key);
    return index !== undefined && told?.index === index && lineage.holds(told);
  }

  /** A client was told that its operation is refused for sure: by its own gate, if no other has. */
  refused(node: ObservedNode, key: string): void {
    const opening = this.log.openingOf(node);
    if (opening && !this.#refusals.has(key)) this.#refusals.set(key, opening);
  }

  #declined(from: NodeId, to: NodeId, { reason, sequences }: Declined): void {
    if (reason === 'old-token') this.log.declined(from);
    const leader = this.log.newest(from);
    const opening = leader && this.log.openingOf(leader);
    if (!opening || reason === 'not-leader' || reason === 'paused') return;
    for (const sequence of sequences) {
      this.#refusals.set(operationKey({ node: to, sequence }), opening);
    }
  }

  /** A definite error means that it did not and will not happen. */
  ended(calls: readonly Pick<Call, 'key' | 'result'>[]): void {
    const last = new Map(calls.map((call) => [logKey(call.key), call]));
    for (const [key, { result }] of last) {
      if (result !== 'fail') continue;
      for (const lineage of this.log.lineages.values()) {
        const index = lineage.indexOf(key);
        if (index !== undefined && !this.isOverruled(lineage, key))
          throw new Violation('S8', `${key} surely failed, yet is committed at ${index}`);
      }
    }
  }

  /**
   * A leader has refused it, and a generation that a person began without that leader's office has done it: the no does
   * not bind that one (rules G4 and O3).
   */
  isOverruled(lineage: Lineage, key: string): boolean {
    const refusal = this.#refusals.get(key);
    if (!refusal || lineage.indexOf(key) === undefined) return false;
    return lineage.generation !== refusal.generation && !lineage.holds(refusal.at);
  }

  /**
   * Rule S8, by what the clients saw, for each generation on its own: one that a person forced may lack what was told
   * in the one before. The log's order is tried first.
   */
  judge({ calls, capacity }: History): void {
    for (const lineage of this.log.lineages.values()) {
      const seen = calls.flatMap((call) => {
        const hint = placeOf(lineage, call);
        const isAnswered = call.result === 'ok';
        if (hint === undefined) return isAnswered ? [] : call;
        const key = logKey(call.key);
        const counts = isAnswered
          ? this.holds(lineage, key)
          : call.result !== 'fail' || !this.isOverruled(lineage, key);
        if (counts) return { ...call, hint };
        return { ...call, hint, result: 'info' as const, outcome: null, returnedAt: Infinity };
      });
      // An order is a proof, whoever suggests it; the search finds one that nobody did, or that there is none.
      if (isWitness(seen, capacity)) {
        confirmBySearch(seen, capacity);
        continue;
      }
      const verdict = checkLinearizable(seen, capacity);
      if (verdict.result === 'unknown')
        throw new Violation('S8', 'no order of the history was found within the budget');
      if (verdict.result === 'violation')
        throw new Violation('S8', `no order explains the history; ${stuck(verdict.stuckAt)}`);
    }
  }
}

/**
 * Where it stands. A sequence number that was not durable yet when its page crashed is taken again by the next life, maybe
 * for something else (rule O1).
 */
function placeOf(lineage: Lineage, { key, operation }: Call): number | undefined {
  const index = lineage.indexOf(logKey(key));
  const stands = lineage.at(index ?? 0)?.operation;
  return stands && isSameAction(stands, operation) ? index : undefined;
}

/**
 * The log's order nearly always is a proof, so that the search would stay idle, and a mistake in it unseen. Where it costs
 * little it goes on its own as well, without the log, and must not find that there is no order.
 */
function confirmBySearch(seen: readonly Call[], capacity: number): void {
  if (seen.length > MOST_CALLS_TO_CONFIRM) return;
  const unaided = seen.map((call) => ({ ...call, hint: Infinity }));
  const { result } = checkLinearizable(unaided, capacity, BUDGET_TO_CONFIRM);
  assert(result !== 'violation', 'S8: the search finds no order, and the log has one');
}

function stuck(calls: readonly Call[]): string {
  const told = calls.map(({ key, operation, outcome }) =>
    JSON.stringify({ key, operation, outcome }),
  );
  return `stuck at ${told.join(', ')}`;
}

/** Whether the sender's own write of these entries is under way (rule R2). */
function isAhead(entries: readonly LogEntry[], end: number | undefined): boolean {
  const last = entries.at(-1);
  return last !== undefined && end !== undefined && last.index > end;
}
