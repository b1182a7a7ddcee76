import type { Identity, NodeId, Peer } from '../../core/identity.ts';
import type { Gates } from '../../transport/visitors.ts';
import type { Clock } from '../clock.ts';
import { GateSearch } from './gate-search.ts';
import {
  visitorName,
  type GateMessage,
  type Ticket,
  type TicketWrite,
  type VisitRefusal,
  type VisitWish,
} from './messages.ts';
import { isBehind, type Place } from './place.ts';

/** Where the ticket is kept. Writes end in the order in which they were asked for. */
export interface TicketStore {
  /** `done` is called once it is durable, or when it never will be. */
  write(ticket: Ticket, done: (result: TicketWrite) => void): void;
}

export interface VisitorPorts {
  readonly gates: Gates;
  readonly tickets: TicketStore;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** How asking ends for whoever asked. */
export type VisitAnswer =
  | {
      readonly ok: true;
      readonly allowed: boolean;
      readonly reason: Exclude<VisitRefusal, 'old-request'> | null;
      readonly operation: string;
      readonly index: number;
    }
  /** `definite`: it did not happen, and will not. */
  | {
      readonly ok: false;
      readonly code: 'no-quorum' | 'timeout' | 'invalid' | 'storage' | 'terminated';
      readonly definite: boolean;
      readonly message: string;
    };

export interface VisitorEvents {
  changed(): void;
  /** The open request ended, whether anybody still waits for its answer or not. */
  settled(wish: VisitWish, answer: VisitAnswer): void;
  /** Somebody else has let it in or out: at the door, by its name. */
  moved(inside: boolean): void;
  refused(reason: string, gate: NodeId | null): void;
}

/** How long somebody who asked waits for an answer, ms. */
export const VISIT_PATIENCE = 5000;

const NOT_OURS =
  'another page has this ticket by now, or the data of this site was cleared; nothing was asked';

/** What is said of a request that no gate has, by how its end was written. */
const WITHDRAWN = {
  kept: {
    code: 'no-quorum',
    definite: true,
    message: 'no gate that can decide was in reach; nothing was asked',
  },
  failed: {
    code: 'storage',
    definite: false,
    message: 'no gate was in reach, and this device stores no tickets',
  },
  lost: {
    code: 'storage',
    definite: false,
    message: 'no gate was in reach, and another page has this ticket by now: it may ask on',
  },
} as const;

/** The request that is open. */
interface Open {
  readonly wish: VisitWish;
  /** `writing`: its number is not durable yet. `withdrawing`: its end is not. In between it is asked. */
  state: 'writing' | 'asking' | 'withdrawing';
  /** How often it was asked without a definite no; null when nobody knows, since it is older than this page. */
  copies: number | null;
  readonly waiting: Set<(answer: VisitAnswer) => void>;
}

/**
 * A person's own phone: no member of the park, but somebody who asks one gate after another until one answers (rules
 * V1 to V9). The ticket is all that it keeps.
 */
export class Visitor {
  readonly #search: GateSearch;
  #ticket: Ticket;
  #open: Open | null = null;
  /** The ticket has changed since it was written. */
  #isUnkept = false;
  /** The ticket is another page's, or was cleared. */
  #isTaken = false;
  #isClosed = false;

  constructor(
    ticket: Ticket,
    private readonly ports: VisitorPorts,
    private readonly events: VisitorEvents,
  ) {
    this.#ticket = ticket;
    if (ticket.wish !== null) {
      // Rule V8: asked before this page, and never answered.
      this.#open = { wish: ticket.wish, state: 'asking', copies: null, waiting: new Set() };
    }
    this.#search = new GateSearch(ports.gates, ports.clock, ports.random, {
      served: () => this.#served(),
      message: (message) => this.#received(message),
      refused: (reason, gate) => events.refused(reason, gate),
      changed: () => events.changed(),
    });
    this.#search.isBusy = this.#open !== null;
  }

  start(self: Identity): void {
    this.#search.start(self);
  }

  get ticket(): Ticket {
    return this.#ticket;
  }

  /** What it goes by in the park. */
  get name(): string {
    return visitorName(this.#ticket.tab);
  }

  /** What it has asked for and got no answer to. */
  get wish(): VisitWish | null {
    return this.#open?.wish ?? null;
  }

  /** The ticket is not this page's any more, and nothing that was asked before is open. */
  get isLost(): boolean {
    return this.#isTaken && this.#open === null;
  }

  get gate(): Peer | null {
    return this.#search.gate;
  }

  get gatesKnown(): number {
    return this.#search.known;
  }

  get coordinator(): 'connected' | 'disconnected' {
    return this.#search.coordinator;
  }

  /** `done` is called once. The same wish again joins the open request; another one has to wait for its answer. */
  request(wish: VisitWish, done: (answer: VisitAnswer) => void): void {
    if (this.#open && (this.#open.wish !== wish || this.#open.state === 'withdrawing')) {
      const message = 'the last request is not decided yet, and a visitor has one at a time';
      done({ ok: false, code: 'invalid', definite: true, message });
      return;
    }
    if (this.isLost) {
      done({ ok: false, code: 'storage', definite: true, message: NOT_OURS });
      return;
    }
    const open = this.#open ?? this.#begin(wish);
    open.waiting.add(done);
    this.ports.clock.schedule(VISIT_PATIENCE, () => this.#late(open, done));
    this.events.changed();
  }

  /** The page goes: nothing is said or answered any more. What is open is found out when it is opened again. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#search.close();
    for (const done of this.#open?.waiting ?? []) {
      const message = 'this tab was closed before an answer came';
      done({ ok: false, code: 'terminated', definite: false, message });
    }
  }

  /** Rule V2: the number is on the disk before the request goes out. */
  #begin(wish: VisitWish): Open {
    const open: Open = { wish, state: 'writing', copies: 0, waiting: new Set() };
    this.#open = open;
    this.#search.isBusy = true;
    this.#ticket = { ...this.#ticket, number: this.#ticket.number + 1, wish };
    this.#write((result) => {
      if (this.#open !== open) return;
      if (result === 'kept') {
        open.state = 'asking';
        this.#keepLate();
        this.#ask();
        return;
      }
      this.#ticket = { ...this.#ticket, wish: null };
      const message =
        result === 'lost' ? NOT_OURS : 'this device stores no tickets; nothing was asked';
      this.#end(open, { ok: false, code: 'storage', definite: true, message });
    });
    return open;
  }

  /** Rule V9: with nothing open, the gate is shown the ticket, so that it can tell what has come to be otherwise. */
  #served(): void {
    if (this.#open?.state === 'asking') {
      this.#ask();
      return;
    }
    const { tab, inside, known } = this.#ticket;
    this.#search.send({ type: 'SHOW', tab, visitor: this.name, inside, known });
  }

  /** Rule V4: every gate that serves us is asked about what is open, under the same number. */
  #ask(): void {
    if (this.#open?.state !== 'asking' || !this.#search.gate) return;
    const { tab, number } = this.#ticket;
    if (this.#open.copies !== null) this.#open.copies += 1;
    this.#search.send({
      type: 'ASK',
      tab,
      number,
      wish: this.#open.wish,
      visitor: this.name,
    });
  }

  #received(message: Extract<GateMessage, { type: 'ANSWER' | 'DECLINED' | 'PLACE' }>): void {
    if (message.type === 'PLACE') {
      this.#placed(message.place);
      return;
    }
    const open = this.#open;
    // What is late concerns nobody: the park remembers the last request only.
    if (open?.state !== 'asking' || message.number !== this.#ticket.number) return;
    if (message.type === 'ANSWER') this.#answered(open, message);
    else {
      if (message.definite && open.copies !== null) open.copies -= 1;
      this.#search.declined();
    }
  }

  #answered(open: Open, answer: Extract<GateMessage, { type: 'ANSWER' }>): void {
    const { allowed, reason, operation, index, place } = answer;
    if (reason === 'old-request') {
      this.#settle(place);
      const message =
        'this ticket was used in another tab meanwhile; what became of this is not known';
      this.#end(open, { ok: false, code: 'invalid', definite: false, message });
      return;
    }
    const enters = open.wish === 'enter';
    const wasInside = enters && (allowed || reason === 'already-inside');
    this.#settle(place);
    this.#end(open, { ok: true, allowed, reason, operation, index });
    const { inside } = this.#ticket;
    // It was decided for another gate, and the door has let this visitor out or in since.
    if (inside !== wasInside) this.#moved(inside);
  }

  /** Told before it is durable: asked again, the park says the same. Rule V9: a gate may know less than the ticket. */
  #settle({ inside, at }: Place): void {
    const news = isBehind(at, this.#ticket.known) ? {} : { inside, known: at };
    this.#ticket = { ...this.#ticket, wish: null, ...news };
    this.#keep();
  }

  /** Rule V9. An open request stays open: its answer comes later in the log than this. */
  #placed({ inside, at }: Place): void {
    if (isBehind(at, this.#ticket.known)) return;
    const isNews = inside !== this.#ticket.inside;
    this.#ticket = { ...this.#ticket, inside, known: at };
    this.#keep();
    if (isNews) this.#moved(inside);
  }

  #moved(inside: boolean): void {
    this.events.moved(inside);
    this.events.changed();
  }

  /**
   * Writes the ticket; but while the beginning or the end of a request is on its way to the disk only after that. For if
   * that fails it did not happen, and no later write may bring it.
   */
  #keep(): void {
    this.#isUnkept = this.#open !== null && this.#open.state !== 'asking';
    if (!this.#isUnkept) this.#write(() => undefined);
  }

  #write(done: (result: TicketWrite) => void): void {
    this.ports.tickets.write(this.#ticket, (result) => {
      if (this.#isClosed) return;
      if (result === 'lost') this.#isTaken = true;
      done(result);
      if (this.isLost) this.#leaveGates();
    });
  }

  /** What is open stays open until its answer: it is the same request, whichever page asks for it. */
  #leaveGates(): void {
    this.#search.close();
    this.events.changed();
  }

  #keepLate(): void {
    if (this.#isUnkept) this.#keep();
  }

  /** Rule V5: time is up for somebody who asked. */
  #late(open: Open, done: (answer: VisitAnswer) => void): void {
    if (this.#isClosed || this.#open !== open || !open.waiting.has(done)) return;
    if (open.state === 'asking' && open.copies === 0) {
      this.#withdraw(open);
      return;
    }
    if (open.state === 'withdrawing') return;
    open.waiting.delete(done);
    const message = 'no answer in time; it may have happened, and this tab is finding out';
    done({ ok: false, code: 'timeout', definite: false, message });
  }

  /** No gate has it: it ends here, durably before anybody is told, so that no later page asks for it. */
  #withdraw(open: Open): void {
    open.state = 'withdrawing';
    this.#ticket = { ...this.#ticket, wish: null };
    this.#write((result) => {
      this.#end(open, { ok: false, ...WITHDRAWN[result] });
    });
  }

  #end(open: Open, answer: VisitAnswer): void {
    this.#open = null;
    this.#keepLate();
    this.#search.isBusy = false;
    for (const done of open.waiting) done(answer);
    this.events.settled(open.wish, answer);
    this.events.changed();
  }
}
