import type { Identity, NodeId } from '../../core/identity.ts';
import { newTicket } from '../../runtime/visitor/messages.ts';
import { Visitor } from '../../runtime/visitor/visitor.ts';
import type { Random } from '../../sim/random.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';
import { MAX_LISTED } from '../../transport/links.ts';
import { LinkSessions } from '../../transport/link-sessions.ts';
import { LinkGates } from '../../transport/gate-links.ts';
import { refuseWebRtcSignal } from '../../transport/webrtc-signal.ts';
import { PlayedConnections, PlayedCoordinator, sizesOfLinks } from '../played-links.ts';
import { pass } from '../samples.ts';
import { must, type Size, type Target } from '../target.ts';
import { WatchedClock } from '../watched-clock.ts';
import { nearSignal, strangers } from './transport.ts';
import { mutant } from './wire.ts';

const SELF = 'mmmm';
const TAB = 'abcdefgh23456789abcdefgh23456789';
const GATES = ['aaaa', 'bbbb', 'yyyy', 'zzzz'];
/** A person presses a button so often without waiting for an answer. */
const ASKS = 8;

/** A visitor's tab, its links to gates that the fuzzer plays, and a person who asks now and then. */
class Phone {
  readonly clock = new VirtualClock();
  readonly connections = new PlayedConnections(this.clock);
  readonly coordinator = new PlayedCoordinator();
  readonly links: LinkSessions;
  readonly visitor: Visitor;
  refusals: string[] = [];
  waiting = 0;
  readonly #watched = new WatchedClock(this.clock);
  /** How often its page was told something, or its ticket written. */
  #deeds = 0;

  constructor() {
    const clock = this.#watched;
    const random = (): number => 0.5;
    const { connect } = this.connections;
    this.links = new LinkSessions({ connect, refusePayload: refuseWebRtcSignal, clock, random });
    const gates = new LinkGates({ links: this.links, coordinator: this.coordinator, clock });
    const told = (): void => {
      this.#deeds += 1;
    };
    const tickets = {
      write: (_ticket: unknown, done: (result: 'kept') => void) => {
        told();
        this.clock.schedule(1, () => done('kept'));
      },
    };
    this.visitor = new Visitor(
      newTicket(TAB),
      { gates, tickets, clock, random },
      {
        ...{ changed: told, settled: told, moved: told },
        refused: (reason) => {
          must(reason.length < 300, 'a reason is some words');
          this.refusals.push(reason);
        },
      },
    );
    this.visitor.start({ id: SELF, priority: 0 });
  }

  ask(wish: 'enter' | 'leave'): void {
    if (this.waiting >= ASKS) return;
    this.waiting += 1;
    this.visitor.request(wish, () => {
      this.waiting -= 1;
    });
  }

  /** Everything that must stay as it is when something is refused. */
  state(): string {
    const { connections, coordinator, links, visitor } = this;
    const { ticket, wish, gate, gatesKnown, coordinator: connected } = visitor;
    return JSON.stringify([
      ...[ticket, wish, gate, gatesKnown, connected, links.held(), [...connections.open.keys()]],
      [connections.deeds, coordinator.deeds, this.waiting, this.#deeds, this.#watched.deeds],
    ]);
  }

  sizes(): Size[] {
    return [
      ...sizesOfLinks(this.links, this.connections),
      { what: 'who asks', size: this.waiting, most: ASKS },
      { what: 'gates', size: this.visitor.gatesKnown, most: MAX_LISTED },
      // Of each who asked one, of the search one, of each link that is tried one, and one of what is to be told.
      { what: 'timers', size: this.#watched.pending, most: ASKS + GATES.length + 2 },
    ];
  }
}

function told(from: NodeId, { visitor }: Phone, random: Random): unknown {
  const at = { generation: random.chance(0.9) ? 'g1' : 'g2', index: random.int(1, 99) };
  const place = { inside: random.chance(0.5), at };
  const number = Math.max(1, visitor.ticket.number + random.int(-1, 0));
  const operation = 'anna.3';
  const reason = random.pick(['full', 'already-inside', 'not-inside', 'old-request'] as const);
  const body = random.pick<unknown>([
    { type: 'WELCOME', gate: 'Gate Heron' },
    { type: 'BUSY' },
    { type: 'ANSWER', number, allowed: true, reason: null, operation, index: 9, place },
    { type: 'ANSWER', number, allowed: false, reason, operation, index: 9, place },
    { type: 'PLACE', place },
    { type: 'DECLINED', number, reason: 'no-quorum', definite: random.chance(0.5) },
    { type: 'GOT_IT', number },
  ]);
  return { kind: 'data', source: from, target: SELF, hops: 0, body };
}

/** What comes from outside: what is refused changes nothing. */
function say(phone: Phone, random: Random): void {
  const { events } = phone.coordinator;
  // Mostly the gate that it is linked to: it hears no other.
  const [linked] = phone.connections.open.keys();
  const from = (random.chance(0.8) ? linked : undefined) ?? random.pick(GATES) ?? '';
  const said = [
    () => events?.signal(from, mutant(nearSignal(phone.links, from, random), random)),
    () => phone.connections.open.get(from)?.received(mutant(told(from, phone, random), random)),
    () => events?.joined({ id: random.name(8), priority: 1 }),
  ];
  random.pick(said)?.();
}

/** Whatever else happens to a visitor's tab. */
function happen(phone: Phone, random: Random): void {
  const { events } = phone.coordinator;
  const gates: Identity[] = GATES.map((id) => ({ id, priority: 1 }));
  const happens = [
    () => phone.ask(random.chance(0.5) ? 'enter' : 'leave'),
    () => phone.connections.open.get(random.pick(GATES) ?? '')?.closed(random.chance(0.5)),
    () => events?.arrived(strangers(random, 20)),
    () => {
      if (random.chance(0.1)) events?.members([...gates, ...strangers(random, 9)]);
    },
    () => events?.gone(random.pick(GATES) ?? ''),
    () => events?.state(random.chance(0.7) ? 'connected' : 'disconnected'),
  ];
  random.pick(happens)?.();
}

export const visitor: Target = {
  name: 'visitor',
  about: "a visitor's tab: what gates and the signaling server tell it",
  open: () => {
    const phone = new Phone();
    return {
      shoot: (random) => {
        phone.refusals = [];
        if (random.chance(0.2)) {
          happen(phone, random);
        } else {
          const before = phone.state();
          say(phone, random);
          if (phone.refusals.length > 0) {
            must(phone.state() === before, 'what is refused changes nothing');
          }
        }
        const verdict = phone.refusals.length > 0 ? 'refused' : 'accepted';
        pass(phone.clock, random.chance(0.05) ? random.int(0, 20_000) : random.int(0, 50));
        return verdict;
      },
      sizes: () => phone.sizes(),
    };
  },
};
