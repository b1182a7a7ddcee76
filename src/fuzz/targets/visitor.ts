import type { Identity, NodeId } from '../../core/identity.ts';
import { newTicket } from '../../runtime/visitor/messages.ts';
import { Visitor } from '../../runtime/visitor/visitor.ts';
import type { Random } from '../../sim/random.ts';
import { MAX_LISTED } from '../../transport/links.ts';
import { LinkGates } from '../../transport/gate-links.ts';
import { PlayedCoordinator, PlayedLinks, shoot, type Player } from '../played-links.ts';
import { must, type Size, type Target } from '../target.ts';
import { nearSignal, strangers } from './transport.ts';
import { mutant } from './wire.ts';

const SELF = 'mmmm';
const TAB = 'abcdefgh23456789abcdefgh23456789';
const GATES = ['aaaa', 'bbbb', 'yyyy', 'zzzz'];
/** A person presses a button so often without waiting for an answer. */
const ASKS = 8;

/** A visitor's tab, its links to gates that the fuzzer plays, and a person who asks now and then. */
class Phone implements Player {
  readonly played = new PlayedLinks();
  readonly coordinator = new PlayedCoordinator();
  readonly visitor: Visitor;
  refusals: string[] = [];
  waiting = 0;
  /** How often its page was told something, or its ticket written. */
  #deeds = 0;

  constructor() {
    const { sessions: links, clock, time } = this.played;
    const gates = new LinkGates({ links, coordinator: this.coordinator, clock });
    const told = (): void => {
      this.#deeds += 1;
    };
    const tickets = {
      write: (_ticket: unknown, done: (result: 'kept') => void) => {
        told();
        time.schedule(1, () => done('kept'));
      },
    };
    this.visitor = new Visitor(
      newTicket(TAB),
      { gates, tickets, clock, random: () => 0.5 },
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

  state(): unknown[] {
    const { ticket, wish, gate, gatesKnown, coordinator: connected } = this.visitor;
    return [
      ...[ticket, wish, gate, gatesKnown, connected, this.played.state()],
      ...[this.coordinator.deeds, this.waiting, this.#deeds],
    ];
  }

  sizes(): Size[] {
    return [
      ...this.played.sizes(),
      { what: 'who asks', size: this.waiting, most: ASKS },
      { what: 'gates', size: this.visitor.gatesKnown, most: MAX_LISTED },
      // Of each who asked one, of the search one, of each link that is tried one, and one of what is to be told.
      { what: 'timers', size: this.played.clock.pending, most: ASKS + GATES.length + 2 },
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
  const { connections, sessions } = phone.played;
  // Mostly the gate that it is linked to: it hears no other.
  const [linked] = connections.open.keys();
  const from = (random.chance(0.8) ? linked : undefined) ?? random.pick(GATES) ?? '';
  const said = [
    () => events?.signal(from, mutant(nearSignal(sessions, from, random), random)),
    () => connections.open.get(from)?.received(mutant(told(from, phone, random), random)),
    () => events?.joined({ id: random.name(8), priority: 1 }),
  ];
  random.pick(said)?.();
}

/** Whatever else happens to a visitor's tab. */
function happen(phone: Phone, random: Random): void {
  const { played } = phone;
  const { events } = phone.coordinator;
  const gates: Identity[] = GATES.map((id) => ({ id, priority: 1 }));
  const happens = [
    () => phone.ask(random.chance(0.5) ? 'enter' : 'leave'),
    () => played.connections.open.get(random.pick(GATES) ?? '')?.closed(random.chance(0.5)),
    () => events?.arrived(strangers(random, 20)),
    () => {
      if (random.chance(0.1)) events?.members([...gates, ...strangers(random, 9)]);
    },
    () => events?.gone(random.pick(GATES) ?? ''),
    () => events?.state(random.chance(0.7) ? 'connected' : 'disconnected'),
  ];
  random.pick(happens)?.();
}

const SHOTS = { say, happen, pauses: [50, 20_000] } as const;

export const visitor: Target = {
  name: 'visitor',
  about: "a visitor's tab: what gates and the signaling server tell it",
  open: () => {
    const phone = new Phone();
    return {
      shoot: (random) => shoot(phone, SHOTS, random),
      sizes: () => phone.sizes(),
    };
  },
};
