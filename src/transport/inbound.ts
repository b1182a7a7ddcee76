/**
 * Messages as they come out of a channel, in its order: one that is deflated takes a moment to inflate, and what comes
 * meanwhile waits behind it.
 */
import { inflate, type Bytes } from './deflate.ts';
import { decodeText, MAX_MESSAGE_BYTES, NO_UTF8, TOO_LARGE, type FrameResult } from './framing.ts';
import { MAX_WAITING_BYTES } from './send-queue.ts';

export interface InboundEvents {
  message(text: string): void;
  /** A message is lost. */
  refused(reason: string): void;
}

type Arrival = Exclude<FrameResult, { kind: 'partial' }>;
type Unpacked = Exclude<Arrival, { kind: 'deflated' }>;

export class Inbound {
  readonly #events: InboundEvents;
  /** In order; the first is being inflated, when there is one. */
  #waiting: Arrival[] = [];
  #waitingBytes = 0;
  #ended: (() => void) | undefined;

  constructor(events: InboundEvents) {
    this.#events = events;
  }

  /** How much waits here, bytes by and large. */
  get waiting(): number {
    return this.#waitingBytes;
  }

  /**
   * Why it can't be taken, and the link must end; null when it is taken. The sender sends faster what takes long to inflate
   * than that is done, and no more than so much waits here.
   */
  push(arrival: Arrival): string | null {
    if (this.#waiting.length === 0 && arrival.kind !== 'deflated') {
      this.#deliver(arrival);
      return null;
    }
    const bytes = sizeOf(arrival);
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) return 'link: more than can be inflated';
    this.#waitingBytes += bytes;
    this.#waiting.push(arrival);
    if (this.#waiting.length === 1) void this.#work();
    return null;
  }

  /** Nothing more comes: `ended` is called when all that came is told. */
  end(ended: () => void): void {
    if (this.#waiting.length === 0) ended();
    else this.#ended = ended;
  }

  async #work(): Promise<void> {
    for (let [arrival] = this.#waiting; arrival !== undefined; [arrival] = this.#waiting) {
      const result = arrival.kind === 'deflated' ? await unpack(arrival.bytes) : arrival;
      this.#waiting.shift();
      this.#waitingBytes -= sizeOf(arrival);
      this.#deliver(result);
    }
    this.#ended?.();
  }

  #deliver(result: Unpacked): void {
    if (result.kind === 'message') this.#events.message(result.text);
    else this.#events.refused(result.reason);
  }
}

async function unpack(bytes: Bytes): Promise<Unpacked> {
  const inflated = await inflate(bytes, MAX_MESSAGE_BYTES);
  switch (inflated.kind) {
    case 'inflated': {
      const text = decodeText(inflated.bytes);
      return text === undefined ? { kind: 'refused', reason: NO_UTF8 } : { kind: 'message', text };
    }
    case 'too-large':
      return { kind: 'refused', reason: TOO_LARGE };
    case 'broken':
      return { kind: 'refused', reason: 'frame: not deflated' };
  }
}

/** What it takes while it waits, by and large. */
function sizeOf(arrival: Arrival): number {
  switch (arrival.kind) {
    case 'message':
      return arrival.text.length;
    case 'deflated':
      return arrival.bytes.length;
    case 'refused':
      return arrival.reason.length;
  }
}
