import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Random } from '../../src/sim/random.ts';
import { Violation } from '../../src/sim/checkers/violation.ts';
import type { Status } from '../../src/runtime/gatehouse.ts';
import { Load } from '../load.ts';
import { TestServer } from '../server.ts';
import { now, type Tab } from '../tab.ts';
import { FAULT_KINDS, type FaultKind } from './faults.ts';
import { habitsOf, sharedVisitors } from './habits.ts';
import { Judge, type Grant, type ShownLog } from './judge.ts';
import { planRound, type Step } from './plan.ts';
import { P99_BOUND, promptly, Recovery } from './recovery.ts';
import { HEALING, nextRound } from './rounds.ts';
import { summaryOf, type Summary } from './summary.ts';
import { BROWSER_OF, CAPACITY, pause, Stage } from './stage.ts';
import { Witness } from './witness.ts';

export interface ChaosOptions {
  readonly minutes: number;
  readonly seed: number;
  /** Told of everything that is done, one line each. */
  readonly tell: (line: string) => void;
  /** Somebody wants it to end: what was seen so far is told. */
  readonly interrupted?: Promise<void>;
}

/**
 * Kinds of which every other one meets a page whose trace was just read: SIGKILL needs no courtesy, and is to meet
 * pages in the middle of their work too, not only when they have just answered.
 */
const KILLS: ReadonlySet<FaultKind> = new Set(['kill-renderer', 'kill-browser']);
/** How long a page may take to show its trace then, ms: one that is frozen does not answer. */
const LAST_LOOK = 1000;
/** What a visitor waits before the next one comes to the same gate, ms. */
const PAUSE = 60;
/** Until all gates are one park in step again, ms: who is gone for good is evicted after 10 s (rules L1, L2). */
const UNION = 90_000;
/** Until every operation that was asked has ended, ms (rule L1). */
const ENDING = 60_000;

/** Browsers that fail in every way, under a load of visitors, and what became of the park. */
export class ChaosRun {
  readonly stage: Stage;
  readonly judge: Judge;
  readonly recovery: Recovery;
  readonly witness = new Witness();
  violation: Violation | null = null;
  #rounds = 0;
  readonly #random: Random;
  readonly #startedAt = now();
  readonly #inside = new Map<string, string[]>();
  #grants: Grant[] = [];
  #load: Load | null = null;
  /** Operations before this one in the ledger are judged. */
  #judged = 0;
  #ended = false;

  constructor(
    private readonly options: ChaosOptions,
    folder: string,
  ) {
    this.#random = new Random(`chaos ${options.seed}`);
    const courtesy = this.#random.split('courtesy');
    this.judge = new Judge(options.seed, this.#startedAt, CAPACITY);
    this.stage = new Stage(folder, new TestServer(), {
      opened: (tab) => this.#opened(tab),
      leaving: async (kind, tabs) => {
        if (KILLS.has(kind) && courtesy.chance(0.5)) return;
        const looks = Promise.all(tabs.map((tab) => this.witness.look(tab)));
        await Promise.race([looks, pause(LAST_LOOK)]);
      },
      wiped: (identities, at) => this.witness.wiped(identities, at),
      told: (what) => this.#tell(what),
    });
    this.recovery = new Recovery(this.stage.park.ledger);
  }

  /** Resolves when the time is over or a rule is broken. */
  async go(): Promise<void> {
    try {
      await this.stage.start();
      const [tab] = this.stage.tabs;
      if (tab) this.stage.park.ledger.generation = (await tab.status()).generation;
      const end = now() + this.options.minutes * 60_000;
      for (let left; (left = end - now()) > HEALING || this.#rounds === 0;) await this.#round(left);
      this.#checkRecovery();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.violation = error;
    } finally {
      this.#ended = true;
    }
  }

  summary(): Summary {
    return summaryOf(this.options.seed, now() - this.#startedAt, this.#rounds, this);
  }

  /** From a healthy park, over faults, to a healthy park that is judged. */
  async #round(leftMs: number): Promise<void> {
    this.#rounds += 1;
    const random = this.#random.split(`round ${this.#rounds}`);
    const undone = FAULT_KINDS.filter((kind) => !this.stage.counts.has(kind));
    const round = nextRound(random, leftMs, undone);
    const steps = planRound(random, BROWSER_OF, round);
    const duration = Math.max(round.spanMs, steps.at(-1)?.at ?? 0);
    this.#tell(`round ${this.#rounds}: ${Math.round(duration / 1000)} s of faults`);
    const granted = (grant: Grant): void => void this.#grants.push(grant);
    const between = habitsOf(random.split('habits'), PAUSE, granted);
    this.#load = new Load(this.stage.tabs, {
      between,
      inside: this.#inside,
      shared: sharedVisitors(random.split('shared')),
    });
    await this.#perform(steps, duration);
    await this.stage.heal(random);
    this.#tell('healed');
    const labels = this.stage.tabs.map(({ label }) => label);
    await this.recovery.measure(labels, this.stage.mendedAt);
    this.#tell('admissions are open');
    await this.#united();
    this.#tell('united');
    await promptly('L1', ENDING, this.#load.stop(), () => 'an operation has not ended');
    await this.#judge();
    this.#tell('judged');
  }

  async #perform(steps: readonly Step[], duration: number): Promise<void> {
    const start = now();
    for (const step of steps) {
      await pause(start + step.at - now());
      this.stage.perform(step);
    }
    await pause(start + duration - now());
  }

  /** All gates, and nobody else, are voters in step, and the greatest of them leads (rules L1 and L2). */
  async #united(): Promise<void> {
    const { tabs, park } = this.stage;
    const greatest = await park.greatest(tabs);
    const wanted = { leader: (await greatest.status()).id, gates: tabs.length };
    const isUnited = (status: Status, { leader, gates }: typeof wanted): boolean =>
      status.leader === leader &&
      status.quorum &&
      status.members === gates &&
      status.inStep === gates &&
      status.peers.filter(({ voter, suspected }) => voter && !suspected).length === gates - 1;
    await Promise.all(tabs.map((tab) => proven(tab.until(isUnited, wanted, UNION), 'L2')));
  }

  async #judge(): Promise<void> {
    const { tabs, park } = this.stage;
    const isQuiet = ({ pending, quorum }: Status): boolean => quorum && pending === 0;
    const statuses = await Promise.all(
      tabs.map((tab) => proven(tab.until(isQuiet, undefined, ENDING), 'L1')),
    );
    const logs = await this.#equalLogs(
      tabs,
      Math.max(...statuses.map(({ lastIndex }) => lastIndex)),
    );
    const asked = park.ledger.asked.slice(this.#judged);
    this.#judged += asked.length;
    this.judge.checkpoint(logs, asked, this.#grants);
    this.#grants = [];
    this.witness.check(
      this.judge.records,
      statuses.map(({ id }) => id),
    );
    const errors = park.tabs.flatMap(({ label, errors }) =>
      errors.map((text) => `${label}: ${text}`),
    );
    if (errors.length > 0) throw new Violation('invariant', errors.join('\n'));
  }

  /** A new leader's opening or a change of the membership may come at any time: then look again. */
  async #equalLogs(tabs: readonly Tab[], least: number): Promise<ShownLog[]> {
    const { from } = this.judge;
    for (let target = least; ;) {
      const isThere = ({ commitIndex }: Status, index: number): boolean => commitIndex >= index;
      await Promise.all(tabs.map((tab) => proven(tab.until(isThere, target, ENDING), 'L1')));
      const logs = await Promise.all(
        tabs.map(async (tab) => {
          const entries = await tab.page.evaluate((first) => window.gatehouse!.log(first), from);
          return { gate: tab.label, entries };
        }),
      );
      const ends = logs.map(({ entries }) => entries[entries.length - 1]?.index ?? 0);
      target = Math.max(...ends);
      if (Math.min(...ends) === target) return logs;
      // They must at least be equal as far as they go.
      this.judge.logs(logs);
    }
  }

  #checkRecovery(): void {
    const p99 = this.recovery.quantile(0.99);
    if (p99 <= P99_BOUND) return;
    throw new Violation(
      'L1',
      `admissions were open again after ${p99} ms at p99, due is ${P99_BOUND}`,
    );
  }

  #opened(tab: Tab): void {
    this.#load?.add(tab);
    void this.witness.follow(tab, () => this.#ended);
  }

  #tell(what: string): void {
    this.options.tell(`${new Date().toISOString().slice(11, 23)} ${what}`);
  }
}

/** Runs chaos on browsers of its own; `ended` looks at them before they are gone. */
export async function runChaos<T>(
  options: ChaosOptions,
  ended: (run: ChaosRun) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-chaos-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', remove);
  const run = new ChaosRun(options, folder);
  try {
    const { interrupted } = options;
    await (interrupted ? Promise.race([run.go(), interrupted]) : run.go());
    return await ended(run);
  } finally {
    await run.stage.close();
    process.off('exit', remove);
    remove();
  }
}

/** What does not come true in time breaks a rule. */
async function proven<T>(work: Promise<T>, rule: 'L1' | 'L2'): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Violation(rule, error instanceof Error ? error.message : String(error));
  }
}
