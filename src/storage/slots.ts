import { customAlphabet } from 'nanoid';
import { comparePosition } from '../core/entry.ts';
import { databaseName } from './indexeddb-database.ts';
import {
  glanceAtSlot,
  SlotLost,
  writeFreshIdentity,
  writeIdentity,
  type SlotGlance,
} from './indexeddb-identity.ts';
import { friendlyName } from './names.ts';
import { browserLock } from './slot-lease.ts';
import { freshWebLock, type SlotLock, type TryLock } from './slot-lock.ts';
import type { SlotIdentity } from './records.ts';

export type { SlotIdentity } from './records.ts';
export { SlotLost } from './indexeddb-identity.ts';

/** The most slots, and so tabs, that one park has on one device. */
export const MAX_SLOTS = 64;
/** How long a reloaded tab waits for its own slot, which the page before it may still hold, ms. */
const RELOAD_PATIENCE_MS = 400;
/** How long a look into a slot may take before it matters whether another tab holds it, ms. */
const LOOK_PATIENCE_MS = 1000;

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const newId = customAlphabet(ALPHABET, 10);
const newSecret = customAlphabet(ALPHABET, 32);

/** A slot that this tab holds. */
export interface Slot {
  readonly park: string;
  readonly slot: number;
  /** For `IndexedDbStorage`. */
  readonly databaseName: string;
  /** Who lives here; null when nothing is stored: `reset` then makes a new identity. */
  readonly identity: SlotIdentity | null;
  /** Of each slot of the park that is damaged: what is wrong with it. */
  readonly damage: readonly string[];
  /**
   * Deletes everything in the slot and moves in as somebody new. Close the storage first. Rejects with `SlotLost` when
   * somebody else has moved in since it was claimed.
   */
  reset(choices?: IdentityChoices): Promise<SlotIdentity>;
  /** Keeps a changed name or priority. Rejects with `SlotLost` when the data is gone, or somebody else's by now. */
  save(identity: SlotIdentity): Promise<void>;
  /** Lets another tab have it. Happens by itself when the page goes away. */
  release(): void;
}

/** What people may choose of a new identity. */
export interface IdentityChoices {
  readonly name?: string;
  readonly priority?: number;
}

/** What a claim needs from the browser; tests bring their own. */
export interface SlotEnvironment {
  readonly tryLock: TryLock;
  /** The slot that this tab held before it was reloaded. */
  readonly remembered: number | null;
  remember(slot: number): void;
}

/**
 * Claims a slot of a park for this tab: its own after a reload, else of the free ones the one with the newest log, else
 * a new one. A slot that is damaged or can't be read is left as it is, for it may hold what nobody else knows. Rejects
 * when all are taken or the browser can't store anything.
 */
export async function claimSlot(
  park: string,
  environment: SlotEnvironment = browserEnvironment(park),
): Promise<Slot> {
  const glances = await glanceAtAll(park, environment.tryLock);
  for (const { slot, patienceMs } of inOrder(glances, environment.remembered)) {
    const lock = await environment.tryLock(databaseName(park, slot), patienceMs);
    if (lock === null) continue;
    try {
      // What was seen before the claim may have changed until it was granted.
      const glance = await glanceAtSlot(park, slot);
      if (glance.state !== 'damaged') {
        environment.remember(slot);
        return moveIn(park, slot, glance, glances, lock);
      }
    } catch (error) {
      lock.release();
      throw error;
    }
    lock.release();
  }
  throw new Error(`this device has no free slot in park ${park}: ${MAX_SLOTS} are the most`);
}

/** Claims a slot for a tab whose data was cleared: what it held before holds nobody off any more. */
export function reclaimSlot(park: string): Promise<Slot> {
  const environment = browserEnvironment(park);
  const tryLock = 'locks' in navigator ? freshWebLock() : environment.tryLock;
  return claimSlot(park, { ...environment, tryLock, remembered: null });
}

function moveIn(
  park: string,
  slot: number,
  glance: Exclude<SlotGlance, { state: 'damaged' }>,
  all: readonly Look[],
  lock: SlotLock,
): Slot {
  const taken = namesOf(all);
  let sentinel = glance.state === 'whole' ? glance.sentinel : null;
  return {
    park,
    slot,
    databaseName: databaseName(park, slot),
    identity: glance.state === 'whole' ? glance.identity : null,
    damage: damageOf(all),
    reset: async (choices) => {
      const identity = newIdentity({ ...choices, taken });
      sentinel = await writeFreshIdentity(park, slot, sentinel, identity);
      return identity;
    },
    save: (identity) => writeIdentity(park, slot, identity),
    release: releaseWithPage(() => lock.release()),
  };
}

function newIdentity(
  choices: IdentityChoices & { readonly taken: ReadonlySet<string> },
): SlotIdentity {
  const id = newId();
  return {
    id,
    name: choices.name ?? friendlyName(id, choices.taken),
    priority: choices.priority ?? 0,
    secret: newSecret(),
  };
}

/**
 * Moves into a slot as the choices ask. One that turns out to be somebody else's by now is left, and the next one claimed.
 * @param reclaim claims as `reclaimSlot` does: what held the slot before holds nobody off any more
 */
export async function moveInto(
  claimed: Slot,
  choices: IdentityChoices,
  reclaim: () => Promise<Slot>,
): Promise<{ readonly slot: Slot; readonly identity: SlotIdentity }> {
  for (let slot = claimed; ; slot = await reclaim()) {
    try {
      const stored = slot.identity ?? (await slot.reset(choices));
      const identity = { ...stored, ...choices };
      const isChanged = identity.name !== stored.name || identity.priority !== stored.priority;
      if (isChanged) await slot.save(identity);
      return { slot, identity };
    } catch (error) {
      slot.release();
      if (!(error instanceof SlotLost)) throw error;
    }
  }
}

/** Also of one that is of no use now: its tab holds it, and keeps everybody from reading it. */
type Look = SlotGlance | { readonly state: 'busy' };

/** What each slot of a park looks like, held or free. One that can't be read counts as damaged. */
async function glanceAtAll(park: string, tryLock: TryLock): Promise<readonly Look[]> {
  const looks = new Array<Look>(MAX_SLOTS).fill({ state: 'empty' });
  const slots = await existingSlots(park);
  await Promise.all(
    slots.map(async (slot) => {
      looks[slot] = await lookAt(park, slot, tryLock);
    }),
  );
  return looks;
}

/**
 * A tab that is frozen in the middle of a write keeps all others from reading there, for a minute in Chromium. It holds its
 * slot all the while, so there is nothing to claim. A slot that nobody holds is waited for, however slow the disk.
 */
function lookAt(park: string, slot: number, tryLock: TryLock): Promise<Look> {
  return new Promise((resolve) => {
    const impatient = setTimeout(() => {
      const held = isHeld(databaseName(park, slot), tryLock).catch(() => false);
      void held.then((isBusy) => {
        if (isBusy) resolve({ state: 'busy' });
      });
    }, LOOK_PATIENCE_MS);
    const looked = glanceAtSlot(park, slot).catch(unreadable);
    void looked.then((glance) => {
      clearTimeout(impatient);
      resolve(glance);
    });
  });
}

async function isHeld(name: string, tryLock: TryLock): Promise<boolean> {
  const lock = await tryLock(name, 0);
  lock?.release();
  return lock === null;
}

function unreadable(error: unknown): SlotGlance {
  const reason = error instanceof Error ? error.message : String(error);
  return { state: 'damaged', reason };
}

async function existingSlots(park: string): Promise<number[]> {
  const all = Array.from({ length: MAX_SLOTS }, (_, slot) => slot);
  // Old browsers can't list their databases; a glance at one that does not exist is only slower.
  if (!('databases' in indexedDB)) return all;
  const names = new Set((await indexedDB.databases()).map(({ name }) => name));
  return all.filter((slot) => names.has(databaseName(park, slot)));
}

/** The order in which slots are claimed, and how long each is waited for. */
function inOrder(
  glances: readonly Look[],
  remembered: number | null,
): { slot: number; patienceMs: number }[] {
  const slots = glances.map((glance, slot) => ({
    slot,
    glance,
    patienceMs: slot === remembered ? RELOAD_PATIENCE_MS : 0,
  }));
  const rank = ({ glance, patienceMs }: (typeof slots)[number]): number => {
    if (patienceMs > 0) return 0;
    // An identity without a log yet is still better than none.
    return glance.state === 'whole' ? (glance.tip === null ? 2 : 1) : 3;
  };
  return slots
    .filter(({ glance }) => glance.state !== 'damaged' && glance.state !== 'busy')
    .sort((a, b) => rank(a) - rank(b) || compareTips(b.glance, a.glance) || a.slot - b.slot);
}

function compareTips(a: Look, b: Look): number {
  if (a.state !== 'whole' || b.state !== 'whole') return 0;
  return a.tip === null || b.tip === null ? 0 : comparePosition(a.tip, b.tip);
}

function damageOf(glances: readonly Look[]): string[] {
  return glances.flatMap((glance, slot) =>
    glance.state === 'damaged' ? [`slot ${slot}: ${glance.reason}`] : [],
  );
}

function namesOf(glances: readonly Look[]): ReadonlySet<string> {
  return new Set(
    glances.flatMap((glance) => (glance.state === 'whole' ? [glance.identity.name] : [])),
  );
}

function browserEnvironment(park: string): SlotEnvironment {
  const key = `gatehouse/${park}/slot`;
  return {
    tryLock: browserLock(),
    remembered: wasReloaded() ? parseSlot(sessionStorage.getItem(key)) : null,
    remember: (slot) => sessionStorage.setItem(key, String(slot)),
  };
}

function parseSlot(text: string | null): number | null {
  return text !== null && /^\d{1,2}$/.test(text) ? Number(text) : null;
}

/** True for a reload and a return in history: then what this tab remembers is its own, and not a copy of another's. */
function wasReloaded(): boolean {
  const [navigation] = performance.getEntriesByType('navigation');
  const type = navigation instanceof PerformanceNavigationTiming ? navigation.type : 'navigate';
  return type === 'reload' || type === 'back_forward';
}

/**
 * Releases when the page goes away, which is sooner than the browser finds that it is gone. A page that is only put
 * aside keeps its slot, for it may come back.
 */
function releaseWithPage(release: () => void): () => void {
  const onHide = (event: PageTransitionEvent) => {
    if (!event.persisted) end();
  };
  const end = () => {
    removeEventListener('pagehide', onHide);
    release();
  };
  addEventListener('pagehide', onHide);
  return end;
}
