/**
 * Messages on their way to a channel, in the order in which they were sent. A long one is deflated first: entries repeat
 * the same words, and what a channel carries costs more than to deflate it. That takes a moment, so that what is sent
 * meanwhile waits behind it.
 */
import { deflate, type Bytes } from './deflate.ts';
import { encodeText, framesOf, type Form } from './framing.ts';
import { MAX_WAITING_BYTES, type SendQueue } from './send-queue.ts';

/** From this on a message is deflated. */
const DEFLATE_BYTES = 4 * 1024;

interface Packed {
  readonly bytes: Bytes;
  readonly form: Form;
}

/** Why nothing more goes out. */
export type Failure = 'too-far-behind' | 'closed';
export type OutboundResult = 'taken' | 'too-large' | Failure;

export class Outbound {
  readonly #queue: SendQueue;
  readonly #failed: (why: Failure) => void;
  /** In order; the first is being deflated, when there is one. */
  #held: Bytes[] = [];
  #heldBytes = 0;
  #nextNumber = 0;

  /** `failed` is told when what was taken can't be sent after all. */
  constructor(queue: SendQueue, failed: (why: Failure) => void) {
    this.#queue = queue;
    this.#failed = failed;
  }

  push(text: string): OutboundResult {
    const bytes = encodeText(text);
    if (bytes === undefined) return 'too-large';
    if (this.#held.length === 0 && bytes.length < DEFLATE_BYTES) {
      return this.#trySend({ bytes, form: 'text' });
    }
    if (this.#heldBytes + this.#queue.waiting + bytes.length > MAX_WAITING_BYTES) {
      return 'too-far-behind';
    }
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#held.length === 1) void this.#work();
    return 'taken';
  }

  /** Sends everything as it is, at once: the channel is about to be closed. Throws what the channel throws. */
  flush(): void {
    for (const bytes of this.#takeHeld()) this.#send({ bytes, form: 'text' });
    this.#queue.flush();
  }

  async #work(): Promise<void> {
    for (let [bytes] = this.#held; bytes !== undefined; [bytes] = this.#held) {
      const packed = await pack(bytes);
      // Flushed, meanwhile.
      if (this.#held[0] !== bytes) return;
      this.#held.shift();
      this.#heldBytes -= bytes.length;
      const result = this.#trySend(packed);
      if (result === 'taken') continue;
      this.#takeHeld();
      this.#failed(result);
      return;
    }
  }

  #trySend(packed: Packed): 'taken' | Failure {
    try {
      return this.#send(packed) ? 'taken' : 'too-far-behind';
    } catch {
      return 'closed';
    }
  }

  /** False when there is no room. Throws what the channel throws. */
  #send({ bytes, form }: Packed): boolean {
    this.#nextNumber = (this.#nextNumber + 1) >>> 0;
    return this.#queue.push(framesOf(bytes, form, this.#nextNumber));
  }

  #takeHeld(): Bytes[] {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    return held;
  }
}

async function pack(bytes: Bytes): Promise<Packed> {
  if (bytes.length < DEFLATE_BYTES) return { bytes, form: 'text' };
  // No text is so varied that it would not get shorter: UTF-8 leaves a sixth of its bits unused at the least.
  return { bytes: await deflate(bytes), form: 'deflated' };
}
