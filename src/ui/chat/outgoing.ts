import { GatehouseError, type Gatehouse, type Status } from '../../runtime/gatehouse.ts';
import { Emitter } from '../elements/emitter.ts';

/** How long an operation that is decided may take to be seen here, ms: its entry is still on its way, or being opened. */
export const GRACE_MS = 3000;

/** Where a message goes: to a room, or to one user. */
export interface Address {
  readonly kind: 'room' | 'user';
  readonly name: string;
}

/** A message from here that is not in the history yet. */
export interface Outgoing {
  /** Counts this page's messages from 1. */
  readonly number: number;
  readonly to: Address;
  readonly text: string;
  readonly state:
    /** It has not gone out: another one is before it, or there is no leader. */
    | { readonly phase: 'waiting' }
    | { readonly phase: 'sending' }
    /** It stands in this gate's outbox, on its disk, and goes on from there by itself. */
    | { readonly phase: 'unknown' }
    /** The outbox is done with it, and the history has it not: it was refused, or its log was set aside. */
    | { readonly phase: 'missing' }
    /** It was not said and won't be. */
    | { readonly phase: 'failed'; readonly why: string };
}

export interface Speaker {
  readonly chat: Pick<Gatehouse['chat'], 'say' | 'tell' | 'history' | 'records'>;
  status(): Pick<Status, 'id' | 'quorum' | 'pending'>;
  subscribe(listener: () => void): () => void;
}

/**
 * Messages on their way, one after the other, so that they stand in the order in which they were written. One that could
 * not go out for want of a leader or a quorum was not said (rule O3): it waits here and is tried again, as long as the page
 * is open.
 */
export class OutgoingMessages {
  readonly #speaker: Speaker;
  readonly #changes = new Emitter();
  #messages: readonly Outgoing[] = [];
  #last = 0;
  #busy = false;
  /** Where the history of its place ended when each message was sent. */
  readonly #sentAfter = new Map<number, number>();
  /** The entries that are known to be one of these messages: two may have the same text. */
  readonly #claimed = new Set<number>();
  #grace: ReturnType<typeof setTimeout> | undefined;

  constructor(speaker: Speaker) {
    this.#speaker = speaker;
    speaker.subscribe(() => this.#follow());
  }

  get messages(): readonly Outgoing[] {
    return this.#messages;
  }

  subscribe(listener: () => void): () => void {
    return this.#changes.subscribe(listener);
  }

  /** What stands nowhere but in this page's memory. */
  get unsaved(): number {
    const phases = this.#messages.map(({ state }) => state.phase);
    return phases.filter((phase) => phase === 'waiting' || phase === 'sending').length;
  }

  send(to: Address, text: string): void {
    this.#last += 1;
    this.#become([
      ...this.#messages,
      { number: this.#last, to, text, state: { phase: 'waiting' } },
    ]);
    void this.#work();
  }

  /** Takes a message away that was not said; gives it back. */
  takeBack(number: number): Outgoing | null {
    const message = this.#messages.find((one) => one.number === number);
    const phase = message?.state.phase;
    if (!message || (phase !== 'failed' && phase !== 'missing')) return null;
    this.#remove(number);
    return message;
  }

  #follow(): void {
    const { quorum } = this.#speaker.status();
    if (!quorum) return;
    this.#settle();
    void this.#work();
  }

  /** What was not known stands in the history; or the outbox is empty, and it does not come. */
  #settle(): void {
    const open = this.#messages.filter(
      ({ state: { phase } }) => phase === 'unknown' || phase === 'missing',
    );
    for (const message of open) if (this.#claim(message)) this.#remove(message.number);
    const awaits = this.#messages.some(({ state }) => state.phase === 'unknown');
    if (awaits && this.#isDecided) this.#grace ??= setTimeout(() => this.#giveUp(), GRACE_MS);
    else this.#endGrace();
  }

  #giveUp(): void {
    this.#endGrace();
    if (!this.#isDecided) return;
    for (const { number, state } of this.#messages) {
      if (state.phase === 'unknown') this.#mark(number, { phase: 'missing' });
    }
  }

  #endGrace(): void {
    clearTimeout(this.#grace);
    this.#grace = undefined;
  }

  /** A crashed node counts nothing as pending, but its outbox is still on its disk. */
  get #isDecided(): boolean {
    const { quorum, pending } = this.#speaker.status();
    return quorum && pending === 0;
  }

  /** Finds the entry of a message; true when it is there. */
  #claim({ number, to, text }: Outgoing): boolean {
    const { chat } = this.#speaker;
    const { id } = this.#speaker.status();
    const after = this.#sentAfter.get(number) ?? 0;
    const records = chat.records(to.name);
    for (const [at, message] of chat.history(to.name).entries()) {
      const { index = 0, from } = records[at] ?? {};
      const isOurs = index > after && from === id && message.text === text;
      if (!isOurs || this.#claimed.has(index)) continue;
      this.#claimed.add(index);
      return true;
    }
    return false;
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (;;) {
        const next = this.#messages.find(({ state }) => state.phase === 'waiting');
        if (!next) return;
        this.#mark(next.number, { phase: 'sending' });
        const before = this.#speaker.chat.records(next.to.name);
        this.#sentAfter.set(
          next.number,
          before.reduce((last, { index }) => Math.max(last, index), 0),
        );
        const state = await this.#try(next);
        this.#answered(next, state);
        // It is tried again when there is a leader.
        if (state?.phase === 'waiting' && !this.#speaker.status().quorum) return;
      }
    } finally {
      this.#busy = false;
    }
  }

  #answered(message: Outgoing, state: Outgoing['state'] | null): void {
    if (state === null) {
      this.#claim(message);
      this.#remove(message.number);
      return;
    }
    this.#mark(message.number, state);
    if (state.phase !== 'unknown') return;
    // It has its whole time from now on.
    this.#endGrace();
    this.#settle();
  }

  /** Null: it was said, and stands in the history. */
  async #try({ to, text }: Outgoing): Promise<Outgoing['state'] | null> {
    const { chat } = this.#speaker;
    try {
      await (to.kind === 'room' ? chat.say(to.name, text) : chat.tell(to.name, text));
      return null;
    } catch (error) {
      if (!(error instanceof GatehouseError)) return { phase: 'failed', why: String(error) };
      if (!error.definite) return { phase: 'unknown' };
      const mayComeBack = error.code === 'no-quorum' || error.code === 'crashed';
      return mayComeBack ? { phase: 'waiting' } : { phase: 'failed', why: error.message };
    }
  }

  #mark(number: number, state: Outgoing['state']): void {
    this.#become(this.#messages.map((one) => (one.number === number ? { ...one, state } : one)));
  }

  #remove(number: number): void {
    this.#sentAfter.delete(number);
    this.#become(this.#messages.filter((one) => one.number !== number));
    if (this.#messages.length === 0) this.#claimed.clear();
  }

  #become(messages: readonly Outgoing[]): void {
    this.#messages = messages;
    this.#changes.emit();
  }
}
