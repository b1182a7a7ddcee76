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
import type { LinkSessions } from '../../transport/link-sessions.ts';
import { LinkReception } from '../../transport/visitor-links.ts';
import { PlayedLinks, shoot, type Player } from '../played-links.ts';
import { must, type Size, type Target } from '../target.ts';
import { nearSignal } from './transport.ts';
import { mutant, PAYLOADS } from './wire.ts';

const GATE = 'mmmm';
/** More than a desk serves. */
const VISITORS = Array.from({ length: MAX_GUESTS + 8 }, (_, n) => `visitor${n + 10}`);
const OUTCOMES = [{ allowed: true }, { allowed: false, reason: 'full' }, { odd: 1 }];

/** The desk of a gate, the links of visitors to it, and a park that decides when the fuzzer says so. */
class Door implements Player {
  readonly played = new PlayedLinks();
  readonly reception: LinkReception;
  readonly desk: VisitorDesk;
  refusals: string[] = [];
  quorum = true;
  place: Place = { inside: false, at: { generation: 'g1', index: 1 } };
  /** Requests that the park has not decided yet. */
  readonly open: ((reply: Reply) => void)[] = [];
  /** How often the gate was told something, or asked to do something. */
  #deeds = 0;

  constructor() {
    const { sessions: links, clock } = this.played;
    const signal = (): boolean => {
      this.#deeds += 1;
      return true;
    };
    this.reception = new LinkReception({ links, clock, signal });
    this.desk = new VisitorDesk(this.reception, clock, this.#gate());
    this.desk.start();
  }

  state(): unknown[] {
    return [this.desk.held(), this.played.state(), this.open.length, this.#deeds];
  }

  sizes(): Size[] {
    return [
      ...this.played.sizes(),
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
        this.refusals.push(reason);
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
  const { sessions, connections } = door.played;
  const { open } = connections;
  if (!open.has(from) && random.chance(0.2)) {
    door.reception.signal(from, goodOffer(sessions, from));
  } else if (random.chance(open.has(from) ? 0.1 : 0.9)) {
    door.reception.signal(from, mutant(nearSignal(sessions, from, random), random));
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
      door.played.connections.open.get(leaves ?? '')?.closed(random.chance(0.5));
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

const SHOTS = { say, happen, pauses: [50, 20_000] } as const;

export const desk: Target = {
  name: 'desk',
  about: "a gate's desk: visitors' links to it, and what they ask",
  open: () => {
    const door = new Door();
    return {
      shoot: (random) => shoot(door, SHOTS, random),
      sizes: () => door.sizes(),
    };
  },
};
