import { decode } from '../core/decode.ts';
import type { Decoder } from '../core/decoder.ts';

/** What the tabs of one browser say to each other, beside the network. */
export class TabChannel<T> {
  readonly #channel: BroadcastChannel;

  /** @param heard called with what another tab said */
  constructor(name: string, decoder: Decoder<T>, heard: (message: T) => void) {
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      const decoded = decode(decoder, data);
      // Of a tab with another version of the page: it may say what this one does not know.
      if (decoded.ok) heard(decoded.value);
    };
  }

  say(message: T): void {
    this.#channel.postMessage(message);
  }

  close(): void {
    this.#channel.close();
  }
}
