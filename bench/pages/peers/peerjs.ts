/** Peer: PeerJS, which has no rooms. The ids of a room are numbered, and who comes later calls all who came before. */
import { address } from '../lib/watched.ts';
import { Peer } from 'peerjs';

const nameOf = (number: number): string => `${address.room}-${number}`;
const { hostname, port } = new URL(address.signaling);
const own = Number(address.id);
const peer = new Peer(nameOf(own), {
  host: hostname,
  port: Number(port),
  path: '/',
  config: { iceServers: [] },
});
peer.on('open', () => {
  for (let other = 0; other < own; other++) peer.connect(nameOf(other));
});
