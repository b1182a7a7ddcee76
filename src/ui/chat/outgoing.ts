import { GatehouseError, type Gatehouse, type Status } from '../../runtime/gatehouse.ts';
import { Emitter } from '../elements/emitter.ts';

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
    /** It was not said and won't be. */
    | { readonly phase: 'failed'; readonly why: string };
}

export interface Speaker {
  readonly chat: Pick<Gatehouse['chat'], 'say' | 'tell'>;
  status(): Pick<Status, 'quorum' | 'pending'>;
  subscribe(listener: () => void): () => void;
}

/**
 * Messages on their way, one after the other, so that they stand in the order in which they were written. One that could
 * not go out for want of a leader or a quorum was not said (rule O3): it waits here and is tried again, never lost.
 */
export class OutgoingMessages {
  readonly #speaker: Speaker;
  readonly #changes = new Emitter();
  #messages: readonly Outgoing[] = [];
  #last = 0;
  #busy = false;

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

  send(to: Address, text: string): void {
    this.#last += 1;
    this.#become([
      ...this.#messages,
      { number: this.#last, to, text, state: { phase: 'waiting' } },
    ]);
    void this.#work();
  }

  /** Takes a message away that was not said; gives its text back. */
  takeBack(number: number): string {
    const message = this.#messages.find((one) => one.number === number);
    if (message?.state.phase !== 'failed') return '';
    this.#remove(number);
    return message.text;
  }

  #follow(): void {
    const { quorum, pending } = this.#speaker.status();
    if (!quorum) return;
    // The outbox is empty: what became of them stands in the history.
    const isSettled = ({ state }: Outgoing): boolean => state.phase === 'unknown' && pending === 0;
    if (this.#messages.some(isSettled)) {
      this.#become(this.#messages.filter((message) => !isSettled(message)));
    }
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (;;) {
        const next = this.#messages.find(({ state }) => state.phase === 'waiting');
        if (!next) return;
        this.#mark(next.number, { phase: 'sending' });
        const state = await this.#try(next);
        if (state === null) this.#remove(next.number);
        else this.#mark(next.number, state);
        // It is tried again when there is a leader.
        if (state?.phase === 'waiting' && !this.#speaker.status().quorum) return;
      }
    } finally {
      this.#busy = false;
    }
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
    this.#become(this.#messages.filter((one) => one.number !== number));
  }

  #become(messages: readonly Outgoing[]): void {
    this.#messages = messages;
    this.#changes.emit();
  }
}
