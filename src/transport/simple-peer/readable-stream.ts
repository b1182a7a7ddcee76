/**
 * What simple-peer takes from `readable-stream`, and no more: a Duplex that gives events. Of the package itself, written for
 * Node, nine tenths would be streams' ways that no link of ours goes: `webrtc.ts` sends by `send()`, past the stream, and
 * takes every chunk as it comes, so nothing is ever written, buffered or held back here.
 *
 * Kept as they are there: `data` is told within `push()`; `finish` within `end()`, once; an `error` that nobody listens
 * for is thrown. Left out: `write()`, `pipe()` and the like, and the event `end` (simple-peer's `close` says as much).
 */

type Listener = (...args: never[]) => void;

interface Subscription {
  readonly listener: Listener;
  readonly once: boolean;
}

class Emitter {
  readonly #subscriptions = new Map<string, readonly Subscription[]>();

  on(event: string, listener: Listener): this {
    return this.#add(event, { listener, once: false });
  }

  once(event: string, listener: Listener): this {
    return this.#add(event, { listener, once: true });
  }

  removeListener(event: string, listener: Listener): this {
    const others = this.#listening(event).filter((one) => one.listener !== listener);
    this.#subscriptions.set(event, others);
    return this;
  }

  /** Tells who listens now; who comes or goes meanwhile changes nothing. Returns whether anybody did. */
  emit(event: string, ...args: unknown[]): boolean {
    const listening = this.#listening(event);
    if (listening.length === 0 && event === 'error') throw args[0];
    for (const { listener, once } of listening) {
      if (once) this.removeListener(event, listener);
      listener.apply(this, args as never[]);
    }
    return listening.length > 0;
  }

  #listening(event: string): readonly Subscription[] {
    return this.#subscriptions.get(event) ?? [];
  }

  #add(event: string, subscription: Subscription): this {
    this.#subscriptions.set(event, [...this.#listening(event), subscription]);
    return this;
  }
}

export class Duplex extends Emitter {
  // simple-peer looks into these two before it ends the stream.
  readonly _readableState = { ended: false };
  readonly _writableState = { finished: false };

  /** Null: there is no more. Returns whether more is wanted, as it always is. */
  push(chunk: unknown): boolean {
    if (this._readableState.ended) return false;
    if (chunk === null) this._readableState.ended = true;
    else this.emit('data', chunk);
    return true;
  }

  end(): this {
    if (this._writableState.finished) return this;
    this._writableState.finished = true;
    this.emit('finish');
    return this;
  }
}
