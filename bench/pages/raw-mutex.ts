/** Floor of the mutex: the page with the id `leader` keeps a queue in memory; a message asks, a message grants, a message releases. */
import { readAddress } from './lib/joined.ts';
import type {} from './lib/locker.ts';
import { joinRawMesh } from './lib/raw-mesh.ts';

const LEADER = 'leader';

type Message = 'lock' | 'granted' | 'release';

const address = readAddress();
const channels = new Map<string, RTCDataChannel>();
/** At the leader: who holds it, then who waits for it. */
const queue: string[] = [];
let granted: () => void = () => undefined;

function send(to: string, message: Message): void {
  if (to === address.id) receive(to, message);
  else channels.get(to)?.send(message);
}

function receive(from: string, message: Message): void {
  switch (message) {
    case 'lock':
      queue.push(from);
      if (queue.length === 1) send(from, 'granted');
      return;
    case 'release':
      queue.shift();
      if (queue[0] !== undefined) send(queue[0], 'granted');
      return;
    case 'granted':
      granted();
      return;
  }
}

window.locker = {
  lock: () =>
    new Promise((resolve) => {
      granted = () => {
        resolve(() => send(LEADER, 'release'));
      };
      send(LEADER, 'lock');
    }),
};

joinRawMesh(address, (peer, channel) => {
  channels.set(peer, channel);
  channel.onmessage = ({ data }) => {
    // Only our own pages are in this room.
    receive(peer, data as Message);
  };
});
