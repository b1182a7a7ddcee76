import {
  newTicket,
  visitorName,
  type Ticket,
  type TicketWrite,
  type VisitWish,
} from '../../runtime/visitor/messages.ts';
import { Visitor, type TicketStore, type VisitAnswer } from '../../runtime/visitor/visitor.ts';
import { logKey, type Call } from '../checkers/history.ts';
import { visitKey } from '../checkers/visit-ledger.ts';
import { Violation } from '../checkers/violation.ts';
import type { Life } from '../gate.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { StreetGates } from './street.ts';

/** A person with a phone: its disk, the page that is open on it, and what it has asked for. */
interface Person {
  readonly name: string;
  readonly random: Random;
  readonly disk: { ticket: Ticket };
  page: Page | null;
  call: Call | null;
  pages: number;
}

interface Page {
  readonly visitor: Visitor;
  readonly gates: StreetGates;
  readonly tickets: PageTickets;
}

/** One page's writes: one after the other; those under way when the page is gone are done, up to some point. */
export class PageTickets implements TicketStore {
  readonly #under: { readonly ticket: Ticket; readonly done: (result: TicketWrite) => void }[] = [];
  #isGone = false;

  constructor(
    private readonly world: World,
    private readonly random: Random,
    private readonly disk: { ticket: Ticket },
  ) {}

  write(ticket: Ticket, done: (result: TicketWrite) => void): void {
    this.add(ticket, done);
  }

  add(ticket: Ticket, done: (result: TicketWrite) => void): void {
    this.#under.push({ ticket, done });
    if (this.#under.length === 1) this.#next();
  }

  crash(): void {
    this.#isGone = true;
    const done = this.#under[this.random.int(0, this.#under.length) - 1];
    if (done) this.disk.ticket = done.ticket;
  }

  #next(): void {
    this.world.later(this.random.logBetween(0.5, 50), () => {
      const write = this.#under[0];
      if (this.#isGone || !write) return;
      this.#under.shift();
      this.disk.ticket = write.ticket;
      if (this.#under.length > 0) this.#next();
      write.done('kept');
    });
  }
}

/**
 * Visitors with tabs of their own: each asks one thing at a time and waits until it knows. Their pages
 * crash between any two steps and are opened again, and their links break.
 */
export class VisitorLoad {
  readonly calls: Call[] = [];
  readonly #world: World;
  readonly #random: Random;
  readonly #people: Person[] = [];
  readonly #active = new Set<string>();
  readonly #thinkMs: number;
  readonly #crashMs: number;
  readonly #breakMs: number;
  /** How often a page is gone just after it has asked. */
  readonly #crashRate: number;
  #stopped = false;

  /** @param only the people who ask for anything; null for all */
  constructor(world: World, only: ReadonlySet<string> | null) {
    this.#world = world;
    this.#random = world.random.split('visitors');
    const count = this.#random.int(1, 4);
    this.#thinkMs = this.#random.logBetween(500, 8000);
    this.#crashMs = this.#random.logBetween(3000, 100_000);
    this.#breakMs = this.#random.logBetween(3000, 100_000);
    this.#crashRate = this.#random.chance(0.5) ? 0.2 : 0;
    for (let i = 0; i < count; i++) {
      const name = `w${i}`;
      if (only?.has(name) === false) continue;
      const random = this.#random.split(name);
      const disk = { ticket: newTicket(random.name(32)) };
      this.#people.push({ name, random, disk, page: null, call: null, pages: 0 });
    }
  }

  get active(): readonly string[] {
    return [...this.#active];
  }

  get openCalls(): readonly Call[] {
    return this.#people.flatMap(({ call }) => call ?? []);
  }

  /** What the visitors go by, whom the door may let in and out as well. */
  get names(): readonly string[] {
    return this.#people.map(({ disk }) => visitorName(disk.ticket.tab));
  }

  /** What each visitor's page shows; null without a page, or with a request that is open. */
  get shown(): readonly { readonly name: string; readonly inside: boolean | null }[] {
    const visitors = this.#people.filter(({ pages }) => pages > 0);
    return visitors.map(({ disk, page }) => ({
      name: visitorName(disk.ticket.tab),
      inside: page?.visitor.wish === null ? page.visitor.ticket.inside : null,
    }));
  }

  start(): void {
    for (const person of this.#people) {
      this.#open(person);
      this.#think(person);
      this.#repeat(person, this.#crashMs, () => this.#crash(person));
      this.#repeat(person, this.#breakMs, () => person.page?.gates.breakOne(person.random));
    }
  }

  /** No new requests, and nothing befalls the phones any more. */
  stop(): void {
    this.#stopped = true;
  }

  /** A gate's page is gone. */
  lost(life: Life): void {
    for (const { page } of this.#people) page?.gates.lost(life);
  }

  #repeat(person: Person, everyMs: number, work: () => void): void {
    this.#world.later(person.random.exponential(everyMs), () => {
      if (this.#stopped) return;
      work();
      this.#repeat(person, everyMs, work);
    });
  }

  #open(person: Person): void {
    const world = this.#world;
    const random = person.random.split(`page ${++person.pages}`);
    const gates = new StreetGates(world, random.split('street'));
    const tickets = new PageTickets(world, random.split('disk'), person.disk);
    const ports = { gates, tickets, clock: world.clock, random: random.next };
    const visitor = new Visitor(person.disk.ticket, ports, {
      changed: () => undefined,
      settled: (wish, answer) => this.#settled(person, wish, answer),
      moved: () => world.checks.seen('visitor told of the door'),
      refused: (reason) => {
        throw new Violation('invariant', `${person.name} refuses what a gate says: ${reason}`);
      },
    });
    person.page = { visitor, gates, tickets };
    visitor.start({ id: random.name(20), priority: 0 });
    if (visitor.wish !== null) world.checks.seen('visit open at start');
    // Rule V8: what is on the disk as open is asked on; what is not never happened. What is open there
    // may be the call before this one: answered, with neither its answer nor the next call written yet.
    if (person.call && !isOpen(person.call, visitor)) this.#failed(person, person.call, 'crashed');
  }

  #crash(person: Person): void {
    const { page } = person;
    if (!page || this.#stopped) return;
    person.page = null;
    page.visitor.close();
    page.tickets.crash();
    this.#world.trace('visitor-crash', null, person.name);
    this.#world.later(person.random.logBetween(10, 3000), () => this.#open(person));
  }

  #think(person: Person): void {
    this.#world.later(person.random.exponential(this.#thinkMs), () => {
      if (this.#stopped) return;
      const { page } = person;
      // It has one request at a time, also one that an earlier page was never answered about.
      const isBusy = person.call !== null || page?.visitor.wish !== null;
      if (!page || isBusy || !this.#world.isFounded) this.#think(person);
      else this.#ask(person, page);
    });
  }

  #ask(person: Person, { visitor }: Page): void {
    const { inside, tab, number } = visitor.ticket;
    const usual: VisitWish = inside ? 'leave' : 'enter';
    const wish = person.random.chance(0.8) ? usual : inside ? 'enter' : 'leave';
    const call: Call = {
      key: `${tab}#${this.calls.length + 1}.${number + 1}`,
      process: person.name,
      operation: { kind: wish, visitor: visitor.name },
      invokedAt: this.#world.clock.now(),
      returnedAt: Infinity,
      result: 'open',
      outcome: null,
    };
    this.#active.add(person.name);
    this.calls.push(call);
    person.call = call;
    this.#world.checks.invoked(logKey(call.key));
    this.#world.checks.seen('visit asked');
    this.#world.record(call, 'invoke', null);
    const { checks } = this.#world;
    // What it is told in time is part of what it is told in the end.
    visitor.request(wish, (answer) => {
      if (!answer.ok && !answer.definite) checks.seen('visit late');
    });
    const soon = person.random.logBetween(1, 1000);
    if (person.random.chance(this.#crashRate)) this.#world.later(soon, () => this.#crash(person));
    this.#think(person);
  }

  #settled(person: Person, wish: VisitWish, answer: VisitAnswer): void {
    const { call, page } = person;
    // Answered before the page crashed, and asked again since that was not on the disk yet.
    if (!call || !page) return;
    if (!isAbout(call, page.visitor) || call.operation.kind !== wish)
      throw new Violation('S7', `${call.key} gets the answer to ${page.visitor.ticket.number}`);
    if (!answer.ok) {
      if (!answer.definite) throw new Violation('V5', `${call.key} is given up: ${answer.message}`);
      this.#failed(person, call, answer.code);
      return;
    }
    this.#world.check(() => {
      this.#world.checks.visitHeard(logKey(call.key), answer.operation);
    });
    person.call = null;
    call.result = 'ok';
    call.returnedAt = this.#world.clock.now();
    const { allowed, reason } = answer;
    call.outcome = allowed ? { allowed } : { allowed, reason: reason ?? 'full' };
    this.#world.record(call, 'ok', null);
  }

  #failed(person: Person, call: Call, reason: string): void {
    this.#world.checks.seen(`visit fail ${reason}`);
    person.call = null;
    call.result = 'fail';
    call.returnedAt = this.#world.clock.now();
    this.#world.record(call, 'fail', reason);
  }
}

/** Whether this call is the visitor's last one. */
function isAbout({ key }: Call, { ticket: { tab, number } }: Visitor): boolean {
  return logKey(key) === visitKey({ tab, number });
}

function isOpen(call: Call, visitor: Visitor): boolean {
  return visitor.wish !== null && isAbout(call, visitor);
}
