import { assert } from '../core/assert.ts';
import type { LogEntry, MulticastKind } from '../core/entry.ts';
import type { NodeId } from '../core/identity.ts';
import type { Json } from '../core/json.ts';
import { Histories, roomPlace, talkPlace, type Message, type Place } from './chat-histories.ts';
import {
  decodeChatOperation,
  type ChatOperation,
  type ChatOutcome,
  type ChatRefusal,
  type RoomLock,
  type RoomOrder,
  type Text,
} from './chat-operations.ts';
import {
  decodeChatSnapshot,
  MAX_NAMES,
  MAX_ROOMS,
  MAX_USERS,
  messageOf,
  NO_VIEWS,
  rowOf,
  type ChatSnapshot,
} from './chat-snapshot.ts';
import type { Machine } from './machine.ts';

/** Who goes by a name. */
export interface User {
  readonly node: NodeId;
  /** For direct messages; null where the page has no cryptography. */
  readonly key: string | null;
  /** All are its own for good; it goes by the last. */
  readonly names: readonly string[];
}

export interface Room {
  readonly name: string;
  /** Null for a room without a passphrase. */
  readonly lock: RoomLock | null;
  readonly order: RoomOrder;
  readonly members: ReadonlySet<NodeId>;
}

const ALLOWED: ChatOutcome = { allowed: true };

/** The chat (rules C1 to C5 and C9): who goes by which name, which rooms there are, and what was said. */
export class Chat implements Machine {
  readonly name = 'chat';
  #users = new Map<NodeId, User>();
  #owners = new Map<string, NodeId>();
  #rooms = new Map<string, Room & { readonly members: Set<NodeId> }>();
  #histories = new Histories();
  #views = NO_VIEWS;
  #version = 0;

  /** Grows with everything that changes. */
  get version(): number {
    return this.#version;
  }

  /** In the order in which they registered. */
  users(): readonly User[] {
    return [...this.#users.values()];
  }

  user(node: NodeId): User | undefined {
    return this.#users.get(node);
  }

  /** Who goes by this name, or did. */
  called(name: string): User | undefined {
    const owner = this.#owners.get(name);
    return owner === undefined ? undefined : this.#users.get(owner);
  }

  rooms(): readonly Room[] {
    return [...this.#rooms.values()];
  }

  room(name: string): Room | undefined {
    return this.#rooms.get(name);
  }

  history(place: Place): readonly Message[] {
    return this.#histories.of(place);
  }

  reset(): void {
    this.#users = new Map();
    this.#owners = new Map();
    this.#rooms = new Map();
    this.#histories = new Histories();
    this.#views = NO_VIEWS;
    this.#version += 1;
  }

  refuse(body: Json): string | null {
    const decoded = decodeChatOperation(body);
    return decoded.ok ? null : decoded.reason;
  }

  apply({ index, at, command }: LogEntry): Json {
    if (command.kind === 'view') this.#installs(command.order, command.view.number);
    if (command.kind !== 'operation') return null;
    const decoded = decodeChatOperation(command.operation.body);
    if (!decoded.ok) return null;
    this.#version += 1;
    return this.#decide(decoded.value, { index, at, from: command.operation.id.node });
  }

  snapshot(): Json {
    const rooms = [...this.#rooms.values()];
    const histories = this.#histories.places().map((place): Json => {
      return [place, this.#histories.of(place).map(rowOf)];
    });
    return {
      users: [...this.#users.values()].map(({ node, key, names }) => ({ node, key, names })),
      rooms: rooms.map(({ name, lock, order, members }) => {
        return { name, lock, order, members: [...members] };
      }),
      histories,
      views: { ...this.#views },
    };
  }

  refuseSnapshot(snapshot: Json): string | null {
    const decoded = decodeChatSnapshot(snapshot);
    return decoded.ok ? null : decoded.reason;
  }

  restore(snapshot: Json): void {
    const decoded = decodeChatSnapshot(snapshot);
    assert(decoded.ok, 'R6: a snapshot of the chat is checked before');
    this.reset();
    this.#take(decoded.value);
  }

  #take({ users, rooms, histories, views }: ChatSnapshot): void {
    this.#views = views;
    for (const { node, key, names } of users) {
      this.#users.set(node, { node, key, names });
      for (const name of names) this.#owners.set(name, node);
    }
    for (const room of rooms) {
      this.#rooms.set(room.name, { ...room, members: new Set(room.members) });
    }
    for (const [place, rows] of histories) {
      for (const row of rows) this.#histories.add(place, messageOf(row));
    }
  }

  /** Rule T4: the members of the group may now deliver in this view. */
  #installs(order: MulticastKind, number: number): void {
    this.#version += 1;
    this.#views = { ...this.#views, [order]: number };
  }

  #decide(asked: ChatOperation, origin: Pick<Message, 'index' | 'at' | 'from'>): ChatOutcome {
    switch (asked.kind) {
      case 'register':
        return this.#register(origin.from, asked.name, asked.key);
      case 'join':
        return this.#join(origin.from, asked.room, asked.lock, null);
      case 'join-ordered':
        return this.#join(origin.from, asked.room, asked.lock, asked.order);
      case 'say':
        return this.#say(asked.room, { ...origin, position: null, text: asked.text });
      case 'say-ordered':
        return this.#say(asked.room, { ...origin, position: asked.position, text: asked.text });
      case 'tell':
        return this.#tell(asked.to, { ...origin, position: null, text: asked.text });
    }
  }

  /** Rule C1. An old name stays with its user: what was said under it and is sent to it is nobody else's. */
  #register(node: NodeId, name: string, key: string | null): ChatOutcome {
    const owner = this.#owners.get(name);
    if (this.#rooms.has(name) || (owner !== undefined && owner !== node)) return refused('taken');
    const others = (this.#users.get(node)?.names ?? []).filter((other) => other !== name);
    const isNew = !this.#users.has(node);
    if (others.length >= MAX_NAMES || (isNew && this.#users.size >= MAX_USERS)) {
      return refused('too-many');
    }
    this.#users.set(node, { node, key, names: [...others, name] });
    this.#owners.set(name, node);
    return ALLOWED;
  }

  /**
   * Rules C2 and C9.
   * @param order null: whichever the room has, and the log's for a new one
   */
  #join(node: NodeId, name: string, lock: RoomLock | null, order: RoomOrder | null): ChatOutcome {
    if (!this.#users.has(node)) return refused('unregistered');
    const room = this.#rooms.get(name);
    if (room) {
      if (!isSame(room.lock, lock)) return refused('other-lock');
      if (order !== null && order !== room.order) return refused('other-order');
      room.members.add(node);
      return ALLOWED;
    }
    if (this.#owners.has(name)) return refused('taken');
    if (this.#rooms.size >= MAX_ROOMS) return refused('too-many');
    this.#rooms.set(name, { name, lock, order: order ?? 'log', members: new Set([node]) });
    return ALLOWED;
  }

  /** Rules C3 and C9. */
  #say(name: string, message: Message): ChatOutcome {
    const room = this.#rooms.get(name);
    if (!room) return refused('no-room');
    if (!room.members.has(message.from)) return refused('not-joined');
    if (isSealed(message.text) !== (room.lock !== null)) return refused('wrong-form');
    const { order } = room;
    const { position } = message;
    if ((position === null) !== (order === 'log')) return refused('wrong-order');
    // An author has applied the view in which its tag was delivered: here it stands before what it says.
    if (position && order !== 'log' && position.view > this.#views[order])
      return refused('no-view');
    this.#histories.add(roomPlace(name), message);
    return ALLOWED;
  }

  #tell(to: NodeId, message: Message): ChatOutcome {
    if (!this.#users.has(message.from)) return refused('unregistered');
    if (!this.#users.has(to)) return refused('no-user');
    this.#histories.add(talkPlace(message.from, to), message);
    return ALLOWED;
  }
}

function refused(reason: ChatRefusal): ChatOutcome {
  return { allowed: false, reason };
}

function isSealed({ kind }: Text): boolean {
  return kind === 'sealed';
}

function isSame(a: RoomLock | null, b: RoomLock | null): boolean {
  if (a === null || b === null) return a === b;
  const isSameCheck = a.check.iv === b.check.iv && a.check.data === b.check.data;
  return a.salt === b.salt && a.iterations === b.iterations && isSameCheck;
}
