import { roomPlace, talkPlace, type Message } from '../machines/chat-histories.ts';
import type { Chat, User } from '../machines/chat.ts';
import type { NodeId } from '../core/identity.ts';
import type { ChatActions } from './chat-actions.ts';
import { parseChatName } from './chat-input.ts';
import { ChatReader, type Reading } from './chat-reader.ts';
import type {
  ChatMessage,
  ChatRecord,
  ChatRoom,
  GatehouseChat,
  RoomOptions,
} from './gatehouse-chat.ts';
import type { Host } from './host.ts';
import type { OnDemand } from './on-demand.ts';

/** `gatehouse.chat` on one host. */
export class ChatConsole implements GatehouseChat {
  readonly #host: Host;
  readonly #actions: OnDemand<ChatActions>;
  readonly #reader: ChatReader;

  constructor(host: Host, actions: OnDemand<ChatActions>) {
    this.#host = host;
    this.#actions = actions;
    this.#reader = new ChatReader(host, async () => (await this.#actions.get()).opener);
  }

  async register(name: string): Promise<void> {
    await (await this.#actions.get()).register(name);
  }

  async join(room: string, passphrase?: string, options: RoomOptions = {}): Promise<void> {
    await (await this.#actions.get()).join(room, passphrase, options);
    await this.#reader.read();
  }

  async say(room: string, text: string): Promise<void> {
    await (await this.#actions.get()).say(room, text);
    await this.#reader.read();
  }

  async tell(user: string, text: string): Promise<void> {
    await (await this.#actions.get()).tell(user, text);
    await this.#reader.read();
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

  get #self(): NodeId {
    return this.#host.home.self.id;
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

function messageView({ at, position }: Message, from: string, reading: Reading): ChatMessage {
  const placed = position ? { at, position } : { at };
  if (reading.state === 'open') return { from, text: reading.text, ...placed };
  return { from, text: '', ...placed, problem: reading.state };
}

function nameOf({ names, node }: User): string {
  return names.at(-1) ?? node;
}
