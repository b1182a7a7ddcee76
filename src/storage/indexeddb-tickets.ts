import { get, promisifyRequest } from 'idb-keyval';
import { customAlphabet } from 'nanoid';
import {
  decodeTicket,
  newTicket,
  type Ticket,
  type TicketWrite,
} from '../runtime/visitor/messages.ts';
import { Database } from './indexeddb-database.ts';
import { browserLock } from './slot-lease.ts';
import type { SlotLock, TryLock } from './slot-lock.ts';

/** The most visitors' tabs of one park on one device. */
const MAX_TICKETS = 64;
/** How long a reloaded tab waits for its own ticket, which the page before it may still hold, ms. */
const RELOAD_PATIENCE_MS = 400;

/** How often a write that failed looks whether the ticket is still this page's. */
const LOOKS = 3;

const newTab = customAlphabet('abcdefghijkmnpqrstuvwxyz23456789', 32);
const newHolder = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 16);

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
 *
 * A tab that was frozen, or whose site's data was cleared, may lose its place to another one unheard. So whoever opens a
 * ticket writes down that it is the holder, and every write looks for that in its own transaction.
 */
export class StoredTicket {
  readonly #database: Database;
  readonly #place: number;
  readonly #holder: string;
  /** Writes go one after the other. */
  #queue: Promise<void> = Promise.resolve();

  private constructor(
    database: Database,
    place: number,
    holder: string,
    readonly ticket: Ticket,
    /** Why what was stored here before is no ticket; null where there was nothing, or a ticket. */
    readonly damage: string | null,
    private readonly lock: SlotLock,
  ) {
    this.#database = database;
    this.#place = place;
    this.#holder = holder;
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
    const holder = newHolder();
    const { ticket, damage } = await database.change(async (store) => {
      const stored = await promisifyRequest<unknown>(store.get(place));
      store.put(holder, holderKey(place));
      const decoded = decodeTicket(stored);
      if (decoded.ok) return { ticket: decoded.value, damage: null };
      // Nothing, or nothing that can be read: a new visitor.
      const fresh = newTicket(newTab());
      store.put(fresh, place);
      return { ticket: fresh, damage: stored === undefined ? null : `ticket: ${decoded.reason}` };
    });
    return new StoredTicket(database, place, holder, ticket, damage, lock);
  }

  write(ticket: Ticket, done: (result: TicketWrite) => void): void {
    const written = this.#queue.then(() => this.#put(ticket));
    this.#queue = written.then(() => undefined);
    void written.then(done);
  }

  async #put(ticket: Ticket): Promise<TicketWrite> {
    try {
      return await this.#database.change(async (store) => {
        const holder = await promisifyRequest<unknown>(store.get(holderKey(this.#place)));
        if (holder !== this.#holder) return 'lost';
        store.put(ticket, this.#place);
        return 'kept';
      });
    } catch {
      return this.#whyFailed();
    }
  }

  /** To clear the data aborts what is under way: that looks like a write that failed until one looks again. */
  async #whyFailed(): Promise<'failed' | 'lost'> {
    for (let look = 1; look <= LOOKS; look++) {
      try {
        const holder = await get<unknown>(holderKey(this.#place), this.#database.use);
        return holder === this.#holder ? 'failed' : 'lost';
      } catch {
        // The browser still closes the database: connections fail once or twice.
      }
    }
    return 'failed';
  }

  close(): void {
    this.#database.close();
    this.lock.release();
  }
}

/** Beside the ticket and not in it, so that tickets of before can be read. */
const holderKey = (place: number): string => `holder/${place}`;

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
