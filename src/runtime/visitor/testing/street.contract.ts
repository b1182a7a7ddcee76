/** A street between visitors and gates, on virtual time: for tests of both ends. */
import type { Identity, NodeId, Peer } from '../../../core/identity.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';
import type {
  Gates,
  GatesEvents,
  Reception,
  ReceptionEvents,
} from '../../../transport/visitors.ts';
import type { GateMessage, Ticket, TicketWrite, VisitorMessage } from '../messages.ts';
import type { TicketStore } from '../visitor.ts';

const LATENCY_MS = 5;

/** A gate that the test plays. */
export class PlayedGate {
  /** What visitors said to it. */
  readonly heard: VisitorMessage[] = [];
  answersProbes = true;
  linked = false;
  /** What it does when it is asked. */
  onAsk: () => void = () => undefined;

  constructor(
    readonly peer: Peer,
    private readonly street: Street,
  ) {}

  get asked(): Extract<VisitorMessage, { type: 'ASK' }>[] {
    return this.heard.flatMap((message) => (message.type === 'ASK' ? [message] : []));
  }

  say(message: GateMessage): void {
    this.street.later(() => {
      if (this.linked) this.street.events?.message(this.peer.id, message);
    });
  }

  welcome(): void {
    this.say({ type: 'WELCOME', gate: this.peer.name });
  }

  /** Its tab is gone: the links say so. */
  die(): void {
    this.street.remove(this);
    if (!this.linked) return;
    this.linked = false;
    this.street.later(() => this.street.events?.ended(this.peer.id));
  }

  hear(message: VisitorMessage): void {
    this.heard.push(message);
    if (message.type === 'ASK') this.onAsk();
    if (message.type === 'PROBE' && this.answersProbes) {
      this.say({ type: 'GOT_IT', number: message.number });
    }
  }
}

/** Where one visitor looks for gates. */
export class Street implements Gates {
  readonly clock: VirtualClock;
  events: GatesEvents | null = null;
  readonly #gates = new Map<NodeId, PlayedGate>();
  /** What gates do as soon as they are linked. */
  onLink: (gate: PlayedGate) => void = (gate) => gate.welcome();

  constructor(clock = new VirtualClock()) {
    this.clock = clock;
  }

  open(...ids: NodeId[]): PlayedGate[] {
    const made = ids.map((id) => new PlayedGate({ id, name: `Gate ${id}`, priority: 0 }, this));
    for (const gate of made) this.#gates.set(gate.peer.id, gate);
    this.#list();
    return made;
  }

  remove(gate: PlayedGate): void {
    this.#gates.delete(gate.peer.id);
    this.#list();
  }

  later(work: () => void): void {
    this.clock.schedule(LATENCY_MS, work);
  }

  pass(ms: number): void {
    const end = this.clock.now() + ms;
    while (this.clock.nextAt <= end) this.clock.step();
    this.clock.waitUntil(end);
  }

  start(_self: Identity, events: GatesEvents): void {
    this.events = events;
    this.later(() => events.coordinator('connected'));
    this.#list();
  }

  link(id: NodeId): void {
    this.later(() => {
      const gate = this.#gates.get(id);
      if (!gate) return;
      gate.linked = true;
      this.events?.opened(id);
      this.onLink(gate);
    });
  }

  unlink(id: NodeId): void {
    const gate = this.#gates.get(id);
    if (gate) gate.linked = false;
  }

  send(id: NodeId, message: unknown): void {
    this.later(() => {
      const gate = this.#gates.get(id);
      if (gate?.linked === true) gate.hear(message as VisitorMessage);
    });
  }

  close(): void {
    this.events = null;
  }

  #list(): void {
    const gates = [...this.#gates.values()].map(({ peer: { id, priority } }) => ({ id, priority }));
    this.later(() => this.events?.listed(gates));
  }
}

/** Tickets on a disk that the test can stop. */
export class MemoryTickets implements TicketStore {
  stored: Ticket;
  /** How writes end. */
  result: TicketWrite = 'kept';
  hangs = false;
  /** Writes wait until they may go on. */
  stops = false;
  #waiting: ((result: TicketWrite) => void)[] = [];

  constructor(
    ticket: Ticket,
    private readonly street: Street,
  ) {
    this.stored = ticket;
  }

  write(ticket: Ticket, done: (result: TicketWrite) => void): void {
    if (this.hangs) return;
    const end = (result: TicketWrite): void => {
      if (result === 'kept') this.stored = ticket;
      done(result);
    };
    if (this.stops) this.#waiting.push(end);
    else this.street.later(() => end(this.result));
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** The writes that wait end so, and later ones wait no more. */
  goOn(result: TicketWrite): void {
    this.stops = false;
    for (const end of this.#waiting.splice(0)) end(result);
  }
}

/** A gate's reception whose visitors the test plays. */
export class PlayedReception implements Reception {
  events: ReceptionEvents | null = null;
  readonly told: { readonly visitor: NodeId; readonly message: GateMessage }[] = [];
  readonly dismissed: NodeId[] = [];

  start(_self: NodeId, events: ReceptionEvents): void {
    this.events = events;
  }

  send(visitor: NodeId, message: unknown): void {
    this.told.push({ visitor, message: message as GateMessage });
  }

  dismiss(visitor: NodeId): void {
    this.dismissed.push(visitor);
  }

  close(): void {
    this.events = null;
  }

  /** What this visitor was told since the last look. */
  takeTold(visitor: NodeId): GateMessage[] {
    const mine = this.told.filter((told) => told.visitor === visitor);
    for (const told of mine) this.told.splice(this.told.indexOf(told), 1);
    return mine.map(({ message }) => message);
  }
}
