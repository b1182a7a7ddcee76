import { afterEach, expect, test } from 'vitest';
import { get, set } from 'idb-keyval';
import { newTicket, type TicketWrite } from '../runtime/visitor/messages.ts';
import { dropNextWrite } from './dropped.contract.ts';
import { Database } from './indexeddb-database.ts';
import { StoredTicket, ticketsName, type TicketEnvironment } from './indexeddb-tickets.ts';
import { webLock, type TryLock } from './slot-lock.ts';

const park = `tickets-${crypto.randomUUID()}`;
const held: StoredTicket[] = [];

async function claim(
  remembered: number | null = null,
  tryLock = webLock(navigator.locks),
): Promise<StoredTicket & { place: number }> {
  let place = 0;
  const environment: TicketEnvironment = {
    tryLock,
    remembered,
    remember: (claimed) => (place = claimed),
  };
  const ticket = await StoredTicket.claim(park, environment);
  held.push(ticket);
  return Object.assign(ticket, { place });
}

/** As for a tab whose hold on its place is not heard any more: it was frozen, or the site's data cleared. */
const grantAll: TryLock = () => Promise.resolve({ release: () => undefined });

function written(stored: StoredTicket, number: number): Promise<TicketWrite> {
  return new Promise((done) => {
    stored.write({ ...stored.ticket, number, wish: 'enter' }, done);
  });
}

async function stored(place: number): Promise<unknown> {
  const database = new Database(ticketsName(park));
  const found = await get<unknown>(place, database.use);
  database.close();
  return found;
}

function cleared(): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(ticketsName(park));
    request.onsuccess = () => resolve();
    request.onerror = () => reject(new Error('not deleted'));
  });
}

afterEach(() => {
  for (const ticket of held.splice(0)) ticket.close();
});

test('V2: a ticket is there in the next life of its tab, and no other tab has it meanwhile', async () => {
  const first = await claim();
  expect(await written(first, 3)).toBe('kept');
  const second = await claim();
  expect(second.ticket.tab).not.toBe(first.ticket.tab);
  expect(second.place).not.toBe(first.place);
  const { place } = first;
  first.close();
  const again = await claim(place);
  expect(again.place).toBe(place);
  expect(again.ticket).toEqual({ ...first.ticket, number: 3, wish: 'enter' });
});

test('a ticket whose write the browser drops without a word is not kept, and the next one is', async () => {
  const ticket = await claim();
  const dropped = dropNextWrite(ticketsName(park));
  expect(await written(ticket, 1)).toBe('failed');
  await dropped;
  expect(await written(ticket, 2)).toBe('kept');
});

test('V2: of two tabs that hold one place the first writes nothing any more, and is told', async () => {
  const first = await claim();
  expect(await written(first, 3)).toBe('kept');
  const second = await claim(first.place, grantAll);
  expect(second.place).toBe(first.place);
  expect(second.ticket).toEqual({ ...first.ticket, number: 3, wish: 'enter' });
  expect(await written(second, 5)).toBe('kept');
  expect(await written(first, 4)).toBe('lost');
  expect(await stored(second.place)).toMatchObject({ tab: second.ticket.tab, number: 5 });
  const third = await claim(first.place, grantAll);
  expect(third.ticket.number).toBe(5);
});

test('V2: a ticket whose data was cleared is not brought back, also when another tab is there', async () => {
  const first = await claim();
  await cleared();
  expect(await written(first, 3)).toBe('lost');
  expect(await stored(first.place)).toBeUndefined();
  const next = await claim(first.place, grantAll);
  expect(next.ticket.tab).not.toBe(first.ticket.tab);
  expect(await written(first, 4)).toBe('lost');
  expect(await stored(first.place)).toEqual(next.ticket);
});

test('a ticket of before, with no holder, is taken on', async () => {
  const ticket = { ...newTicket('abcdefgh23456789abcdefgh23456789'), number: 7 };
  await cleared();
  const database = new Database(ticketsName(park));
  await set(1, ticket, database.use);
  database.close();
  expect((await claim(1)).ticket).toEqual(ticket);
});

test('a reloaded tab whose ticket is held by another takes a free one', async () => {
  const first = await claim();
  const other = await claim(first.place);
  expect(other.place).not.toBe(first.place);
});

test('what can not be read is a new ticket; after its end nothing is stored', async () => {
  const first = await claim();
  expect(first.damage).toBeNull();
  const { place } = first;
  first.close();
  const database = new Database(ticketsName(park));
  await set(place, { tab: 'short', number: -1 }, database.use);
  database.close();
  const again = await claim(place);
  expect(again.ticket).toMatchObject({ number: 0, wish: null, inside: false });
  expect(again.damage).toMatch(/^ticket: /);
  again.close();
  expect(await written(again, 9)).toBe('failed');
});
