import {
  GatehouseError,
  type Entry,
  type Gatehouse,
  type Outcome,
  type Status,
} from '../../runtime/gatehouse.ts';
import { typedName } from '../../runtime/typed-name.ts';
import { visitorTag } from '../../runtime/visitor-tag.ts';
import { Emitter } from '../elements/emitter.ts';
import { errorWords, refusalWords } from '../words.ts';

export type Wish =
  | { readonly kind: 'enter'; readonly visitor: string }
  | { readonly kind: 'leave'; readonly visitor: string }
  | { readonly kind: 'capacity'; readonly capacity: number };

/** What a tap asks for. A visitor without a name gets one here, so that the page can tell it whatever comes of the tap. */
type Asked =
  Exclude<Wish, { kind: 'enter' }> | { readonly kind: 'enter'; readonly visitor?: string };

/** A tap on this gate's screen, and what came of it. */
export interface Tap {
  /** Counts this page's taps from 1. */
  readonly number: number;
  readonly wish: Wish;
  /** Where the log ended for this gate then: what comes of the tap stands behind it. */
  readonly since: number;
  /** The generation of that log. */
  readonly generation: string;
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
    /** The outbox has nothing to find out any more, and no answer stands in the log, as far as it is known here. */
    | { readonly phase: 'unanswered'; readonly isOtherLog: boolean };
}

const REMEMBERED = 20;

/** How many taps before the newest are told of. */
const EARLIER = 4;
const EARLIER_WORDS = {
  refused: 'refused',
  failed: 'not done',
  unknown: 'not known yet',
  unanswered: 'not answered',
  pending: 'waiting',
} as const;

export interface Counter extends Pick<Gatehouse, 'enter' | 'leave' | 'setCapacity'> {
  status(): Pick<Status, 'id' | 'commitIndex' | 'generation'>;
}

/** Sends what people tap to the network, and remembers the answers. */
export class Desk {
  readonly #gatehouse: Counter;
  readonly #changes = new Emitter();
  #taps: readonly Tap[] = [];
  #last = 0;

  constructor(gatehouse: Counter) {
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
  async tap(asked: Asked): Promise<Tap> {
    this.#last += 1;
    const wish = named(asked);
    const { commitIndex: since, generation } = this.#gatehouse.status();
    const number = this.#last;
    let tap: Tap = { number, wish, since, generation, answer: { phase: 'pending' } };
    this.#taps = [tap, ...this.#taps.slice(0, REMEMBERED - 1)];
    this.#changes.emit();
    tap = { ...tap, answer: await this.#ask(wish) };
    this.#replace(tap);
    return tap;
  }

  /**
   * The outbox is empty, and `entries` are the log as far as this gate knows it. That does not mean that everything in the
   * outbox has happened: it is also emptied when this gate gives way to another log. So the log tells what became of what
   * was unknown. It may still bring more, so whatever it has no answer for is looked for again.
   */
  settle(entries: readonly Entry[]): void {
    if (!this.#taps.some(isOpen)) return;
    const { id, generation } = this.#gatehouse.status();
    const claimed = new Set(this.#taps.map(({ answer }) => ('index' in answer ? answer.index : 0)));
    const settled = [...this.#taps].reverse().map((tap): Tap => {
      if (!isOpen(tap)) return tap;
      const entry = answerIn(entries, tap, id, claimed);
      if (entry !== undefined) {
        claimed.add(entry.index);
        return { ...tap, answer: answerOf(entry) };
      }
      const isOtherLog = tap.generation !== '' && tap.generation !== generation;
      if (tap.answer.phase === 'unanswered' && tap.answer.isOtherLog === isOtherLog) return tap;
      return { ...tap, answer: { phase: 'unanswered', isOtherLog } };
    });
    const taps = settled.reverse();
    if (taps.every((tap, at) => tap === this.#taps[at])) return;
    this.#taps = taps;
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

function named(asked: Asked): Wish {
  if (asked.kind === 'capacity') return asked;
  const { kind, visitor = `Visitor ${visitorTag()}` } = asked;
  return { kind, visitor };
}

/** Nobody knows yet what came of it. */
function isOpen({ answer }: Tap): boolean {
  return answer.phase === 'unknown' || answer.phase === 'unanswered';
}

/** The first entry that answers a tap at gate `node`, and is not the answer to another one. */
function answerIn(
  entries: readonly Entry[],
  { wish, since }: Tap,
  node: string,
  claimed: ReadonlySet<number>,
): Entry | undefined {
  const isAnswer = (entry: Entry): boolean =>
    entry.node === node &&
    entry.kind === wish.kind &&
    !claimed.has(entry.index) &&
    (wish.kind === 'capacity'
      ? entry.capacity === wish.capacity
      : entry.visitor === typedName(wish.visitor) && entry.ownTab !== true);
  // The log may be long, and what is looked for stands near its end.
  const begin = entries.findLastIndex(({ index }) => index <= since) + 1;
  return entries.slice(begin).find(isAnswer);
}

function answerOf({ index, allowed, reason }: Entry): Tap['answer'] {
  if (allowed === true) return { phase: 'done', index };
  const why = REASONS.find((known) => known === reason);
  return { phase: 'refused', index, ...(why === undefined ? {} : { reason: why }) };
}

const REASONS = ['full', 'already-inside', 'not-inside'] as const;

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
  const told = (['refused', 'failed', 'unknown', 'unanswered', 'pending'] as const).flatMap(
    (phase) => {
      const number = phases.filter((other) => other === phase).length;
      return number === 0 ? [] : [`${number} ${EARLIER_WORDS[phase]}`];
    },
  );
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
    case 'unanswered':
      return {
        headline: `No answer came: ${may(wish)}`,
        more: `${
          answer.isOtherLog
            ? 'This gate follows another log now, and it does not stand there.'
            : 'It does not stand in the log as this gate has it.'
        } Look before you tap again.`,
      };
  }
}

function wanted(wish: Wish): string | undefined {
  return wish.kind === 'capacity' ? undefined : wish.visitor;
}

function doing(wish: Wish): string {
  switch (wish.kind) {
    case 'enter':
      return `Letting ${wish.visitor} in`;
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
      return `${wish.visitor} may be in`;
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
