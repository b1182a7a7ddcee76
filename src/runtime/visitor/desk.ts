import type { Reply } from '../../core/effects.ts';
import { operationKey } from '../../core/entry.ts';
import type { NodeId } from '../../core/identity.ts';
import type { Json } from '../../core/json.ts';
import { readParkOutcome, type ParkOperation } from '../../machines/park.ts';
import type { Reception } from '../../transport/visitors.ts';
import type { Clock } from '../clock.ts';
import {
  decodeVisitorMessage,
  type DeclinedReason,
  type GateMessage,
  type VisitorMessage,
  type VisitWish,
} from './messages.ts';
import { isBehind, type Place, type Position } from './place.ts';

/** The most visitors that a gate serves at once; more are told BUSY, and ask another gate. */
export const MAX_GUESTS = 32;
/** The most requests that a gate has under way for visitors, whoever they come from. */
export const MAX_REQUESTS = 64;
/** A guest may ask so often at once, and then once in so many ms. */
const ASKS_AT_ONCE = 8;
const ASK_EVERY_MS = 500;
/** Of a guest that says nothing for so long nobody knows whether it is still there, ms: it may be put out for another. */
const SILENT_MS = 10_000;

/** What the desk needs of its gate. */
export interface DeskGate {
  readonly id: NodeId;
  name(): string;
  /** There is a leader with a quorum. */
  quorum(): boolean;
  /** Where the log that is committed here has this visitor. */
  place(visitor: string): Place;
  /** That log is the park's as it is now, but for what is on its way (rule V9). */
  isCurrent(): boolean;
  submit(body: Json, done: (reply: Reply) => void): void;
  refused(reason: string, visitor: NodeId | null): void;
  changed(): void;
}

/** A visitor's tab that is linked to this gate. */
export interface Guest {
  /** What it goes by, once it has said so. */
  name: string | null;
  /** What its page shows, as far as this gate knows. */
  shown: { readonly inside: boolean; readonly at: Position | null } | null;
  /** The number of its request under way. */
  open: number | null;
  /** What was decided of that, in an entry that is not committed here yet. */
  decided: Decided | null;
  last: GuestRequest | null;
  heardAt: number;
  /** Requests that it may make now, as of `heardAt`. */
  allowance: number;
}

/** How a request was decided: at this index of a log of this generation. */
interface Decided {
  readonly asked: Asked;
  readonly outcome: Pick<Answer, 'allowed' | 'reason'>;
  readonly operation: string;
  readonly index: number;
  readonly generation: string;
}

type Asked = Extract<VisitorMessage, { type: 'ASK' }>;
type Answer = Extract<GateMessage, { type: 'ANSWER' }>;

/** What a guest asked for last. */
export interface GuestRequest {
  readonly wish: VisitWish;
  readonly result: 'open' | 'allowed' | 'refused' | 'declined';
}

/** As people see it. */
export interface GuestView {
  readonly visitor: string | null;
  readonly request: GuestRequest | null;
}

/**
 * A gate's desk for visitors with tabs of their own (rule V6): what they ask for becomes an operation of this gate, and
 * what others ask for in their names they are told (rule V9).
 */
export class VisitorDesk {
  readonly #guests = new Map<NodeId, Guest>();
  #requests = 0;
  #isOpen = true;

  constructor(
    private readonly reception: Reception,
    private readonly clock: Clock,
    private readonly gate: DeskGate,
  ) {}

  start(): void {
    this.reception.start(this.gate.id, {
      arrived: (visitor) => this.#arrived(visitor),
      departed: (visitor) => {
        if (this.#guests.delete(visitor)) this.gate.changed();
      },
      message: (visitor, data) => this.#received(visitor, data),
      refused: (reason, visitor) => this.gate.refused(reason, visitor),
    });
  }

  guests(): GuestView[] {
    return [...this.#guests.values()].map(({ name, last }) => ({ visitor: name, request: last }));
  }

  /** For checks: that it is bounded, and that what is refused leaves it as it was. */
  held(): readonly (readonly [NodeId, Guest])[] {
    return [...this.#guests];
  }

  /** Rule V9: the log may have gone on. */
  look(): void {
    for (const [id, guest] of this.#guests) this.#answer(id, guest);
    this.tellPlaces();
  }

  /** Whose page shows another place than the log is told. */
  tellPlaces(): void {
    for (const [id, guest] of this.#guests) this.#correct(id, guest);
  }

  /** From now on nothing is answered. The links stay as they are. */
  halt(): void {
    this.#isOpen = false;
    this.#guests.clear();
  }

  #arrived(visitor: NodeId): void {
    if (!this.#isOpen) return;
    if (this.#guests.size >= MAX_GUESTS && !this.#makeRoom()) {
      this.#tell(visitor, { type: 'BUSY' });
      this.reception.dismiss(visitor);
      return;
    }
    this.#guests.set(visitor, {
      name: null,
      shown: null,
      open: null,
      decided: null,
      last: null,
      heardAt: this.clock.now(),
      allowance: ASKS_AT_ONCE,
    });
    this.#tell(visitor, { type: 'WELCOME', gate: this.gate.name() });
    this.gate.changed();
  }

  #makeRoom(): boolean {
    const since = this.clock.now() - SILENT_MS;
    for (const [id, { heardAt }] of this.#guests) {
      if (heardAt > since) continue;
      this.#guests.delete(id);
      this.reception.dismiss(id);
      return true;
    }
    return false;
  }

  #received(from: NodeId, data: unknown): void {
    const guest = this.#guests.get(from);
    if (!this.#isOpen || !guest) return;
    const decoded = decodeVisitorMessage(data);
    if (!decoded.ok) {
      this.gate.refused(decoded.reason, from);
      return;
    }
    const message = decoded.value;
    if (isSecond(guest, message)) {
      this.gate.refused('visitor: a second request at once', from);
      return;
    }
    const now = this.clock.now();
    guest.allowance = Math.min(
      ASKS_AT_ONCE,
      guest.allowance + (now - guest.heardAt) / ASK_EVERY_MS,
    );
    guest.heardAt = now;
    switch (message.type) {
      case 'PROBE':
        this.#tell(from, { type: 'GOT_IT', number: message.number });
        return;
      case 'SHOW':
        guest.name = message.visitor;
        guest.shown = { inside: message.inside, at: message.known };
        this.#correct(from, guest);
        this.gate.changed();
        return;
      case 'ASK':
        this.#asked(from, guest, message);
    }
  }

  /** The answer to a request that is open tells the place too. */
  #correct(id: NodeId, guest: Guest): void {
    const { name, shown, open } = guest;
    if (name === null || shown === null || open !== null) return;
    const place = this.gate.place(name);
    if (place.inside === shown.inside || isBehind(place.at, shown.at)) return;
    if (!this.gate.isCurrent()) return;
    guest.shown = place;
    this.#tell(id, { type: 'PLACE', place });
  }

  #asked(from: NodeId, guest: Guest, asked: Asked): void {
    const { number, wish, visitor, tab } = asked;
    // It is under way here, and is answered once.
    if (guest.open === number) return;
    guest.name = visitor;
    const declined = this.#whyNot(guest);
    if (declined !== null) {
      this.#decline(from, guest, asked, { reason: declined, definite: true });
      return;
    }
    guest.allowance -= 1;
    guest.open = number;
    guest.last = { wish, result: 'open' };
    this.#requests += 1;
    const body: ParkOperation = {
      ...{ machine: 'park', kind: 'visit', wish, visitor },
      request: { tab, number },
    };
    this.gate.submit(body, (reply) => {
      this.#requests -= 1;
      this.#replied(from, guest, asked, reply);
    });
    this.gate.changed();
  }

  /** Why nothing is handed on, so that another gate can be asked at once. */
  #whyNot(guest: Guest): DeclinedReason | null {
    if (!this.gate.quorum()) return 'no-quorum';
    return guest.allowance < 1 || this.#requests >= MAX_REQUESTS ? 'busy' : null;
  }

  #replied(from: NodeId, guest: Guest, asked: Asked, reply: Reply): void {
    const value = reply.ok && reply.value.type === 'outcome' ? reply.value : null;
    const outcome = value && readParkOutcome(value.outcome);
    if (!value || !outcome) {
      const definite = !reply.ok && reply.definite;
      const reason = !reply.ok && reply.code === 'no-quorum' ? 'no-quorum' : 'failed';
      this.#decline(from, guest, asked, { reason, definite });
      return;
    }
    const { sequence, index } = value;
    const operation = operationKey({ node: this.gate.id, sequence });
    const { generation } = this.gate.place(asked.visitor).at;
    guest.decided = { asked, outcome, operation, index, generation };
    this.#answer(from, guest);
  }

  /**
   * Rule V9: an answer tells the place that the visitor has by it. The leader's answer may be here before the news that its
   * entry is committed: then it waits for that, but not in another log or out of the leader's reach.
   */
  #answer(from: NodeId, guest: Guest): void {
    if (guest.decided === null) return;
    const { asked, outcome, operation, index, generation } = guest.decided;
    const place = this.gate.place(asked.visitor);
    const isSameLog = place.at.generation === generation;
    if (!isSameLog || (place.at.index < index && !this.gate.quorum())) {
      const reason = isSameLog ? 'no-quorum' : 'failed';
      this.#decline(from, guest, asked, { reason, definite: false });
      return;
    }
    if (place.at.index < index) return;
    guest.open = null;
    guest.decided = null;
    guest.last = { wish: asked.wish, result: outcome.allowed ? 'allowed' : 'refused' };
    guest.shown = place;
    if (this.#guests.get(from) === guest) {
      const { number } = asked;
      this.#tell(from, { type: 'ANSWER', number, ...outcome, operation, index, place });
    }
    this.gate.changed();
  }

  #decline(
    from: NodeId,
    guest: Guest,
    { number, wish }: Asked,
    why: { readonly reason: DeclinedReason; readonly definite: boolean },
  ): void {
    guest.open = null;
    guest.decided = null;
    guest.last = { wish, result: 'declined' };
    if (this.#guests.get(from) === guest) this.#tell(from, { type: 'DECLINED', number, ...why });
    this.gate.changed();
  }

  #tell(visitor: NodeId, message: GateMessage): void {
    if (this.#isOpen) this.reception.send(visitor, message);
  }
}

/** It asks for something else while a request of it is under way. */
function isSecond({ open }: Guest, message: VisitorMessage): boolean {
  return message.type === 'ASK' && open !== null && open !== message.number;
}
