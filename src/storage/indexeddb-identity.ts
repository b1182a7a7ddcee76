import { promisifyRequest } from 'idb-keyval';
import { customAlphabet } from 'nanoid';
import { Database, databaseName, peekRecords } from './indexeddb-database.ts';
import { KEYS } from './layout.ts';
import { decodeRecord, encodeRecord, FORMAT, type SlotIdentity } from './records.ts';
import { NO_TERM } from '../core/term.ts';
import type { Position } from '../core/entry.ts';

const newSentinelId = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 16);

/** What a slot's database tells without its log being read. */
export type SlotGlance =
  /** Nothing is stored: it is new, or its data was cleared. */
  | { readonly state: 'empty' }
  /** `tip` is where its log ends; null when its node has not written yet. `sentinel`: the id of its sentinel. */
  | {
      readonly state: 'whole';
      readonly identity: SlotIdentity;
      readonly tip: Position | null;
      readonly sentinel: string;
    }
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
  const { id, revision, tip } = sentinel.value;
  return {
    state: 'whole',
    identity: identity.value,
    tip: revision === 0 ? null : tip,
    sentinel: id,
  };
}

/** Reads the identity of a slot; null when there is none that is whole. Rejects when the browser can't read it. */
export async function readIdentity(park: string, slot: number): Promise<SlotIdentity | null> {
  const glance = await glanceAtSlot(park, slot);
  return glance.state === 'whole' ? glance.identity : null;
}

/** Somebody else lives in a slot by now, or its data is gone: whoever held it holds it no more (rule S9). */
export class SlotLost extends Error {}

/**
 * Changes the identity of a slot (its name, its priority). Rejects with a RangeError for one out of bounds, and with
 * `SlotLost` when it is not there any more: nobody's identity is written over another's, or next to data that is gone.
 */
export async function writeIdentity(
  park: string,
  slot: number,
  identity: SlotIdentity,
): Promise<void> {
  const text = encodeIdentity(identity);
  await change(park, slot, async (store) => {
    const [sentinel, stored] = await Promise.all(
      [KEYS.sentinel, KEYS.identity].map((key) => promisifyRequest<unknown>(store.get(key))),
    );
    if (sentinel === undefined) throw new SlotLost('the stored data was cleared');
    const found = decodeRecord('identity', stored);
    if (!found.ok || found.value.id !== identity.id)
      throw new SlotLost('somebody else lives in this slot');
    store.put(text, KEYS.identity);
  });
}

/**
 * Empties a slot and gives it an identity, in one transaction; returns the id of the sentinel that comes with it: from now
 * on data that is missing was lost, and this identity with it. Rejects with `SlotLost` when there is something else than was seen.
 * @param seen the id of the sentinel that was there; null for an empty slot
 */
export async function writeFreshIdentity(
  park: string,
  slot: number,
  seen: string | null,
  identity: SlotIdentity,
): Promise<string> {
  const text = encodeIdentity(identity);
  const id = newSentinelId();
  await change(park, slot, async (store) => {
    if (!(await isAsSeen(store, seen))) throw new SlotLost('somebody else lives in this slot');
    const tip = { index: 0, term: NO_TERM };
    const sentinel = { format: FORMAT, id, revision: 0, tip } as const;
    store.clear();
    store.put(encodeRecord('sentinel', sentinel), KEYS.sentinel);
    store.put(text, KEYS.identity);
  });
  return id;
}

/** Empty, or with the sentinel that was seen: a node's writes leave its id as it is. */
async function isAsSeen(store: IDBObjectStore, seen: string | null): Promise<boolean> {
  if ((await promisifyRequest(store.count())) === 0) return true;
  const sentinel = decodeRecord(
    'sentinel',
    await promisifyRequest<unknown>(store.get(KEYS.sentinel)),
  );
  return sentinel.ok && sentinel.value.id === seen;
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
    await database.change(act);
  } finally {
    database.close();
  }
}
