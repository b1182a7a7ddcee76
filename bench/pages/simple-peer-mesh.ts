/**
 * Floor: a bare simple-peer mesh. With `probe` in the address, a follower sends the leader (the page with the id
 * `leader`) a probe each second, and gets an answer.
 */
import SimplePeer from 'simple-peer';
import { Progress, readAddress } from './lib/joined.ts';
import { connectSignaling } from './lib/signaling.ts';

const LEADER = 'leader';
const PROBE_MS = 1000;

const { signaling, room, id, others } = readAddress();
const isProbing = new URLSearchParams(location.search).has('probe');
const progress = new Progress(others);
const peers = new Map<string, SimplePeer.Instance>();

function linkTo(id: string, initiator: boolean): SimplePeer.Instance {
  const peer = new SimplePeer({ initiator, trickle: true, config: { iceServers: [] } });
  peers.set(id, peer);
  peer.on('signal', (signal) => send(id, signal));
  peer.on('connect', () => {
    progress.linked(id);
    if (isProbing && id === LEADER) setInterval(() => peer.send('probe'), PROBE_MS);
  });
  peer.on('data', () => {
    if (isProbing && id !== LEADER) peer.send('here');
  });
  return peer;
}

const send = connectSignaling(signaling, room, id, {
  listed: (ids) => {
    progress.listed();
    for (const other of ids) linkTo(other, true);
  },
  signal: (from, signal) => {
    // Only our own pages are in this room.
    (peers.get(from) ?? linkTo(from, false)).signal(signal as SimplePeer.SignalData);
  },
});
