/** Floor of the catch-up: bytes over a raw data channel, in frames of 16 KiB, of which only a few wait at a time. */
import { readAddress, wallClock } from './lib/joined.ts';
import { joinRawMesh } from './lib/raw-mesh.ts';

declare global {
  interface Window {
    bytes?: {
      /** To the only other page; resolves to when it began, ms since 1970. */
      send(count: number): Promise<number>;
      /** Resolves when so many have come, to when that was. */
      receive(count: number): Promise<number>;
    };
  }
}

const FRAME = 16 * 1024;
const WAITING = 256 * 1024;

joinRawMesh(readAddress(), (_peer, channel) => {
  channel.binaryType = 'arraybuffer';
  channel.bufferedAmountLowThreshold = WAITING / 2;
  // From the beginning: what comes while nobody listens is lost.
  let received = 0;
  let look: () => void = () => undefined;
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    received += data.byteLength;
    look();
  };
  window.bytes = {
    async send(count) {
      const began = wallClock();
      const frame = new Uint8Array(FRAME);
      for (let sent = 0; sent < count; sent += FRAME) {
        if (channel.bufferedAmount > WAITING) await low(channel);
        channel.send(frame);
      }
      return began;
    },
    receive: (count) =>
      new Promise((resolve) => {
        look = () => {
          if (received >= count) resolve(wallClock());
        };
      }),
  };
});

function low(channel: RTCDataChannel): Promise<void> {
  return new Promise((resolve) => {
    channel.onbufferedamountlow = () => resolve();
  });
}
