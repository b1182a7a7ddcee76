import type { Identity, NodeId } from '../../core/identity.ts';
import type { Gates, GatesEvents, Reception, ReceptionEvents } from '../../transport/visitors.ts';
import { decodeGateMessage, decodeVisitorMessage } from '../../runtime/visitor/messages.ts';
import type { Gate, Life } from '../gate.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';

/** How often a visitor's page is told anew which gates there are, ms. */
const LIST_MS = 1000;

/** A link between a visitor's page and one life of a gate: reliable, in order, until it ends. */
interface Link {
  readonly life: Life;
  /** What is said at either end comes after what was said before. */
  lastAt: number;
  isOpen: boolean;
}

/** A visitor's way to the gates of the simulator: as a tab's, with latencies, links that break, and gates that go. */
export class StreetGates implements Gates {
  readonly #world: World;
  readonly #random: Random;
  /** Of this page: nobody remembers it by it. */
  readonly #id: NodeId;
  readonly #latencyMs: number;
  readonly #links = new Map<NodeId, Link>();
  #events: GatesEvents | null = null;

  constructor(world: World, random: Random) {
    this.#world = world;
    this.#random = random;
    this.#id = random.name(20);
    this.#latencyMs = random.logBetween(1, 100);
  }

  start(_self: Identity, events: GatesEvents): void {
    this.#events = events;
    this.#world.later(0, () => this.#list());
  }

  link(id: NodeId): void {
    this.#later(null, () => {
      const gate = this.#reachable().find((other) => other.id === id);
      const life = gate?.life;
      if (!gate || !life || this.#links.has(id)) return;
      const link = { life, lastAt: 0, isOpen: true };
      this.#links.set(id, link);
      this.#events?.opened(id);
      life.clock.deliver(0, () => {
        life.reception.arrived(this.#id, {
          hear: (message) => this.#toVisitor(link, () => this.#hears(id, message)),
          dismissed: () => this.#toVisitor(link, () => this.#end(id, link)),
          end: () => (link.isOpen = false),
        });
      });
    });
  }

  unlink(id: NodeId): void {
    const link = this.#links.get(id);
    if (!link) return;
    this.#links.delete(id);
    this.#close(link);
  }

  send(id: NodeId, message: unknown): void {
    const link = this.#links.get(id);
    if (!link) return;
    const decoded = decodeVisitorMessage(message);
    if (decoded.ok) this.#world.checks.seen(`visit ${decoded.value.type}`);
    link.life.clock.deliver(this.#pause(), () => {
      if (link.isOpen) link.life.reception.events?.message(this.#id, message);
    });
  }

  /** The page is gone. */
  close(): void {
    this.#events = null;
    for (const id of [...this.#links.keys()]) this.unlink(id);
  }

  /** A link breaks, which both ends see. */
  breakOne(random: Random): void {
    const [id] = random.shuffle([...this.#links.keys()]);
    const link = id === undefined ? undefined : this.#links.get(id);
    if (id === undefined || !link) return;
    this.#close(link);
    this.#end(id, link);
  }

  /** A gate's page is gone: the link may say so at once, or much later, when a PROBE has told already. */
  lost(life: Life): void {
    for (const [id, link] of this.#links) {
      if (link.life !== life) continue;
      const ms = this.#random.logBetween(1, 12_000);
      this.#world.later(ms, () => this.#end(id, link));
      if (this.#isCoordinated) this.#later(null, () => this.#events?.hint(id));
    }
  }

  #hears(id: NodeId, message: unknown): void {
    const decoded = decodeGateMessage(message);
    if (decoded.ok) this.#world.checks.seen(`visit ${decoded.value.type}`);
    this.#events?.message(id, message);
  }

  #end(id: NodeId, link: Link): void {
    if (this.#links.get(id) !== link) return;
    this.#links.delete(id);
    this.#events?.ended(id);
  }

  #close(link: Link): void {
    const { life } = link;
    life.clock.deliver(this.#random.logBetween(1, 5000), () => {
      if (link.isOpen) life.reception.departed(this.#id);
    });
  }

  #list(): void {
    if (this.#events === null) return;
    if (this.#isCoordinated) {
      const gates = this.#reachable().map(({ peer: { id, priority } }) => ({ id, priority }));
      this.#events.listed(gates);
    }
    this.#world.later(LIST_MS, () => this.#list());
  }

  get #isCoordinated(): boolean {
    return this.#world.coordinatorSince !== Infinity;
  }

  #reachable(): Gate[] {
    if (!this.#isCoordinated) return [];
    return this.#world.gates.filter(
      (gate) => gate.life !== null && gate.venue === '' && !gate.isSecond,
    );
  }

  #toVisitor(link: Link, work: () => void): void {
    this.#later(link, () => {
      if (link.isOpen) work();
    });
  }

  #later(link: Link | null, work: () => void): void {
    const now = this.#world.clock.now();
    const at = Math.max(now + this.#pause(), link?.lastAt ?? 0);
    if (link) link.lastAt = at;
    this.#world.later(at - now, () => {
      if (this.#events !== null) work();
    });
  }

  #pause(): number {
    return this.#latencyMs * this.#random.between(0.5, 1.5);
  }
}

/** What a gate's end of a link does. */
interface Guest {
  hear(message: unknown): void;
  dismissed(): void;
  /** It carries nothing any more. */
  end(): void;
}

/** A gate's ends of the links. */
export class StreetReception implements Reception {
  events: ReceptionEvents | null = null;
  readonly #guests = new Map<NodeId, Guest>();

  start(_self: NodeId, events: ReceptionEvents): void {
    this.events = events;
  }

  arrived(visitor: NodeId, guest: Guest): void {
    // Its link before this one has not been noticed to have ended.
    if (this.#guests.has(visitor)) this.departed(visitor);
    this.#guests.set(visitor, guest);
    this.events?.arrived(visitor);
  }

  departed(visitor: NodeId): void {
    this.#guests.get(visitor)?.end();
    this.#guests.delete(visitor);
    this.events?.departed(visitor);
  }

  send(visitor: NodeId, message: unknown): void {
    this.#guests.get(visitor)?.hear(message);
  }

  dismiss(visitor: NodeId): void {
    this.#guests.get(visitor)?.dismissed();
    this.#guests.delete(visitor);
  }

  close(): void {
    this.events = null;
    this.#guests.clear();
  }
}
