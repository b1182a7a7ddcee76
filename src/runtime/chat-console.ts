import type { ReplyValue } from '../core/effects.ts';
import type { MulticastKind } from '../core/entry.ts';
import type { NodeId } from '../core/identity.ts';
import type { Json } from '../core/json.ts';
import { roomPlace, talkPlace, type Message } from '../machines/chat-histories.ts';
import {
  asChatOutcome,
  type ChatOperation,
  type ChatOutcome,
  type RoomLock,
  type RoomOrder,
  type SealedText,
  type Text,
} from '../machines/chat-operations.ts';
import type { Chat, Room, User } from '../machines/chat.ts';
import {
  invalid,
  parseChatName,
  parseOrder,
  parsePassphrase,
  parseText,
  refusalWords,
} from './chat-input.ts';
import { ChatKeys, directContext, ownerOf, roomContext, type KeyOwner } from './chat-keys.ts';
import { ChatPositions } from './chat-positions.ts';
import { ChatReader, type Reading } from './chat-reader.ts';
import type { Clock } from './clock.ts';
import type {
  ChatMessage,
  ChatRecord,
  ChatRoom,
  GatehouseChat,
  RoomOptions,
} from './gatehouse-chat.ts';
import { GatehouseError } from './gatehouse.ts';
import type { Host } from './host.ts';
import type { Keychain } from './keychain.ts';
import type { Cryptography } from './sealing.ts';

/** What the chat needs of the console that it is a part of. */
export interface ChatCalls {
  /** Throws when the node does not run. */
  running(): NonNullable<Host['life']>;
  /** Resolves with the machine's answer once the operation is committed. */
  operate(body: ChatOperation): Promise<{ readonly index: number; readonly outcome: Json }>;
  /** Resolves once the entry is applied here. */
  applied(index: number): Promise<unknown>;
  /** Resolves when the text, sent to the whole group in this order, is delivered here. */
  multicast(text: string, order: MulticastKind): Promise<ReplyValue>;
}

/** `gatehouse.chat` on one host. */
export class ChatConsole implements GatehouseChat {
  readonly #host: Host;
  readonly #calls: ChatCalls;
  /** Null where the page is not secure: the browser offers it no cryptography. */
  readonly #keys: ChatKeys | null;
  readonly #reader: ChatReader;
  readonly #positions: ChatPositions;

  constructor(
    host: Host,
    calls: ChatCalls,
    clock: Pick<Clock, 'now'>,
    crypto: Cryptography | null,
    keychain: Keychain,
  ) {
    this.#host = host;
    this.#calls = calls;
    this.#positions = new ChatPositions((text, order) => calls.multicast(text, order), clock);
    this.#keys = crypto && new ChatKeys(crypto, keychain);
    this.#reader = new ChatReader(host, this.#keys);
  }

  async register(name: string): Promise<void> {
    const own = parseChatName(name, 'name');
    this.#calls.running();
    const key = this.#keys && (await stored(this.#keys.publicKey(ownerOf(this.#host))));
    mustBeAllowed(await this.#ask({ machine: 'chat', kind: 'register', name: own, key }));
  }

  users(): { name: string; online: boolean }[] {
    const { life } = this.#host;
    if (!life) return [];
    const online = new Set([this.#self]);
    for (const { id, suspected } of life.driver.view().peers) {
      const link = life.driver.link(id);
      if (!suspected && (link === 'open' || link === 'relayed')) online.add(id);
    }
    return life.chat.users().map((user) => ({ name: nameOf(user), online: online.has(user.node) }));
  }

  async join(room: string, passphrase?: string, options: RoomOptions = {}): Promise<void> {
    const name = parseChatName(room, 'room');
    const secret = passphrase === undefined ? null : parsePassphrase(passphrase);
    const order = parseOrder(options.order);
    const known = this.#chat().room(name);
    let { lock, key } = await this.#lockFor(name, known, secret);
    let outcome = await this.#ask(joining(name, lock, order));
    const made = this.#chat().room(name);
    if (!outcome.allowed && outcome.reason === 'other-lock' && !known && made) {
      // Somebody else was first to make it.
      ({ lock, key } = await this.#lockFor(name, made, secret));
      outcome = await this.#ask(joining(name, lock, order));
    }
    mustBeAllowed(outcome);
    if (lock && key) await stored(this.#secure().keep(ownerOf(this.#host), name, lock, key));
    await this.#reader.read();
  }

  async say(room: string, text: string): Promise<void> {
    const said = parseText(text);
    const found = this.#chat().room(parseChatName(room, 'room'));
    if (!found) throw invalid(refusalWords('no-room'));
    const { name, lock, order } = found;
    const body: Text = lock ? await this.#sealFor(name, lock, said) : { kind: 'plain', text: said };
    const saying = { machine: 'chat', room: name, text: body } as const;
    if (order === 'log') mustBeAllowed(await this.#ask({ ...saying, kind: 'say' }));
    else {
      const position = await this.#positions.next(name, order);
      mustBeAllowed(await this.#ask({ ...saying, kind: 'say-ordered', position }));
    }
    await this.#reader.read();
  }

  async tell(user: string, text: string): Promise<void> {
    const said = parseText(text);
    const chat = this.#chat();
    const to = chat.called(parseChatName(user, 'user'));
    if (!to) throw invalid(refusalWords('no-user'));
    const owner = this.#parkOwner();
    const keys = this.#secure();
    const me = chat.user(owner.node);
    if (!me) throw invalid(refusalWords('unregistered'));
    if (me.key !== (await stored(keys.publicKey(owner)))) {
      throw invalid('register your name again: it has no key, or that of another page');
    }
    const key = await stored(keys.talkKey(owner, to.node, to.key));
    if (!key) throw invalid('the page of this user can open no sealed messages');
    const context = directContext(owner, to.node, owner.node);
    const sealed = await keys.sealing.seal(key, said, context);
    mustBeAllowed(await this.#ask({ machine: 'chat', kind: 'tell', to: to.node, text: sealed }));
    await this.#reader.read();
  }

  history(roomOrUser: string): ChatMessage[] {
    const chat = this.#host.life?.chat;
    const shown: ChatMessage[] = [];
    if (!chat) return shown;
    for (const message of this.#messages(chat, roomOrUser)) {
      const reading = this.#reader.reading(message);
      // It is being opened: what comes after it waits, so that a history of the log's order only grows at its end.
      if (reading === undefined) break;
      const sender = chat.user(message.from);
      shown.push(messageView(message, sender ? nameOf(sender) : message.from, reading));
    }
    return shown;
  }

  records(roomOrUser: string): ChatRecord[] {
    const chat = this.#host.life?.chat;
    const messages = chat ? this.#messages(chat, roomOrUser) : [];
    return messages.map(({ index, from, text }) => {
      return { index, from, sealed: text.kind === 'sealed' ? text.data : null };
    });
  }

  me(): string | null {
    const user = this.#host.life?.chat.user(this.#self);
    return user ? nameOf(user) : null;
  }

  rooms(): ChatRoom[] {
    const rooms = this.#host.life?.chat.rooms() ?? [];
    return rooms.map(({ name, lock, order, members }) => ({
      name,
      locked: lock !== null,
      order,
      joined: members.has(this.#self),
    }));
  }

  // --- Asking ---------------------------------------------------------------------------------------------------

  async #ask(body: ChatOperation): Promise<ChatOutcome> {
    const { index, outcome } = await this.#calls.operate(body);
    // It is done, whatever happens to this node now: that it is seen here is all that is waited for.
    await this.#calls.applied(index).catch(() => undefined);
    const decided = asChatOutcome(outcome);
    if (!decided) throw new GatehouseError('timeout', false, 'the answer says nothing');
    return decided;
  }

  /** What to show at a room's door, and what it opens with. */
  async #lockFor(
    name: string,
    room: Room | undefined,
    secret: string | null,
  ): Promise<{ lock: RoomLock | null; key: CryptoKey | null }> {
    if (!room) {
      if (secret === null) return { lock: null, key: null };
      const [lock, key] = await this.#secure().newLock(this.#parkOwner(), name, secret);
      return { lock, key };
    }
    const { lock } = room;
    if (!lock) {
      // Who gives a passphrase counts on it.
      if (secret !== null)
        throw invalid('the room has no passphrase: everybody reads what is said');
      return { lock, key: null };
    }
    const owner = this.#parkOwner();
    const keys = this.#secure();
    if (secret === null) {
      const key = await stored(keys.roomKey(owner, name, lock));
      if (!key) throw invalid('the room has a passphrase');
      return { lock, key };
    }
    const key = await keys.unlock(owner, name, lock, secret);
    if (!key) throw invalid('wrong passphrase');
    return { lock, key };
  }

  async #sealFor(room: string, lock: RoomLock, text: string): Promise<SealedText> {
    const owner = this.#parkOwner();
    const keys = this.#secure();
    const key = await stored(keys.roomKey(owner, room, lock));
    if (!key) throw invalid('join the room with its passphrase first');
    return keys.sealing.seal(key, text, roomContext(owner, room, owner.node));
  }

  // --- Who and where --------------------------------------------------------------------------------------------

  get #self(): NodeId {
    return this.#host.home.self.id;
  }

  #chat(): Chat {
    return this.#calls.running().chat;
  }

  #parkOwner(): KeyOwner {
    const owner = ownerOf(this.#host);
    if (owner.park !== '') return owner;
    throw new GatehouseError('no-quorum', true, 'this gate belongs to no park yet');
  }

  #secure(): ChatKeys {
    if (this.#keys) return this.#keys;
    throw invalid('sealed messages need a secure page: https, or this computer itself');
  }

  #messages(chat: Chat, roomOrUser: string): readonly Message[] {
    const name = parseChatName(roomOrUser, 'name');
    const room = chat.room(name);
    if (room) {
      const messages = chat.history(roomPlace(name));
      if (room.order === 'log') return messages;
      // One that is inserted must not hide, while it is being opened, what was there before it.
      return messages.filter((message) => this.#reader.reading(message) !== undefined);
    }
    const user = chat.called(name);
    return user ? chat.history(talkPlace(this.#self, user.node)) : [];
  }
}

function joining(room: string, lock: RoomLock | null, order: RoomOrder | undefined): ChatOperation {
  const asked = { machine: 'chat', room, lock } as const;
  return order === undefined
    ? { ...asked, kind: 'join' }
    : { ...asked, kind: 'join-ordered', order };
}

function messageView({ at, position }: Message, from: string, reading: Reading): ChatMessage {
  const placed = position ? { at, position } : { at };
  if (reading.state === 'open') return { from, text: reading.text, ...placed };
  return { from, text: '', ...placed, problem: reading.state };
}

function nameOf({ names, node }: User): string {
  return names.at(-1) ?? node;
}

function mustBeAllowed(outcome: ChatOutcome): void {
  if (!outcome.allowed) throw invalid(refusalWords(outcome.reason));
}

/** A keychain that fails is the storage's failure. */
async function stored<T>(key: Promise<T>): Promise<T> {
  try {
    return await key;
  } catch (error) {
    throw new GatehouseError(
      'storage',
      true,
      error instanceof Error ? error.message : String(error),
    );
  }
}
