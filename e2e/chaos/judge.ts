import { compareToken, type Token } from '../../src/core/entry.ts';
import type { Entry } from '../../src/runtime/gatehouse.ts';
import type { Call } from '../../src/sim/checkers/history.ts';
import { Lineage, type Committed } from '../../src/sim/checkers/lineage.ts';
import { checkLinearizable } from '../../src/sim/checkers/linearizability.ts';
import { decodeOutcome } from '../../src/sim/checkers/outcome.ts';
import { brokenRule } from '../../src/sim/checkers/park-model.ts';
import { Violation } from '../../src/sim/checkers/violation.ts';
import { brokenPromises } from '../checks.ts';
import type { Asked } from '../tab.ts';
import { logEntryOf } from './entries.ts';
import { endingOf, History, type Ending } from './history.ts';

/** What a gate shows of its committed log, from some entry on. */
export interface ShownLog {
  readonly gate: string;
  readonly entries: readonly Entry[];
}

/** The mutex as a client got it. */
export interface Grant {
  readonly gate: string;
  readonly token: Token;
  /** What was asked under it, and answered. */
  readonly operation: string | null;
}

/** So many entries that are known already are asked for again, to see that they have stayed. */
const OVERLAP = 500;

/**
 * Holds what gates show and what clients were told against the rules, from outside the pages, with the checkers of the
 * simulator. At each checkpoint everything has healed and no operation is under way, so that the state at the
 * checkpoint, by the log, is where all that comes later begins: it judges what came since the one before.
 */
export class Judge {
  readonly told: Record<Ending, number> = { ok: 0, definite: 0, indefinite: 0, lost: 0 };
  readonly #lineage = new Lineage('');
  readonly #history: History;
  /** The entries since the last checkpoint. */
  #entries: Entry[] = [];
  /** Operations of earlier rounds that no entry explains yet: they may still happen. */
  #unknown: { asked: Asked; call: Call }[] = [];
  readonly #opened = new Set<string>();
  readonly #granted = new Map<string, string>();
  /** The state at the last checkpoint. */
  #inside: readonly string[] = [];
  #capacity: number;

  constructor(seed: number, startedAt: number, capacity: number) {
    this.#history = new History(seed, startedAt, capacity);
    this.#capacity = capacity;
  }

  /** Where the logs that are shown next should begin. */
  get from(): number {
    return Math.max(1, this.#lineage.length + 1 - OVERLAP);
  }

  get records(): readonly Committed[] {
    return this.#lineage.records();
  }

  get history(): History {
    return this.#history;
  }

  /** How often another leader took office. */
  get leaderChanges(): number {
    const openings = this.records.filter(({ entry }) => entry.command.kind === 'opening');
    return Math.max(0, openings.length - 1);
  }

  /**
   * @param logs of all gates, which are equal now
   * @param asked all operations since the last checkpoint, and all of them have ended
   * @param grants what was granted since
   */
  checkpoint(
    logs: readonly ShownLog[],
    asked: readonly Asked[],
    grants: readonly Grant[] = [],
  ): void {
    this.logs(logs);
    for (const one of asked) this.told[endingOf(one)] += 1;
    const since = [
      ...this.#unknown,
      ...asked.map((one) => ({ asked: one, call: this.#history.add(one) })),
    ];
    const promises = brokenPromises(
      this.#entries,
      since.map((one) => one.asked),
    );
    if (promises[0] !== undefined) throw new Violation('S2', promises.join('\n'));
    this.#checkOrder(since.map(({ call }) => call));
    this.#checkTerms();
    this.#checkGrants(grants);
    const happened = this.#hint(since);
    this.#checkHistory(since.map(({ call }) => call));
    this.#unknown = since.filter(({ call }) => call.result === 'info' && !happened.has(call));
    this.#inside = [...this.#lineage.model.inside];
    this.#capacity = this.#lineage.model.capacity;
    this.#entries = [];
  }

  /** Rules S1, S3 and S5 to S7: as they are shown, whether they are equal yet or not. */
  logs(logs: readonly ShownLog[]): void {
    const byLength = [...logs].sort((a, b) => lastIndex(b) - lastIndex(a));
    for (const { gate, entries } of byLength) for (const entry of entries) this.#entry(gate, entry);
  }

  #entry(gate: string, entry: Entry): void {
    const text = JSON.stringify(entry);
    const known = this.#lineage.at(entry.index);
    if (known && known.text !== text) {
      throw new Violation('S6', `${gate} shows ${text}, and another has shown ${known.text}`);
    }
    if (known) return;
    const record = this.#lineage.extend(logEntryOf(entry), text, entry.at, entry.term);
    this.#entries.push(entry);
    this.#checkOutcome(gate, entry, record);
  }

  #checkOutcome(gate: string, entry: Entry, record: Committed): void {
    if (entry.operation === undefined) return;
    if (record.duplicate !== (entry.kind === 'duplicate')) {
      const how = record.duplicate ? 'again' : 'never';
      throw new Violation('S7', `${gate} applies ${entry.operation} at ${entry.index} ${how}`);
    }
    if (record.duplicate || !record.operation || !record.outcome) return;
    const shown = decodeOutcome(entry);
    const broken = shown ? brokenRule(record.outcome, shown, record.operation) : 'S6';
    if (broken === null) return;
    const due = JSON.stringify(record.outcome);
    throw new Violation(broken, `${gate} shows ${JSON.stringify(entry)}, and due is ${due}`);
  }

  /** Rule S8: what is asked after an answer was told stands behind it in the log. */
  #checkOrder(calls: readonly Call[]): void {
    const answered = calls.filter(({ result }) => result === 'ok');
    const byReturn = [...answered].sort((a, b) => a.returnedAt - b.returnedAt);
    let floor = 0;
    let next = 0;
    for (const call of [...answered].sort((a, b) => a.invokedAt - b.invokedAt)) {
      for (let told; (told = byReturn[next]) && told.returnedAt < call.invokedAt; next++) {
        floor = Math.max(floor, this.#indexOf(told));
      }
      const index = this.#indexOf(call);
      if (index > floor) continue;
      const before = `${floor} was told before it was asked`;
      throw new Violation('S8', `${call.key} is at ${index}, but ${before}`);
    }
  }

  /** Rule S4, as far as the log tells: each term is opened once. */
  #checkTerms(): void {
    for (const { kind, term, index } of this.#entries) {
      if (kind !== 'opening') continue;
      if (this.#opened.has(term)) throw new Violation('S4', `${index} opens ${term} again`);
      this.#opened.add(term);
    }
  }

  /** Rule S5: no token is granted twice, and what happened under a mutex carries its token. */
  #checkGrants(grants: readonly Grant[]): void {
    for (const grant of grants) {
      const { gate, operation } = grant;
      const token = JSON.stringify(grant.token);
      const known = this.#granted.get(token);
      if (known !== undefined) {
        throw new Violation('S5', `${gate} was granted ${token}, and ${known} was before`);
      }
      this.#granted.set(token, gate);
      if (operation === null) continue;
      const command = this.#lineage.at(this.#lineage.indexOf(operation) ?? 0)?.entry.command;
      if (command?.kind !== 'operation' || compareToken(command.token, grant.token) === 0) continue;
      const ran = JSON.stringify(command.token);
      throw new Violation('S5', `${operation} was asked under ${token} and ran under ${ran}`);
    }
  }

  /** Tells the search where the log has each operation: somebody asked for it. Returns those of unknown fate among them. */
  #hint(since: readonly { asked: Asked; call: Call }[]): Set<Call> {
    const byWish = new Map<string, Call[]>();
    for (const { call } of since) {
      if (call.result === 'ok') call.hint = this.#indexOf(call);
      if (call.result !== 'info') continue;
      const wish = wishOf(call.operation);
      const wishes = byWish.get(wish) ?? [];
      byWish.set(wish, wishes);
      wishes.push(call);
    }
    const answered = new Set(since.map(({ call }) => call.key));
    const happened = new Set<Call>();
    for (const { index, operation, kind, visitor = '', capacity = 0 } of this.#entries) {
      if (operation === undefined || kind === 'duplicate' || answered.has(operation)) continue;
      const wish = kind === 'capacity' ? `capacity ${capacity}` : `${kind} ${visitor}`;
      const call = byWish.get(wish)?.shift();
      if (!call) throw new Violation('S8', `${wish} happened at ${index}, and nobody asked for it`);
      call.hint = index;
      happened.add(call);
    }
    return happened;
  }

  /** Rule S8, by what the clients saw alone. */
  #checkHistory(calls: readonly Call[]): void {
    // Whoever was inside at the checkpoint went in one after the other before all that is judged here.
    const before = this.#inside.map((visitor, place): Call => {
      const at = place - this.#inside.length;
      return {
        key: `inside ${visitor}`,
        process: 'before',
        operation: { kind: 'enter', visitor },
        invokedAt: at,
        returnedAt: at,
        result: 'ok',
        outcome: { allowed: true },
        hint: 0,
      };
    });
    const verdict = checkLinearizable([...before, ...calls], this.#capacity);
    switch (verdict.result) {
      case 'linearizable':
        return;
      case 'unknown':
        throw new Violation('S8', 'the search for an order was given up');
      case 'violation':
        throw new Violation('S8', `no order gets past ${JSON.stringify(verdict.stuckAt)}`);
    }
  }

  #indexOf({ key }: Call): number {
    return this.#lineage.indexOf(key) ?? 0;
  }
}

function wishOf(operation: Call['operation']): string {
  return operation.kind === 'capacity'
    ? `capacity ${operation.capacity}`
    : `${operation.kind} ${operation.visitor}`;
}

function lastIndex({ entries }: ShownLog): number {
  return entries[entries.length - 1]?.index ?? 0;
}
