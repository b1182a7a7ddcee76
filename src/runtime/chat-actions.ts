import type { ReplyValue } from '../core/effects.ts';
import type { MulticastKind } from '../core/entry.ts';
import type { Json } from '../core/json.ts';
import {
  asChatOutcome,
  type ChatOperation,
  type ChatOutcome,
  type RoomLock,
  type RoomOrder,
  type SealedText,
  type Text,
} from '../machines/chat-operations.ts';
import type { Chat, Room } from '../machines/chat.ts';
import { invalid, parseChatName } from './chat-input.ts';
import { ChatKeys, directContext, ownerOf, roomContext, type KeyOwner } from './chat-keys.ts';
import { ChatOpener } from './chat-opener.ts';
import { ChatPositions } from './chat-positions.ts';
import {
  lookAlike,
  parseOrder,
  parsePassphrase,
  parseText,
  refusalWords,
} from './chat-requests.ts';
import type { Clock } from './clock.ts';
import type { RoomOptions } from './gatehouse-chat.ts';
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

/** What a user does in the chat. A page that only counts visitors never fetches this file. */
export class ChatActions {
  readonly opener: ChatOpener;
  readonly #host: Host;
  readonly #calls: ChatCalls;
  readonly #keys: ChatKeys | null;
  readonly #positions: ChatPositions;

  /** @param crypto null where the page is not secure: the browser offers it no cryptography */
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
    this.opener = new ChatOpener(host, this.#keys);
  }

  async register(name: string): Promise<void> {
    const own = parseChatName(name, 'name');
    const { id } = this.#host.home.self;
    const others = this.#chat()
      .users()
      .filter(({ node }) => node !== id);
    const other = lookAlike(own, others);
    if (other !== null) throw invalid(`this name is too much like "${other}"`);
    const key = this.#keys && (await stored(this.#keys.publicKey(ownerOf(this.#host))));
    mustBeAllowed(await this.#ask({ machine: 'chat', kind: 'register', name: own, key }));
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
  }

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
}

function joining(room: string, lock: RoomLock | null, order: RoomOrder | undefined): ChatOperation {
  const asked = { machine: 'chat', room, lock } as const;
  return order === undefined
    ? { ...asked, kind: 'join' }
    : { ...asked, kind: 'join-ordered', order };
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
