import type { Random } from '../../sim/random.ts';
import { decodeWebRtcSignal } from '../../transport/webrtc-signal.ts';
import { decodeWire } from '../../transport/wire.ts';
import { mutateJson } from '../mutate.ts';
import type { Target } from '../target.ts';
import { asParsed, mustComeBack } from './decode.ts';

const SDP = `v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel
a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 AA:BB\r\na=setup:actpass\r\n`;
export const PAYLOADS: readonly unknown[] = [
  { type: 'offer', sdp: SDP.replace(/([^\r])\n/g, '$1\r\n') },
  { type: 'answer', sdp: SDP.replace(/([^\r])\n/g, '$1\r\n') },
  { type: 'candidate', candidate: 'candidate:1 1 udp 2113937151 a.local 51234 typ host' },
];
export const PEERS = ['aaaa', 'bbbb', 'mmmm', 'yyyy', 'zzzz'];

export function link(random: Random): unknown {
  const session = random.int(0, 9);
  const incarnation = random.int(0, 3);
  const payload = random.pick(PAYLOADS);
  return random.pick<unknown>([
    { type: 'offer', session, incarnation, payload },
    { type: 'more', session, incarnation, payload },
    { type: 'ask', session, incarnation },
    { type: 'stale', session, incarnation },
  ]);
}

export function wire(random: Random): unknown {
  const [source, target] = [random.pick(PEERS), random.pick(PEERS)];
  const origin = random.chance(0.7) ? source : random.name(8);
  const neighbours = PEERS.filter((id) => id !== origin && random.chance(0.5));
  return random.pick<unknown>([
    { kind: 'data', source, target, hops: random.int(0, 65), body: { any: ['thing', 1] } },
    { kind: 'signal', source, target, hops: 0, signal: link(random) },
    { kind: 'neighbours', adverts: [{ origin, sequence: random.int(0, 99), neighbours }] },
    { kind: 'bye' },
    { kind: 'need', needed: random.chance(0.3) },
    { kind: 'part' },
  ]);
}

export function mutant(good: unknown, random: Random): unknown {
  return asParsed(random.chance(0.7) ? mutateJson(good, random) : good);
}

export const wires: Target = {
  name: 'wire',
  about: 'what travels on a link around the messages: routing, relayed signals, goodbyes',
  open: () => ({
    shoot: (random) => {
      const value = mutant(wire(random), random);
      const decoded = decodeWire(value);
      if (decoded.ok) mustComeBack(value, decoded.message);
      const signal = mutant(random.pick(PAYLOADS), random);
      const signaled = decodeWebRtcSignal(signal);
      if (signaled.ok) mustComeBack(signal, signaled.signal);
      return decoded.ok || signaled.ok ? 'accepted' : 'refused';
    },
    sizes: null,
  }),
};
