import { promisifyRequest } from 'idb-keyval';
import { customAlphabet } from 'nanoid';
import { completion, Database, databaseName, peekRecords } from './indexeddb-database.ts';
import { KEYS } from './layout.ts';
import { decodeRecord, encodeRecord, FORMAT, type SlotIdentity } from './records.ts';
import { NO_TERM } from '../core/term.ts';
import type { Position } from '../core/entry.ts';

const newSentinelId = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 16);

/** What a slot's database tells without its log being read. */
export type SlotGlance =
  /** Nothing is stored: it is new, or its data was cleared. */
  | { readonly state: 'empty' }
  /** `tip` is where its log ends; null when its node has not written yet. */
  | { readonly state: 'whole'; readonly identity: SlotIdentity; readonly tip: Position | null }
  /** There is data, but nobody can say whose, or what is missing. */
  | { readonly state: 'damaged'; readonly reason: string };

/** Looks into a slot, also while another tab holds it. Makes no database. Rejects when the browser can't read it. */
export async function glanceAtSlot(park: string, slot: number): Promise<SlotGlance> {
  const keys = [KEYS.sentinel, KEYS.identity];
  const peek = await peekRecords(databaseName(park, slot), keys);
  if (peek === null || peek.count === 0) return { state: 'empty' };
  const sentinel = decodeRecord('sentinel', peek.values[0]);
  const identity = decodeRecord('identity', peek.values[1]);
  if (!sentinel.ok) return { state: 'damaged', reason: sentinel.reason };
  if (!identity.ok) return { state: 'damaged', reason: identity.reason };
  const { revision, tip } = sentinel.value;
  return { state: 'whole', identity: identity.value, tip: revision === 0 ? null : tip };
}

/** Reads the identity of a slot; null when there is none that is whole. Rejects when the browser can't read it. */
export async function readIdentity(park: string, slot: number): Promise<SlotIdentity | null> {
  const glance = await glanceAtSlot(park, slot);
  return glance.state === 'whole' ? glance.identity : null;
}

/**
 * Changes the identity of a slot (its name, its priority). Rejects with a RangeError for one out of bounds, and when the slot's data is gone meanwhile: what is
 * left of an identity must not look like a whole one.
 */
export async function writeIdentity(
  park: string,
  slot: number,
  identity: SlotIdentity,
): Promise<void> {
  const text = encodeIdentity(identity);
  await change(park, slot, async (store) => {
    const sentinel = await promisifyRequest<unknown>(store.get(KEYS.sentinel));
    if (sentinel === undefined) throw new Error('the stored data was cleared');
    store.put(text, KEYS.identity);
  });
}

/**
 * Empties a slot and gives it an identity, in one transaction. The sentinel comes with it: from now on data that is
 * missing was lost, and this identity with it.
 */
export async function writeFreshIdentity(
  park: string,
  slot: number,
  identity: SlotIdentity,
): Promise<void> {
  const text = encodeIdentity(identity);
  await change(park, slot, async (store) => {
    const tip = { index: 0, term: NO_TERM };
    const sentinel = { format: FORMAT, id: newSentinelId(), revision: 0, tip } as const;
    store.clear();
    store.put(encodeRecord('sentinel', sentinel), KEYS.sentinel);
    store.put(text, KEYS.identity);
  });
}

/** Throws a RangeError for what people may have chosen but nobody could read again: the slot would be damaged. */
function encodeIdentity(identity: SlotIdentity): string {
  const text = encodeRecord('identity', identity);
  const decoded = decodeRecord('identity', text);
  if (!decoded.ok) throw new RangeError(decoded.reason);
  return text;
}

async function change(
  park: string,
  slot: number,
  act: (store: IDBObjectStore) => Promise<void>,
): Promise<void> {
  const database = new Database(databaseName(park, slot));
  try {
    await database.use('readwrite', async (store) => {
      const completed = completion(store.transaction);
      await act(store);
      await completed;
    });
  } finally {
    database.close();
  }
}
