/** Peer: entries pushed one by one into an array that all pages share over y-webrtc. Nothing is durable. */
import { address } from '../lib/watched.ts';
import { openYRoom } from '../lib/y-room.ts';

declare global {
  interface Window {
    pushes?: {
      /** Pushes for so long; resolves to how many were pushed here. */
      push(forMs: number): Promise<number>;
      /** Resolves when the array has so many, to when that was, ms since 1970. */
      arrived(count: number): Promise<number>;
    };
  }
}

/** So many pushes, and then whatever else there is to do. */
const AT_ONCE = 32;

const array = openYRoom(address.signaling, address.room).getArray('visitors');

/** A turn of the event loop, without the delay of a timer. */
function turn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => resolve();
    port2.postMessage(null);
  });
}

window.pushes = {
  async push(forMs) {
    const until = performance.now() + forMs;
    let count = 0;
    while (performance.now() < until) {
      for (let i = 0; i < AT_ONCE; i++) array.push([`Visitor ${address.id}-${count++}`]);
      await turn();
    }
    return count;
  },
  arrived: (count) =>
    new Promise((resolve) => {
      const look = (): void => {
        if (array.length >= count) resolve(Date.now());
      };
      array.observe(look);
      look();
    }),
};
