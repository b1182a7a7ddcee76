import type { Identity, NodeId } from '../../core/identity.ts';
import type { Random } from '../../sim/random.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';
import type { ConnectionEvents, Coordinator, CoordinatorEvents } from '../../transport/links.ts';
import { LinkSessions } from '../../transport/link-sessions.ts';
import { MAX_LINKS } from '../../transport/link-slots.ts';
import { RoutedTransport } from '../../transport/routed-transport.ts';
import { decodeWebRtcSignal } from '../../transport/webrtc-signal.ts';
import { decodeWire } from '../../transport/wire.ts';
import { mutateJson } from '../mutate.ts';
import { pass } from '../samples.ts';
import { must, type Target } from '../target.ts';
import { asParsed, mustComeBack } from './decode.ts';

const SDP = `v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel
a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 AA:BB\r\na=setup:actpass\r\n`;
const PAYLOADS: readonly unknown[] = [
  { type: 'offer', sdp: SDP.replace(/([^\r])\n/g, '$1\r\n') },
  { type: 'answer', sdp: SDP.replace(/([^\r])\n/g, '$1\r\n') },
  { type: 'candidate', candidate: 'candidate:1 1 udp 2113937151 a.local 51234 typ host' },
];
const PEERS = ['aaaa', 'bbbb', 'mmmm', 'yyyy', 'zzzz'];
const SELF = 'mmmm';

function link(random: Random): unknown {
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

function wire(random: Random): unknown {
  const [source, target] = [random.pick(PEERS), random.pick(PEERS)];
  const neighbours = PEERS.filter((id) => id !== source && random.chance(0.5));
  return random.pick<unknown>([
    { kind: 'data', source, target, hops: random.int(0, 65), body: { any: ['thing', 1] } },
    { kind: 'signal', source, target, hops: 0, signal: link(random) },
    { kind: 'neighbours', adverts: [{ origin: source, sequence: random.int(0, 99), neighbours }] },
    { kind: 'bye' },
    { kind: 'need', needed: random.chance(0.3) },
    { kind: 'part' },
  ]);
}

function some(random: Random): NodeId[] {
  return PEERS.filter(() => random.chance(0.4));
}

function mutant(good: unknown, random: Random): unknown {
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
    sizes: () => [],
  }),
};

/** Where the coordinator's voice comes in. */
class Voice implements Coordinator {
  events: CoordinatorEvents | null = null;
  start(_self: Identity, events: CoordinatorEvents): void {
    this.events = events;
  }
  signal(): boolean {
    return true;
  }
  list(): void {
    // Whoever asks gets no answer: only what the fuzzer says comes in.
  }
  close(): void {
    this.events = null;
  }
}

/** One transport for all inputs, with connections that open at once and hear what the fuzzer says. */
export const transport: Target = {
  name: 'transport',
  about: 'a whole transport: links that open and close, signals, relays, the coordinator',
  open: () => {
    const clock = new VirtualClock();
    const open = new Map<NodeId, ConnectionEvents>();
    const count = { refused: 0, told: 0, links: 0 };
    const links = new LinkSessions({
      clock,
      random: () => 0.5,
      connect: (_self, peer, _initiator, events) => {
        count.links += 1;
        clock.schedule(1, () => {
          open.set(peer, events);
          events.open();
        });
        return {
          signal: (payload) => {
            const decoded = decodeWebRtcSignal(payload);
            if (!decoded.ok) events.refused(decoded.reason);
          },
          send: (message) => {
            JSON.stringify(message);
            return 'sent';
          },
          close: () => {
            count.links -= 1;
            if (open.get(peer) === events) open.delete(peer);
          },
        };
      },
    });
    const voice = new Voice();
    const routed = new RoutedTransport({ links, coordinator: voice, clock, random: () => 0.5 });
    const told = (): void => {
      count.told += 1;
    };
    routed.start(
      { id: SELF, priority: 1 },
      {
        message: told,
        link: told,
        members: told,
        hint: told,
        coordinator: told,
        refused: ({ reason }) => {
          must(reason.length < 100, 'a reason is a few words of our own');
          count.refused += 1;
        },
      },
    );
    routed.meet(['bbbb', 'yyyy'].map((id) => ({ id, priority: 1 })));
    return {
      shoot: (random) => {
        const before = count.refused;
        const from = random.chance(0.9)
          ? (random.pick(PEERS) ?? '')
          : random.name(random.int(0, 40));
        const shots = [
          () => links.signal(from, mutant(link(random), random), 'coordinator'),
          () => open.get(from)?.received(mutant(wire(random), random)),
          () => open.get(from)?.closed(random.chance(0.5)),
          () => voice.events?.signal(from, mutant(link(random), random)),
          () => routed.keepLinks(some(random), some(random)),
          () => voice.events?.joined({ id: random.name(8), priority: 1 }),
          () => voice.events?.arrived([{ id: random.name(8), priority: 1 }]),
        ];
        random.pick(shots)?.();
        pass(clock, random.int(0, 5));
        return count.refused > before ? 'refused' : 'accepted';
      },
      sizes: () => [
        { what: 'connections', size: count.links, most: MAX_LINKS },
        { what: 'open connections', size: open.size, most: MAX_LINKS },
      ],
    };
  },
};
