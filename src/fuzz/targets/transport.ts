import type { Identity, NodeId } from '../../core/identity.ts';
import type { Random } from '../../sim/random.ts';
import { MAX_LISTED } from '../../transport/links.ts';
import type { LinkSessions } from '../../transport/link-sessions.ts';
import { MAX_LINKS } from '../../transport/link-slots.ts';
import { RoutedTransport } from '../../transport/routed-transport.ts';
import { MAX_ORIGINS } from '../../transport/router.ts';
import { PlayedCoordinator, PlayedLinks, shoot, type Player } from '../played-links.ts';
import { pass } from '../samples.ts';
import { must, type Size, type Target } from '../target.ts';
import { link, mutant, PEERS, wire } from './wire.ts';

const SELF = 'mmmm';
/** Of the adverts two, of the events one, and the review of who is absent. */
const TIMERS_BESIDES = 4;
/** Those that arrived, and those that the owner met by itself. */
const MET = MAX_LISTED + PEERS.length;

/** A transport over connections that open at once and hear what the fuzzer says. */
class Junction implements Player {
  readonly played = new PlayedLinks();
  readonly coordinator = new PlayedCoordinator();
  readonly routed: RoutedTransport;
  refusals: string[] = [];
  /** How often its owner was told something. */
  #told = 0;

  /** `isSparse`: its owner chooses its links by itself, else it is linked to everybody. */
  constructor(readonly isSparse: boolean) {
    const { sessions: links, clock } = this.played;
    const { coordinator } = this;
    this.routed = new RoutedTransport({ links, coordinator, clock, random: () => 0.5 });
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
    pass(this.played.time, 5);
  }

  state(): unknown[] {
    return [this.routed.held(), this.played.state(), this.coordinator.deeds, this.#told];
  }

  sizes(): Size[] {
    const { sessions, clock } = this.played;
    const { left, states, met, members, adverts, absences, needs } = this.routed.held();
    return [
      ...this.played.sizes(),
      { what: 'peers that wait for a link', size: sessions.held().waiting.length, most: MET },
      { what: 'timers', size: clock.pending, most: MAX_LINKS + TIMERS_BESIDES },
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
  const { sessions, connections } = junction.played;
  const { events } = junction.coordinator;
  const from = random.chance(0.9) ? (random.pick(PEERS) ?? '') : random.name(random.int(0, 40));
  const signal = random.chance(0.5) ? link(random) : nearSignal(sessions, from, random);
  const said = [
    () => events?.signal(from, mutant(signal, random)),
    () => connections.open.get(from)?.received(mutant(wire(random), random)),
    () => events?.joined({ id: random.name(8), priority: 1 }),
  ];
  random.pick(said)?.();
}

/** Whatever else happens to a transport. */
function happen({ played, coordinator, routed, isSparse }: Junction, random: Random): void {
  const { open } = played.connections;
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

const SHOTS = { say, happen, pauses: [5, 30_000], inPart: IN_PART } as const;

/** A transport is taken through so many inputs; then a new one, of the other kind. */
const LIFE = 1000;

export const transport: Target = {
  name: 'transport',
  about: 'a whole transport: links that open and close, signals, relays, the coordinator',
  open: () => {
    let junction = new Junction(false);
    let shots = 0;
    return {
      shoot: (random) => {
        if (++shots % LIFE === 0) junction = new Junction(!junction.isSparse);
        return shoot(junction, SHOTS, random);
      },
      sizes: () => junction.sizes(),
    };
  },
};
