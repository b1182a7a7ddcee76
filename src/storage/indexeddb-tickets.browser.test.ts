import { afterEach, expect, test } from 'vitest';
import { set } from 'idb-keyval';
import { Database } from './indexeddb-database.ts';
import { StoredTicket, ticketsName, type TicketEnvironment } from './indexeddb-tickets.ts';
import { webLock } from './slot-lock.ts';

const park = `tickets-${crypto.randomUUID()}`;
const held: StoredTicket[] = [];

async function claim(remembered: number | null = null): Promise<StoredTicket & { place: number }> {
  let place = 0;
  const environment: TicketEnvironment = {
    tryLock: webLock(navigator.locks),
    remembered,
    remember: (claimed) => (place = claimed),
  };
  const ticket = await StoredTicket.claim(park, environment);
  held.push(ticket);
  return Object.assign(ticket, { place });
}

function written(stored: StoredTicket, number: number): Promise<boolean> {
  return new Promise((done) => {
    stored.write({ ...stored.ticket, number, wish: 'enter' }, done);
  });
}

afterEach(() => {
  for (const ticket of held.splice(0)) ticket.close();
});

test('V2: a ticket is there in the next life of its tab, and no other tab has it meanwhile', async () => {
  const first = await claim();
  expect(await written(first, 3)).toBe(true);
  const second = await claim();
  expect(second.ticket.tab).not.toBe(first.ticket.tab);
  expect(second.place).not.toBe(first.place);
  const { place } = first;
  first.close();
  const again = await claim(place);
  expect(again.place).toBe(place);
  expect(again.ticket).toEqual({ ...first.ticket, number: 3, wish: 'enter' });
});

test('a reloaded tab whose ticket is held by another takes a free one', async () => {
  const first = await claim();
  const other = await claim(first.place);
  expect(other.place).not.toBe(first.place);
});

test('what can not be read is a new ticket; after its end nothing is stored', async () => {
  const first = await claim();
  const { place } = first;
  first.close();
  const database = new Database(ticketsName(park));
  await set(place, { tab: 'short', number: -1 }, database.use);
  database.close();
  const again = await claim(place);
  expect(again.ticket).toMatchObject({ number: 0, wish: null, inside: false });
  again.close();
  expect(await written(again, 9)).toBe(false);
});
