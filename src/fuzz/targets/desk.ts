import type { Reply } from '../../core/effects.ts';
import type { NodeId } from '../../core/identity.ts';
import {
  MAX_GUESTS,
  MAX_REQUESTS,
  VisitorDesk,
  type DeskGate,
} from '../../runtime/visitor/desk.ts';
import { visitorName } from '../../runtime/visitor/messages.ts';
import type { Place } from '../../runtime/visitor/place.ts';
import type { Random } from '../../sim/random.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';
import { LinkSessions } from '../../transport/link-sessions.ts';
import { LinkReception } from '../../transport/visitor-links.ts';
import { refuseWebRtcSignal } from '../../transport/webrtc-signal.ts';
import { PlayedConnections, sizesOfLinks } from '../played-links.ts';
import { pass } from '../samples.ts';
import { must, type Size, type Target } from '../target.ts';
import { WatchedClock } from '../watched-clock.ts';
import { nearSignal } from './transport.ts';
import { mutant, PAYLOADS } from './wire.ts';

const GATE = 'mmmm';
/** More than a desk serves. */
const VISITORS = Array.from({ length: MAX_GUESTS + 8 }, (_, n) => `visitor${n + 10}`);
const OUTCOMES = [{ allowed: true }, { allowed: false, reason: 'full' }, { odd: 1 }];

/** The desk of a gate, the links of visitors to it, and a park that decides when the fuzzer says so. */
class Door {
  readonly clock = new VirtualClock();
  readonly connections = new PlayedConnections(this.clock);
  readonly links: LinkSessions;
  readonly reception: LinkReception;
  readonly desk: VisitorDesk;
  refusals = 0;
  quorum = true;
  place: Place = { inside: false, at: { generation: 'g1', index: 1 } };
  /** Requests that the park has not decided yet. */
  readonly open: ((reply: Reply) => void)[] = [];
  readonly #watched = new WatchedClock(this.clock);
  /** How often the gate was told something, or asked to do something. */
  #deeds = 0;

  constructor() {
    const clock = this.#watched;
    const { connect } = this.connections;
    this.links = new LinkSessions({
      ...{ connect, refusePayload: refuseWebRtcSignal, clock },
      random: () => 0.5,
    });
    const signal = (): boolean => {
      this.#deeds += 1;
      return true;
    };
    this.reception = new LinkReception({ links: this.links, clock, signal });
    this.desk = new VisitorDesk(this.reception, clock, this.#gate());
    this.desk.start();
  }

  /** Everything that must stay as it is when something is refused. */
  state(): string {
    const { connections, desk, links } = this;
    return JSON.stringify([
      ...[desk.held(), links.held(), [...connections.open.keys()]],
      [connections.deeds, this.open.length, this.#deeds, this.#watched.deeds],
    ]);
  }

  sizes(): Size[] {
    return [
      ...sizesOfLinks(this.links, this.connections),
      { what: 'guests', size: this.desk.held().length, most: MAX_GUESTS },
      { what: 'requests under way', size: this.open.length, most: MAX_REQUESTS },
    ];
  }

  #gate(): DeskGate {
    return {
      id: GATE,
      name: () => 'Gate Heron',
      quorum: () => this.quorum,
      place: () => this.place,
      isCurrent: () => this.quorum,
      submit: (_body, done) => {
        this.#deeds += 1;
        this.open.push(done);
      },
      refused: (reason) => {
        must(reason.length < 300, 'a reason is some words');
        this.refusals += 1;
      },
      changed: () => {
        this.#deeds += 1;
      },
    };
  }
}

function asked(from: NodeId, random: Random): unknown {
  const tab = from.padEnd(32, '2');
  const visitor = visitorName(tab);
  const known = random.chance(0.5) ? { generation: 'g1', index: random.int(1, 9) } : null;
  const number = random.int(1, 3);
  const body = random.pick<unknown>([
    { type: 'ASK', tab, number, wish: random.chance(0.5) ? 'enter' : 'leave', visitor },
    { type: 'SHOW', tab, visitor, inside: random.chance(0.5), known },
    { type: 'PROBE', number },
  ]);
  return { kind: 'data', source: from, target: GATE, hops: 0, body };
}

function goodOffer(links: LinkSessions, from: NodeId): unknown {
  const session = (links.held().links.find(({ peer }) => peer === from)?.session ?? 0) + 1;
  return { type: 'offer', session, incarnation: 1, payload: PAYLOADS[0] };
}

/** What comes from outside: what is refused changes nothing. */
function say(door: Door, random: Random): void {
  const from = random.pick(VISITORS) ?? '';
  const { open } = door.connections;
  if (!open.has(from) && random.chance(0.2)) {
    door.reception.signal(from, goodOffer(door.links, from));
  } else if (random.chance(open.has(from) ? 0.1 : 0.9)) {
    door.reception.signal(from, mutant(nearSignal(door.links, from, random), random));
  } else {
    open.get(from)?.received(mutant(asked(from, random), random));
  }
}

function decide(door: Door, random: Random): void {
  if (random.chance(0.7)) return;
  const [done] = door.open.splice(random.int(0, door.open.length - 1), 1);
  const { index } = door.place.at;
  const outcome = random.pick(OUTCOMES) ?? null;
  if (random.chance(0.7)) {
    const value = { type: 'outcome', sequence: 1, index: index + random.int(0, 2), outcome };
    done?.({ ok: true, value } as Reply);
  } else {
    done?.({ ok: false, code: 'timeout', definite: random.chance(0.5), message: '' });
  }
}

/** Whatever else happens at a door. */
function happen(door: Door, random: Random): void {
  const happens = [
    () => decide(door, random),
    () => {
      const leaves = random.chance(0.3) ? random.pick(VISITORS) : undefined;
      door.connections.open.get(leaves ?? '')?.closed(random.chance(0.5));
    },
    () => {
      door.quorum = random.chance(0.9);
    },
    () => {
      const { generation, index } = door.place.at;
      const at = { generation: random.chance(0.95) ? generation : 'g2', index: index + 1 };
      door.place = { inside: random.chance(0.5), at };
      door.desk.look();
    },
  ];
  random.pick(happens)?.();
}

export const desk: Target = {
  name: 'desk',
  about: "a gate's desk: visitors' links to it, and what they ask",
  open: () => {
    const door = new Door();
    return {
      shoot: (random) => {
        const { refusals } = door;
        if (random.chance(0.2)) {
          happen(door, random);
        } else {
          const before = door.state();
          say(door, random);
          if (door.refusals > refusals) {
            must(door.state() === before, 'what is refused changes nothing');
          }
        }
        const verdict = door.refusals > refusals ? 'refused' : 'accepted';
        pass(door.clock, random.chance(0.05) ? random.int(0, 20_000) : random.int(0, 50));
        return verdict;
      },
      sizes: () => door.sizes(),
    };
  },
};
