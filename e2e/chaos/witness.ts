/** What the gates' own traces tell about the rules that no log shows: who led, who was granted what, who voted. */
import type { TraceEvent } from '../../src/runtime/trace.ts';
import type { Committed } from '../../src/sim/checkers/lineage.ts';
import { Violation } from '../../src/sim/checkers/violation.ts';
import type { Tab } from '../tab.ts';

/** How often a gate's trace is looked at, ms: sooner than it forgets. */
const LOOK_EVERY = 2000;

/** Where a look ended: in which life of the page, and at which of its events. */
interface Place {
  readonly life: number;
  readonly sequence: number;
}

interface Look extends Place {
  readonly events: readonly TraceEvent[];
}

/** An acknowledgement in the name of an identity whose disk was wiped. */
interface Acknowledgement {
  readonly from: string;
  readonly leader: string;
  readonly index: number;
  readonly at: number;
}

export class Witness {
  /** Who was elected in each term, and when (rule S4). */
  readonly #elected = new Map<string, string>();
  /** To whom each token was granted (rule S5). */
  readonly #grants = new Map<string, string>();
  /** When each ballot began, by candidate and the term's counter. */
  readonly #ballots = new Map<string, number>();
  /** When the disk of each identity was wiped, ms since 1970: by the one clock of this machine. */
  readonly #wiped = new Map<string, number>();
  /** Where the last look at each tab ended. */
  readonly #places = new WeakMap<Tab, Place>();
  readonly #acknowledged: Acknowledgement[] = [];
  #violation: Violation | null = null;
  #compared = 0;

  /** Events that were held against what was known. */
  get compared(): number {
    return this.#compared;
  }

  /** Looks again and again, until the tab goes away or `ended` says so. */
  async follow(tab: Tab, ended: () => boolean): Promise<void> {
    while (tab.isOpen && !ended()) {
      await this.look(tab);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
  }

  /** Reads what is new in a tab's trace, if the tab answers. Never rejects. */
  async look(tab: Tab): Promise<void> {
    try {
      const place = this.#places.get(tab) ?? { life: 0, sequence: 0 };
      const look = await lookAt(tab, place, [...this.#wiped.keys()]);
      this.#places.set(tab, look);
      for (const event of look.events) this.saw(event);
    } catch (error) {
      if (error instanceof Violation) this.#violation ??= error;
      // Anything else: the page is being loaded, or is gone. Then there is another look, or none.
    }
  }

  wiped(identities: readonly string[], at: number): void {
    for (const id of identities) this.#wiped.set(id, at);
  }

  /** Throws what the looks have found, and what the log adds to it. */
  check(records: readonly Committed[], identities: readonly string[]): void {
    if (this.#violation) throw this.#violation;
    const back = identities.find((id) => this.#wiped.has(id));
    if (back !== undefined) throw new Violation('S9', `${back} lost its disk and is back`);
    for (const acknowledgement of this.#acknowledged.splice(0)) {
      this.#checkAcknowledgement(acknowledgement, records);
    }
  }

  saw({ at, node, kind, what, peer = '', detail = '' }: TraceEvent): void {
    switch (`${kind} ${what}`) {
      case 'note elected':
        this.#once('S4', this.#elected, detail, `${node} at ${at}`);
        return;
      case 'sent GRANT':
        this.#once('S5', this.#grants, `${detail} of ${node}`, peer);
        return;
      case 'sent PREPARE': {
        const ballot = `${node} ${counterIn(detail)}`;
        this.#ballots.set(ballot, Math.min(at, this.#ballots.get(ballot) ?? Infinity));
        return;
      }
      case 'received PROMISE':
        this.#checkPromise(peer, node, counterIn(detail));
        return;
      case 'received APPENDED':
        this.#heardAcknowledgement({ from: peer, leader: node, index: numberIn(detail), at });
        return;
    }
  }

  #once(rule: string, known: Map<string, string>, key: string, value: string): void {
    this.#compared += 1;
    const before = known.get(key) ?? value;
    known.set(key, value);
    if (before !== value) throw new Violation(rule, `${key}: ${before}, and then ${value}`);
  }

  /** A promise for a ballot that began after the disk was wiped was made without it. */
  #checkPromise(from: string, candidate: string, counter: number): void {
    const wipedAt = this.#wiped.get(from);
    const begun = this.#ballots.get(`${candidate} ${counter}`);
    if (wipedAt === undefined || begun === undefined) return;
    this.#compared += 1;
    if (begun <= wipedAt) return;
    const later = `${Math.round(begun - wipedAt)} ms before the ballot of ${candidate} began`;
    throw new Violation('S9', `${from} promises term ${counter}, but lost its disk ${later}`);
  }

  #heardAcknowledgement(acknowledgement: Acknowledgement): void {
    if (this.#wiped.has(acknowledgement.from)) this.#acknowledged.push(acknowledgement);
  }

  /** An entry that was made after the disk was wiped can't be on it. */
  #checkAcknowledgement(
    { from, leader, index, at }: Acknowledgement,
    records: readonly Committed[],
  ): void {
    const wipedAt = this.#wiped.get(from) ?? Infinity;
    const entry = records[index - 1]?.entry;
    // An acknowledgement to another leader is about another entry in this place.
    if (entry?.term.endsWith(`.${leader}`) !== true) return;
    this.#compared += 1;
    if (entry.at <= wipedAt || at < entry.at) return;
    const later = `${Math.round(entry.at - wipedAt)} ms before that was made`;
    throw new Violation('S9', `${from} acknowledges ${index}, but lost its disk ${later}`);
  }
}

/** What is new in a tab's trace, as far as the rules are concerned. */
function lookAt(tab: Tab, place: Place, wiped: readonly string[]): Promise<Look> {
  return tab.page.evaluate(
    ([before, lost]) => {
      const life = performance.timeOrigin;
      const since = before.life === life ? before.sequence : 0;
      const trace = window.gatehouse!.trace().filter(({ sequence }) => sequence > since);
      const telling = ['note elected', 'sent GRANT', 'sent PREPARE'];
      const voting = ['received PROMISE', 'received APPENDED'];
      const events = trace.filter(({ kind, what, peer = '' }) => {
        const event = `${kind} ${what}`;
        return telling.includes(event) || (voting.includes(event) && lost.includes(peer));
      });
      return { life, sequence: trace.at(-1)?.sequence ?? since, events };
    },
    [place, wiped] as const,
  );
}

/** `term 12, …` */
function counterIn(detail: string): number {
  return Number(/term (\d+)/.exec(detail)?.[1] ?? NaN);
}

/** `holds up to 12` or `holds up to 12, to a heartbeat`; what does not fit is acknowledged by nobody. */
function numberIn(detail: string): number {
  return Number(/^holds up to (\d+)(?:, to a heartbeat)?$/.exec(detail)?.[1] ?? 0);
}
