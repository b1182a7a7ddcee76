import {
  GatehouseError,
  type Entry,
  type Gatehouse,
  type Outcome,
} from '../../runtime/gatehouse.ts';
import { Emitter } from '../elements/emitter.ts';
import { errorWords, refusalWords } from '../words.ts';

export type Wish =
  | { readonly kind: 'enter'; readonly visitor?: string }
  | { readonly kind: 'leave'; readonly visitor: string }
  | { readonly kind: 'capacity'; readonly capacity: number };

/** A tap on this gate's screen, and what came of it. */
export interface Tap {
  /** Counts this page's taps from 1. */
  readonly number: number;
  readonly wish: Wish;
  readonly answer:
    | { readonly phase: 'pending' }
    | { readonly phase: 'done'; readonly visitor?: string; readonly index: number }
    | {
        readonly phase: 'refused';
        readonly visitor?: string;
        readonly reason?: Outcome['reason'];
        readonly index: number;
      }
    /** It did not happen and will not. */
    | { readonly phase: 'failed'; readonly what: string; readonly then: string }
    /** It may have happened: this gate's outbox is finding out. */
    | { readonly phase: 'unknown'; readonly what: string }
    /** It was unknown, and the outbox has found out since. */
    | { readonly phase: 'settled' };
}

const REMEMBERED = 20;

/** How many taps before the newest are told of. */
const EARLIER = 4;
const EARLIER_WORDS = {
  refused: 'refused',
  failed: 'not done',
  unknown: 'not known yet',
  pending: 'waiting',
} as const;

/** Sends what people tap to the network, and remembers the answers. */
export class Desk {
  readonly #gatehouse: Pick<Gatehouse, 'enter' | 'leave' | 'setCapacity'>;
  readonly #changes = new Emitter();
  #taps: readonly Tap[] = [];
  #last = 0;

  constructor(gatehouse: Pick<Gatehouse, 'enter' | 'leave' | 'setCapacity'>) {
    this.#gatehouse = gatehouse;
  }

  /** The newest first. */
  get taps(): readonly Tap[] {
    return this.#taps;
  }

  subscribe(listener: () => void): () => void {
    return this.#changes.subscribe(listener);
  }

  /** Visitors whose leaving was asked for here and is not decided. */
  get leaving(): ReadonlySet<string> {
    const names = new Set<string>();
    for (const { wish, answer } of this.#taps) {
      const open = answer.phase === 'pending' || answer.phase === 'unknown';
      if (open && wish.kind === 'leave') names.add(wish.visitor);
    }
    return names;
  }

  /** Ends with the answer; what goes wrong is an answer too. */
  async tap(wish: Wish): Promise<Tap> {
    this.#last += 1;
    let tap: Tap = { number: this.#last, wish, answer: { phase: 'pending' } };
    this.#taps = [tap, ...this.#taps.slice(0, REMEMBERED - 1)];
    this.#changes.emit();
    tap = { ...tap, answer: await this.#ask(wish) };
    this.#replace(tap);
    return tap;
  }

  /** The outbox is empty: whatever was unknown is known now. */
  settle(): void {
    if (!this.#taps.some(({ answer }) => answer.phase === 'unknown')) return;
    this.#taps = this.#taps.map((tap) =>
      tap.answer.phase === 'unknown' ? { ...tap, answer: { phase: 'settled' } } : tap,
    );
    this.#changes.emit();
  }

  #replace(tap: Tap): void {
    this.#taps = this.#taps.map((other) => (other.number === tap.number ? tap : other));
    this.#changes.emit();
  }

  async #ask(wish: Wish): Promise<Tap['answer']> {
    try {
      const outcome = await this.#send(wish);
      const { index, visitor } = outcome;
      const common = { index, ...(visitor === undefined ? {} : { visitor }) };
      if (outcome.allowed) return { phase: 'done', ...common };
      const { reason } = outcome;
      return { phase: 'refused', ...common, ...(reason === undefined ? {} : { reason }) };
    } catch (error) {
      return failure(error);
    }
  }

  #send(wish: Wish): Promise<Outcome> {
    switch (wish.kind) {
      case 'enter':
        return this.#gatehouse.enter(wish.visitor);
      case 'leave':
        return this.#gatehouse.leave(wish.visitor);
      case 'capacity':
        return this.#gatehouse.setCapacity(wish.capacity);
    }
  }
}

function failure(error: unknown): Tap['answer'] {
  if (!(error instanceof GatehouseError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { phase: 'unknown', what: `Something in the program broke (${message})` };
  }
  const { what, then } = errorWords(error.code, error.message);
  return error.definite ? { phase: 'failed', what, then } : { phase: 'unknown', what };
}

/** What became of the last few taps before the newest, so that quick tapping hides nothing. '' when all went well. */
export function tellEarlier([, ...earlier]: readonly Tap[]): string {
  const phases = earlier.slice(0, EARLIER).map(({ answer }) => answer.phase);
  const told = (['refused', 'failed', 'unknown', 'pending'] as const).flatMap((phase) => {
    const number = phases.filter((other) => other === phase).length;
    return number === 0 ? [] : [`${number} ${EARLIER_WORDS[phase]}`];
  });
  return told.length === 0 ? '' : `Just before: ${told.join(', ')}`;
}

/** A tap in words: a headline that reads at a glance, and what else to know. */
export function tell({ wish, answer }: Tap): { headline: string; more: string } {
  const who = ('visitor' in answer ? answer.visitor : undefined) ?? wanted(wish);
  switch (answer.phase) {
    case 'pending':
      return { headline: `${doing(wish)} …`, more: '' };
    case 'done':
      return { headline: done(wish, who), more: `Log no. ${answer.index}` };
    case 'refused':
      return {
        headline: `Refused: ${refused(wish, answer.reason, who)}`,
        more: `Log no. ${answer.index}`,
      };
    case 'failed':
      return { headline: undone(wish), more: `${answer.what}. ${answer.then}` };
    case 'unknown':
      return {
        headline: `Not known yet: ${may(wish)}`,
        more: `${answer.what}. This gate is finding out; don't tap again for the same person.`,
      };
    case 'settled':
      return { headline: 'Found out', more: 'The count and the log show what happened.' };
  }
}

function wanted(wish: Wish): string | undefined {
  return wish.kind === 'capacity' ? undefined : wish.visitor;
}

function doing(wish: Wish): string {
  switch (wish.kind) {
    case 'enter':
      return `Letting ${wish.visitor ?? 'a visitor'} in`;
    case 'leave':
      return `Letting ${wish.visitor} out`;
    case 'capacity':
      return `Setting the capacity to ${wish.capacity}`;
  }
}

function done(wish: Wish, who = 'The visitor'): string {
  switch (wish.kind) {
    case 'enter':
      return `${who} is in`;
    case 'leave':
      return `${who} is out`;
    case 'capacity':
      return `The capacity is ${wish.capacity}`;
  }
}

function refused(wish: Wish, reason: Outcome['reason'], who: string | undefined): string {
  if (wish.kind === 'capacity' && reason === 'full') {
    return `more than ${wish.capacity} are inside`;
  }
  return refusalWords(reason, who);
}

function undone(wish: Wish): string {
  switch (wish.kind) {
    case 'enter':
      return 'Nobody was let in';
    case 'leave':
      return `${wish.visitor} was not let out`;
    case 'capacity':
      return 'The capacity is as it was';
  }
}

function may(wish: Wish): string {
  switch (wish.kind) {
    case 'enter':
      return `${wish.visitor ?? 'the visitor'} may be in`;
    case 'leave':
      return `${wish.visitor} may be out`;
    case 'capacity':
      return `the capacity may be ${wish.capacity}`;
  }
}

/** The visitors let in at one gate, the newest first, each once. */
export function lastLetIn(entries: readonly Entry[], node: string, most: number): Entry[] {
  const found: Entry[] = [];
  const names = new Set<string>();
  for (let at = entries.length - 1; at >= 0 && found.length < most; at -= 1) {
    const entry = entries[at];
    if (entry === undefined || entry.kind !== 'enter' || entry.allowed !== true) continue;
    if (entry.node !== node || entry.visitor === undefined || names.has(entry.visitor)) continue;
    names.add(entry.visitor);
    found.push(entry);
  }
  return found;
}

/**
 * Whom the button lets out: the selected visitor; else the one last let in at this gate; else the last on the list.
 * Never one who is leaving already, so that quick taps let several out.
 */
export function whoLeaves(choice: {
  readonly inside: ReadonlySet<string>;
  readonly leaving: ReadonlySet<string>;
  readonly selected: string | null;
  readonly recent: readonly Entry[];
}): { visitor: string; why: 'selected' | 'last-here' | 'last' } | null {
  const { inside, leaving, selected, recent } = choice;
  const free = (name: string): boolean => inside.has(name) && !leaving.has(name);
  if (selected !== null && free(selected)) return { visitor: selected, why: 'selected' };
  for (const { visitor } of recent) {
    if (visitor !== undefined && free(visitor)) return { visitor, why: 'last-here' };
  }
  const last = [...inside].filter(free).at(-1);
  return last === undefined ? null : { visitor: last, why: 'last' };
}
