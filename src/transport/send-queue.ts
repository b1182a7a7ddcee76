/** Backpressure: hands frames to a channel only as fast as it sends them, and holds the rest, within bounds. */

/** Above so many bytes in the channel's own buffer, frames wait here. */
export const HIGH_WATER_BYTES = 64 * 1024;
/** When the channel's buffer falls to this, it is filled again. */
export const LOW_WATER_BYTES = 16 * 1024;
/** The most that waits here. A peer that is further behind is as good as gone. */
export const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** So many frames that are sent are let go at once. */
const COMPACT_FRAMES = 512;

/** What is needed of a channel. */
export interface FrameChannel {
  readonly bufferedAmount: number;
  send(frame: Uint8Array): void;
}

export class SendQueue {
  readonly #channel: FrameChannel;
  #frames: Uint8Array[] = [];
  /** How many of `#frames` are sent. */
  #sent = 0;
  #waiting = 0;

  constructor(channel: FrameChannel) {
    this.#channel = channel;
  }

  /** Bytes that wait here. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Frames that are held, sent or not. */
  get held(): number {
    return this.#frames.length;
  }

  /** False when there is no room; nothing is queued then. Throws what the channel throws. */
  push(frames: readonly Uint8Array[]): boolean {
    const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
    if (this.#waiting + bytes > MAX_WAITING_BYTES) return false;
    this.#waiting += bytes;
    this.#frames.push(...frames);
    this.drain();
    return true;
  }

  /** Sends what the channel has room for. To be called when its buffer is low. */
  drain(): void {
    while (this.#waiting > 0 && this.#channel.bufferedAmount <= HIGH_WATER_BYTES) this.#sendNext();
    // Not after every frame: what is left would be moved each time.
    if (this.#waiting > 0 && this.#sent < COMPACT_FRAMES) return;
    this.#frames.splice(0, this.#sent);
    this.#sent = 0;
  }

  /** Sends everything, whether there is room or not: the channel is about to be closed. */
  flush(): void {
    while (this.#waiting > 0) this.#sendNext();
  }

  #sendNext(): void {
    const frame = this.#frames[this.#sent];
    if (frame === undefined) return;
    this.#channel.send(frame);
    this.#sent++;
    this.#waiting -= frame.length;
  }
}
