import type { NodeId } from '../core/identity.ts';
import { talkPlace } from '../machines/chat-histories.ts';
import { MIN_ITERATIONS, type RoomLock } from '../machines/chat-operations.ts';
import type { Host } from './host.ts';
import type { Keychain } from './keychain.ts';
import { Sealing, type Cryptography, type SealContext } from './sealing.ts';

/** What the key check of a lock says. */
const CHECK = 'the right passphrase';

/** Whose keys, and in which park. */
export interface KeyOwner {
  readonly node: NodeId;
  /** The generation in which the park was founded; '' before this node belongs to one. */
  readonly park: string;
}

/** The keys of this tab's user: one for each locked room that it was let into, and a pair for direct messages. */
export class ChatKeys {
  readonly sealing: Sealing;
  readonly #keychain: Keychain;
  /** By the names under which they are kept; null: there is none. */
  readonly #rooms = new Map<string, Promise<CryptoKey | null>>();
  readonly #pairs = new Map<string, Promise<CryptoKeyPair | null>>();
  readonly #ownPairs = new Map<string, Promise<CryptoKeyPair>>();
  readonly #talks = new Map<string, Promise<CryptoKey | null>>();

  constructor(crypto: Cryptography, keychain: Keychain) {
    this.sealing = new Sealing(crypto);
    this.#keychain = keychain;
  }

  /** A lock for a new room. Its key is not kept yet: another room of that name may be first. */
  async newLock(owner: KeyOwner, room: string, passphrase: string): Promise<[RoomLock, CryptoKey]> {
    const derivation = { salt: this.sealing.newSalt(), iterations: MIN_ITERATIONS };
    const key = await this.sealing.roomKey(passphrase, derivation);
    const check = await this.sealing.seal(key, CHECK, checkContext(owner, room));
    return [{ ...derivation, check }, key];
  }

  /** The key of a lock, or null when the passphrase is wrong. */
  async unlock(
    owner: KeyOwner,
    room: string,
    lock: RoomLock,
    passphrase: string,
  ): Promise<CryptoKey | null> {
    return this.#fitting(owner, room, lock, await this.sealing.roomKey(passphrase, lock));
  }

  async keep(owner: KeyOwner, room: string, lock: RoomLock, key: CryptoKey): Promise<void> {
    const name = roomKeyName(owner, room, lock);
    this.#rooms.set(name, this.#fitting(owner, room, lock, key));
    await this.#keychain.set(name, key);
  }

  /** Null when this user has not been let in. */
  roomKey(owner: KeyOwner, room: string, lock: RoomLock): Promise<CryptoKey | null> {
    const name = roomKeyName(owner, room, lock);
    return remember(this.#rooms, name, async () => {
      const kept = await this.#keychain.get(name);
      return kept instanceof CryptoKey ? this.#fitting(owner, room, lock, kept) : null;
    });
  }

  /** The public key for the directory; makes the pair if there is none. */
  async publicKey({ node }: KeyOwner): Promise<string> {
    const name = pairName(node);
    const own = remember(this.#ownPairs, name, async () => {
      return (await this.#pair(node)) ?? this.#newPair(name);
    });
    return this.sealing.publicKey(await own);
  }

  /** The key of the conversation with another user; null when one of both has no pair. */
  talkKey(
    { node, park }: KeyOwner,
    other: NodeId,
    otherKey: string | null,
  ): Promise<CryptoKey | null> {
    if (otherKey === null) return Promise.resolve(null);
    const place = talkPlace(node, other);
    return remember(this.#talks, JSON.stringify([park, place, otherKey]), async () => {
      const pair = await this.#pair(node);
      return pair && this.sealing.talkKey(pair, otherKey, { park, place });
    });
  }

  /** Null for a key that does not open the lock's check: it must seal nothing there (rule C6). */
  async #fitting(
    owner: KeyOwner,
    room: string,
    { check }: RoomLock,
    key: CryptoKey,
  ): Promise<CryptoKey | null> {
    const opened = await this.sealing.open(key, check, checkContext(owner, room));
    return opened === CHECK ? key : null;
  }

  #pair(node: NodeId): Promise<CryptoKeyPair | null> {
    const name = pairName(node);
    return remember(this.#pairs, name, async () => {
      const kept = await this.#keychain.get(name);
      return isPair(kept) ? kept : null;
    });
  }

  async #newPair(name: string): Promise<CryptoKeyPair> {
    const pair = await this.sealing.newPair();
    await this.#keychain.set(name, pair);
    this.#pairs.set(name, Promise.resolve(pair));
    this.#talks.clear();
    return pair;
  }
}

/** What is looked for or made once; a try that failed is made again. */
function remember<T>(
  known: Map<string, Promise<T>>,
  name: string,
  make: () => Promise<T>,
): Promise<T> {
  const before = known.get(name);
  if (before) return before;
  const made = make();
  known.set(name, made);
  made.catch(() => known.delete(name));
  return made;
}

/** This node in its park. What a person's decision began later is the same park, and the same messages stand in it. */
export function ownerOf({ home, life }: Host): KeyOwner {
  const founded = life?.driver.node.replica.membership.generations[0];
  return { node: home.self.id, park: founded?.id ?? '' };
}

export function roomContext({ park }: KeyOwner, room: string, sender: NodeId): SealContext {
  return { kind: 'room', park, to: room, sender };
}

export function directContext({ park }: KeyOwner, to: NodeId, sender: NodeId): SealContext {
  return { kind: 'direct', park, to, sender };
}

function checkContext({ park }: KeyOwner, room: string): SealContext {
  return { kind: 'check', park, to: room, sender: '' };
}

/**
 * All that a key belongs to. Whatever of it were left out somebody could copy, for all of a lock stands in the log, and have
 * the key of another room filed in the place of this one.
 */
function roomKeyName(
  { node, park }: KeyOwner,
  room: string,
  { salt, iterations, check }: RoomLock,
): string {
  return `${node}/room/${JSON.stringify([park, room, salt, iterations, check.iv, check.data])}`;
}

function pairName(node: NodeId): string {
  return `${node}/pair`;
}

function isPair(value: unknown): value is CryptoKeyPair {
  if (typeof value !== 'object' || value === null) return false;
  const isPublic = 'publicKey' in value && value.publicKey instanceof CryptoKey;
  return isPublic && 'privateKey' in value && value.privateKey instanceof CryptoKey;
}
