import type { Identity, NodeId } from '../../core/identity.ts';
import type { Random } from '../../sim/random.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';
import { MAX_LISTED } from '../../transport/links.ts';
import { LinkSessions } from '../../transport/link-sessions.ts';
import { MAX_LINKS } from '../../transport/link-slots.ts';
import { RoutedTransport } from '../../transport/routed-transport.ts';
import { MAX_ORIGINS } from '../../transport/router.ts';
import { refuseWebRtcSignal } from '../../transport/webrtc-signal.ts';
import { PlayedConnections, PlayedCoordinator, sizesOfLinks } from '../played-links.ts';
import { pass } from '../samples.ts';
import { must, type Size, type Target, type Verdict } from '../target.ts';
import { WatchedClock } from '../watched-clock.ts';
import { link, mutant, PEERS, wire } from './wire.ts';

const SELF = 'mmmm';
/** Of the adverts two, of the events one, and the review of who is absent. */
const TIMERS_BESIDES = 4;
/** Those that arrived, and those that the owner met by itself. */
const MET = MAX_LISTED + PEERS.length;

/** A transport over connections that open at once and hear what the fuzzer says. */
class Junction {
  readonly clock = new VirtualClock();
  readonly connections = new PlayedConnections(this.clock);
  readonly coordinator = new PlayedCoordinator();
  readonly links: LinkSessions;
  readonly routed: RoutedTransport;
  /** Why something was refused. */
  refusals: string[] = [];
  readonly #watched = new WatchedClock(this.clock);
  /** How often its owner was told something. */
  #told = 0;

  /** `isSparse`: its owner chooses its links by itself, else it is linked to everybody. */
  constructor(readonly isSparse: boolean) {
    const clock = this.#watched;
    const random = (): number => 0.5;
    const { connect } = this.connections;
    this.links = new LinkSessions({ connect, refusePayload: refuseWebRtcSignal, clock, random });
    const { links, coordinator } = this;
    this.routed = new RoutedTransport({ links, coordinator, clock, random });
    const told = (): void => {
      this.#told += 1;
    };
    this.routed.start(
      { id: SELF, priority: 1 },
      {
        ...{ message: told, link: told, members: told, hint: told, coordinator: told },
        refused: ({ reason }) => {
          must(reason.length < 100, 'a reason is a few words of our own');
          this.refusals.push(reason);
        },
      },
    );
    this.routed.meet(['bbbb', 'yyyy'].map((id) => ({ id, priority: 1 })));
    pass(this.clock, 5);
  }

  /** Everything that must stay as it is when a message is refused: what it holds, and that nothing was done. */
  state(): string {
    const { connections, coordinator } = this;
    return JSON.stringify([
      this.routed.held(),
      this.links.held(),
      [...connections.open.keys()],
      [connections.deeds, coordinator.deeds, this.#told, this.#watched.deeds],
    ]);
  }

  sizes(): Size[] {
    const { left, states, met, members, adverts, absences, needs } = this.routed.held();
    return [
      ...sizesOfLinks(this.links, this.connections),
      { what: 'peers that wait for a link', size: this.links.held().waiting.length, most: MET },
      { what: 'timers', size: this.#watched.pending, most: MAX_LINKS + TIMERS_BESIDES },
      {
        what: 'needs of links',
        size: needs.spared.length + needs.told.length,
        most: 2 * MAX_LINKS,
      },
      { what: 'adverts', size: adverts.length, most: MAX_ORIGINS + 1 },
      { what: 'listed members', size: members.length, most: MAX_LISTED },
      { what: 'peers to link to', size: met.length, most: MET },
      { what: 'peers that left', size: left.length, most: MET },
      { what: 'peers out of reach', size: absences.since.length, most: MET },
      { what: 'peers given up', size: absences.givenUp.length, most: MET },
      { what: 'ways to peers', size: states.length, most: MET + MAX_LINKS + MAX_ORIGINS },
    ];
  }
}

/** A signal about the attempt that there is, or one near it. */
export function nearSignal(links: LinkSessions, from: NodeId, random: Random): unknown {
  const known = links.held().links.find(({ peer }) => peer === from);
  const session = Math.max(0, (known?.session ?? 0) + random.int(-1, 2));
  const incarnation = Math.max(0, (known?.incarnation ?? 0) + random.int(-1, 1));
  return { ...(link(random) as object), session, incarnation };
}

function some(random: Random): NodeId[] {
  return PEERS.filter(() => random.chance(0.4));
}

export function strangers(random: Random, most: number): Identity[] {
  return Array.from({ length: random.int(0, most) }, () => ({ id: random.name(8), priority: 1 }));
}

/** What comes from outside: a message that is refused as a whole changes nothing. */
function say(junction: Junction, random: Random): void {
  const { open } = junction.connections;
  const { events } = junction.coordinator;
  const from = random.chance(0.9) ? (random.pick(PEERS) ?? '') : random.name(random.int(0, 40));
  const signal = random.chance(0.5) ? link(random) : nearSignal(junction.links, from, random);
  const said = [
    () => events?.signal(from, mutant(signal, random)),
    () => open.get(from)?.received(mutant(wire(random), random)),
    () => events?.joined({ id: random.name(8), priority: 1 }),
  ];
  random.pick(said)?.();
}

/** Whatever else happens to a transport. */
function happen({ connections, coordinator, routed, isSparse }: Junction, random: Random): void {
  const { open } = connections;
  const { events } = coordinator;
  const peers = PEERS.map((id) => ({ id, priority: 1 }));
  const happens = [
    () => open.get(random.pick(PEERS) ?? '')?.closed(random.chance(0.5)),
    () => {
      if (isSparse) routed.keepLinks(some(random), some(random));
      else routed.meet(peers.filter(() => random.chance(0.5)));
    },
    () => events?.arrived(strangers(random, 20)),
    () => events?.members([...peers, ...strangers(random, 59)]),
    () => events?.gone(random.pick(PEERS) ?? ''),
    () => {
      if (random.chance(0.2)) events?.state(random.chance(0.7) ? 'connected' : 'disconnected');
    },
  ];
  random.pick(happens)?.();
}

/** Refused is a part only: one advert of many, or the link that a good message would bring about. */
const IN_PART = new Set(['link: too many peers', 'routing: too many nodes']);

/** A transport is taken through so many inputs; then a new one, of the other kind. */
const LIFE = 1000;

export const transport: Target = {
  name: 'transport',
  about: 'a whole transport: links that open and close, signals, relays, the coordinator',
  open: () => {
    let junction = new Junction(false);
    let shots = 0;
    return {
      shoot: (random): Verdict => {
        if (++shots % LIFE === 0) junction = new Junction(!junction.isSparse);
        junction.refusals = [];
        const before = junction.state();
        if (random.chance(0.2)) {
          happen(junction, random);
        } else {
          say(junction, random);
          const isRefused = junction.refusals.some((reason) => !IN_PART.has(reason));
          if (isRefused) must(junction.state() === before, 'what is refused changes nothing');
        }
        const verdict = junction.refusals.length > 0 ? 'refused' : 'accepted';
        pass(junction.clock, random.chance(0.05) ? random.int(0, 30_000) : random.int(0, 5));
        return verdict;
      },
      sizes: () => junction.sizes(),
    };
  },
};
