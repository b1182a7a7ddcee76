import type { Random } from '../../src/sim/random.ts';
import { drawLasting, FAULT_KINDS, FAULTS, type FaultKind } from './faults.ts';
import type { Round } from './rounds.ts';

/** One fault: what is done, and to whom. */
export interface Fault {
  readonly kind: FaultKind;
  /** The number of the gate or of the browser; 0 for the server. */
  readonly target: number;
  /** Kind `cut`: the gates that it is cut off from. */
  readonly from: readonly number[];
  /** Kind `drop`: how much is lost, from 0 to 1. Kind `delay`: by how much it is late at the most, ms. */
  readonly amount: number;
}

export interface Step {
  /** ms since the round began. */
  readonly at: number;
  readonly phase: 'begin' | 'end';
  readonly fault: Fault;
}

/** A fault that is planned, and when it is mended. */
interface Planned {
  readonly fault: Fault;
  readonly from: number;
  until: number;
  /** Its page is gone with its browser: there is nothing to mend. */
  moot: boolean;
}

/** A page that is loaded, or a browser whose data was cleared, is left alone for so long, ms. */
const REST = 2000;

/**
 * After so long, ms, a wiped gate is known to be gone for good. Until then no other may leave: who says so is removed at
 * once (rule M5), and then the votes that were wiped may be half of those that remain, a case for a person (rule G4).
 */
const NOTICED = 10_000;
/** The gate says that it leaves. */
const LEAVING: ReadonlySet<FaultKind> = new Set(['close', 'reload']);

/** What is due lasts no longer than this, or than the shortest of its kind, ms: it makes room for the others. */
const DUE_LASTS = 10_000;

/**
 * The faults of one round, by the seed and what is due: it does not look at what happens meanwhile, so the same seed
 * plans the same. When they meet the pages is not so exact: browsers take their time. A round lasts until its last fault is mended. Each
 * round has some kinds of faults only, beside those that are due, and its own pace.
 * @param browserOf for each gate the number of its browser
 * @param round a `wipe` that is due takes the votes of all gates of one browser at once, so it is for a round that
 * begins with all gates as voters, of whom a majority live elsewhere.
 */
export function planRound(random: Random, browserOf: readonly number[], round: Round): Step[] {
  const { spanMs, due } = round;
  const kinds = FAULT_KINDS.filter((kind) => FAULTS[kind].weight > 0 && random.chance(0.7));
  // In some rounds a majority is left alone all the time, in others nobody is safe.
  const most = Math.max(random.int(1, browserOf.length), Math.min(browserOf.length, due.length));
  const plan = new Plan(random, browserOf, round, kinds, most);
  // Twice as often as there are kinds that are due: not each of them finds a target at once.
  const pace = Math.min(random.logBetween(400, 4000), spanMs / 2 / Math.max(1, due.length));
  for (let at = random.exponential(pace); at < spanMs; at += random.exponential(pace)) plan.add(at);
  return plan.steps();
}

class Plan {
  readonly #planned: Planned[] = [];
  readonly #browsers: readonly number[];
  readonly #due: Set<FaultKind>;
  readonly #wiped: boolean;

  constructor(
    private readonly random: Random,
    private readonly browserOf: readonly number[],
    private readonly round: Round,
    private readonly kinds: readonly FaultKind[],
    /** Gates that may be in trouble at the same time, but for a browser that takes more with it. */
    private readonly most: number,
  ) {
    this.#browsers = [...new Set(browserOf)];
    this.#due = new Set(round.due);
    this.#wiped = this.#due.delete('wipe');
    if (this.#wiped) this.#wipe();
    // No tab is copied in a round that wipes.
    if (this.#wiped) this.#due.delete('duplicate');
  }

  /** One more fault at this time, if there is anybody left for one: one that is due, as long as there are such. */
  add(at: number): void {
    if (this.#inTrouble(at) >= this.most) return;
    const kinds = this.#due.size > 0 ? [...this.#due] : this.kinds;
    const possible = kinds.flatMap((kind) => {
      const targets = this.#room(kind, at) ? this.#targets(kind, at) : [];
      return targets.length > 0 ? [{ kind, targets }] : [];
    });
    let draw = this.random.next() * sum(possible.map(({ kind }) => FAULTS[kind].weight));
    const chosen = possible.find(({ kind }) => (draw -= FAULTS[kind].weight) < 0);
    if (!chosen) return;
    const { kind } = chosen;
    const target = this.random.pick(chosen.targets) ?? 0;
    const lasting = drawLasting(this.random, kind, this.#room(kind, at)) || REST;
    this.#due.delete(kind);
    this.#begin({ fault: this.#fault(kind, target), from: at, until: at + lasting, moot: false });
  }

  steps(): Step[] {
    const steps = this.#planned.flatMap(({ fault, from, until, moot }): Step[] => {
      const begin = { at: from, phase: 'begin', fault } as const;
      const ends = FAULTS[fault.kind].lasts !== null && !moot;
      return ends ? [begin, { at: until, phase: 'end', fault }] : [begin];
    });
    return steps.sort((a, b) => a.at - b.at);
  }

  #wipe(): void {
    const target = this.random.pick(this.#wipeable()) ?? 0;
    const fault = { kind: 'wipe', target, from: [], amount: 0 } as const;
    this.#planned.push({ fault, from: 0, until: REST, moot: false });
  }

  /** How long a fault of this kind may last that begins now, ms; 0 when the round is over before the shortest is. */
  #room(kind: FaultKind, at: number): number {
    const left = this.round.limitMs - at;
    const shortest = FAULTS[kind].lasts?.[0] ?? 0;
    if (left < shortest) return 0;
    return this.#due.has(kind) ? Math.min(left, Math.max(shortest, DUE_LASTS)) : left;
  }

  #begin(planned: Planned): void {
    for (const other of this.#planned) {
      if (other.until <= planned.from) continue;
      this.#postpone(other, planned);
      this.#postpone(planned, other);
      if (planned.fault.kind !== 'kill-browser' || !this.#isIn(other, planned)) continue;
      other.until = planned.until;
      other.moot = true;
    }
    this.#planned.push(planned);
  }

  /** What can't be mended while `obstacle` lasts is mended after it. */
  #postpone(planned: Planned, obstacle: Planned): void {
    const { kind } = obstacle.fault;
    const inTheWay =
      FAULTS[kind].scope === 'server'
        ? FAULTS[planned.fault.kind].loads && FAULTS[planned.fault.kind].scope !== 'server'
        : kind === 'stop-browser' && this.#isIn(planned, obstacle);
    if (inTheWay) planned.until = Math.max(planned.until, obstacle.until + REST);
  }

  /** How many gates are in trouble at this time. */
  #inTrouble(at: number): number {
    const now = this.#planned.filter(({ until }) => until > at).map(({ fault }) => fault);
    return this.browserOf.filter((browser, gate) =>
      now.some((fault) => holds(fault, browser) || isOn(fault, gate)),
    ).length;
  }

  #fault(kind: FaultKind, target: number): Fault {
    const others = this.browserOf.map((_, gate) => gate).filter((gate) => gate !== target);
    const from = this.random.shuffle(others).slice(0, this.random.int(1, others.length));
    const amount =
      kind === 'drop' ? this.random.between(0.05, 0.6) : this.random.logBetween(20, 1500);
    return { kind, target, from: kind === 'cut' ? from : [], amount };
  }

  #targets(kind: FaultKind, at: number): readonly number[] {
    const { scope, loads } = FAULTS[kind];
    const now = this.#planned.filter(({ until }) => until > at).map(({ fault }) => fault);
    const serverIsDown = now.some((fault) => FAULTS[fault.kind].scope === 'server');
    if (loads && FAULTS[kind].lasts === null && serverIsDown) return [];
    switch (scope) {
      case 'server':
        return serverIsDown ? [] : [0];
      case 'browser':
        return this.#browsers.filter((browser) => !now.some((fault) => holds(fault, browser)));
      case 'gate': {
        if (LEAVING.has(kind) && this.#wiped && at < NOTICED) return [];
        // A copy is an identity more: it must not go for good while the votes of a wiped browser are missing.
        const copied = now.some((fault) => fault.kind === 'duplicate');
        if (kind === 'duplicate' && (serverIsDown || copied || this.#wiped)) return [];
        return this.browserOf.flatMap((browser, gate) => {
          const busy = now.some((fault) => holds(fault, browser) || isOn(fault, gate));
          return busy ? [] : [gate];
        });
      }
    }
  }

  /** The browsers whose gates are a minority. */
  #wipeable(): number[] {
    const gatesOf = (browser: number): number =>
      this.browserOf.filter((other) => other === browser).length;
    return this.#browsers.filter((browser) => 2 * gatesOf(browser) < this.browserOf.length);
  }

  /** Whether the one is on a gate of the other's browser. */
  #isIn({ fault: { kind, target } }: Planned, { fault }: Planned): boolean {
    return FAULTS[kind].scope === 'gate' && this.browserOf[target] === fault.target;
  }
}

function holds({ kind, target }: Fault, browser: number): boolean {
  return FAULTS[kind].scope === 'browser' && target === browser;
}

function isOn({ kind, target }: Fault, gate: number): boolean {
  return FAULTS[kind].scope === 'gate' && target === gate;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
