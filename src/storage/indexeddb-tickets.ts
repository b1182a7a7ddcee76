import { get, set } from 'idb-keyval';
import { customAlphabet } from 'nanoid';
import { decodeTicket, newTicket, type Ticket } from '../runtime/visitor/messages.ts';
import { Database } from './indexeddb-database.ts';
import { browserLock } from './slot-lease.ts';
import type { SlotLock, TryLock } from './slot-lock.ts';

/** The most visitors' tabs of one park on one device. */
const MAX_TICKETS = 64;
/** How long a reloaded tab waits for its own ticket, which the page before it may still hold, ms. */
const RELOAD_PATIENCE_MS = 400;

const newTab = customAlphabet('abcdefghijkmnpqrstuvwxyz23456789', 32);

/** What a claim needs from the browser; tests bring their own. */
export interface TicketEnvironment {
  readonly tryLock: TryLock;
  /** The ticket that this tab held before it was reloaded. */
  readonly remembered: number | null;
  remember(place: number): void;
}

/**
 * The ticket of a visitor's tab, on this device. There may be several visitors in one browser, so each tab holds one that
 * no other tab has at the same time: its own after a reload, else the first one that is free.
 */
export class StoredTicket {
  readonly #database: Database;
  readonly #place: number;
  /** Writes go one after the other. */
  #queue: Promise<void> = Promise.resolve();

  private constructor(
    database: Database,
    place: number,
    readonly ticket: Ticket,
    private readonly lock: SlotLock,
  ) {
    this.#database = database;
    this.#place = place;
  }

  /** Rejects when all are taken, or the browser can't store anything. */
  static async claim(
    park: string,
    environment: TicketEnvironment = browserEnvironment(park),
  ): Promise<StoredTicket> {
    const name = ticketsName(park);
    const places = Array.from({ length: MAX_TICKETS }, (_, i) => i + 1);
    const { remembered } = environment;
    const order = remembered === null ? places : [remembered, ...places];
    for (const [turn, place] of order.entries()) {
      const patience = remembered !== null && turn === 0 ? RELOAD_PATIENCE_MS : 0;
      const lock = await environment.tryLock(`${name}/${place}`, patience);
      if (lock === null) continue;
      environment.remember(place);
      return StoredTicket.#open(name, place, lock);
    }
    throw new Error(`this device has no free ticket for park ${park}: ${MAX_TICKETS} are the most`);
  }

  static async #open(name: string, place: number, lock: SlotLock): Promise<StoredTicket> {
    const database = new Database(name);
    const decoded = decodeTicket(await get<unknown>(place, database.use));
    if (decoded.ok) return new StoredTicket(database, place, decoded.value, lock);
    // Nothing, or nothing that can be read: a new visitor.
    const ticket = newTicket(newTab());
    await set(place, ticket, database.use);
    return new StoredTicket(database, place, ticket, lock);
  }

  /** `done` is called once it is durable, or with false when it never will be. */
  write(ticket: Ticket, done: (ok: boolean) => void): void {
    this.#queue = this.#queue.then(async () => {
      const ok = await set(this.#place, ticket, this.#database.use).then(
        () => true,
        () => false,
      );
      done(ok);
    });
  }

  close(): void {
    this.#database.close();
    this.lock.release();
  }
}

/** No slot of a gate is called so: those end in a number. */
export function ticketsName(park: string): string {
  return `gatehouse/${park}/tickets`;
}

function browserEnvironment(park: string): TicketEnvironment {
  const key = `${ticketsName(park)}/mine`;
  const stored = Number(sessionStorage.getItem(key) ?? '');
  const isPlace = Number.isInteger(stored) && stored >= 1 && stored <= MAX_TICKETS;
  return {
    tryLock: browserLock(),
    remembered: isPlace ? stored : null,
    remember: (place) => sessionStorage.setItem(key, String(place)),
  };
}
