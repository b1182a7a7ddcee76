import {
  GatehouseError,
  type ChatMessage,
  type ChatRecord,
  type ChatRoom,
  type GatehouseChat,
  type RoomOptions,
  type RoomOrder,
} from '../../runtime/gatehouse.ts';

interface FakeRoom {
  readonly passphrase: string | undefined;
  readonly order: RoomOrder;
  joined: boolean;
}

interface FakeMessage extends ChatMessage {
  readonly index: number;
  readonly sealed: boolean;
}

/** A chat in memory: of this user, and of others whom the page's states and tests let speak. */
export class FakeChat implements GatehouseChat {
  readonly #self: string;
  readonly #changed: () => void;
  readonly #rooms = new Map<string, FakeRoom>();
  readonly #users = new Map<string, boolean>();
  readonly #histories = new Map<string, FakeMessage[]>();
  #name: string | null = null;
  #last = 0;

  constructor(self: string, changed: () => void) {
    this.#self = self;
    this.#changed = changed;
  }

  async register(name: string): Promise<void> {
    if (this.#users.has(name)) throw new GatehouseError('invalid', true, 'this name is taken');
    if (this.#name !== null) this.#users.delete(this.#name);
    this.#name = name;
    this.#users.set(name, true);
    this.#changed();
  }

  users(): { name: string; online: boolean }[] {
    return [...this.#users].map(([name, online]) => ({ name, online }));
  }

  async join(room: string, passphrase?: string, { order }: RoomOptions = {}): Promise<void> {
    const made = { passphrase, order: order ?? 'log', joined: false };
    const known = this.#rooms.get(room) ?? made;
    if (known.passphrase !== passphrase) {
      throw new GatehouseError('invalid', true, 'wrong passphrase');
    }
    this.#rooms.set(room, { ...known, joined: true });
    this.#changed();
  }

  async say(room: string, text: string): Promise<void> {
    this.speak(this.#name ?? '', room, { text });
  }

  async tell(user: string, text: string): Promise<void> {
    this.speak(this.#name ?? '', user, { text });
  }

  history(roomOrUser: string): ChatMessage[] {
    const locked = this.#rooms.get(roomOrUser)?.joined === false;
    return (this.#histories.get(roomOrUser) ?? []).map(({ index: _, sealed, ...message }) => {
      if (locked && sealed) return { ...message, text: '', problem: 'locked' };
      return message.problem === undefined ? message : { ...message, text: '' };
    });
  }

  records(roomOrUser: string): ChatRecord[] {
    return (this.#histories.get(roomOrUser) ?? []).map(({ index, from, text, sealed }) => ({
      index,
      from: from === this.#name ? this.#self : `${from.toLowerCase()}0000`,
      sealed: sealed ? btoa(encodeURIComponent(`${index}${text}`)) : null,
    }));
  }

  me(): string | null {
    return this.#name;
  }

  rooms(): ChatRoom[] {
    return [...this.#rooms].map(([name, { passphrase, order, joined }]) => {
      return { name, locked: passphrase !== undefined, order, joined };
    });
  }

  // --- What others do -------------------------------------------------------------------------------------------

  /** Somebody else is there, or not. */
  meet(name: string, online = true): void {
    this.#users.set(name, online);
    this.#changed();
  }

  /** Somebody else has made a room. */
  made(room: string, passphrase?: string, order: RoomOrder = 'log'): void {
    this.#rooms.set(room, { passphrase, order, joined: false });
    this.#changed();
  }

  /** In a room of the multicast's order: at the end, unless the message says where it stands. */
  speak(from: string, place: string, message: Partial<ChatMessage> & { text: string }): void {
    const room = this.#rooms.get(place);
    const sealed = room === undefined || room.passphrase !== undefined;
    this.#last += 1;
    const before = this.#histories.get(place) ?? [];
    const isOrdered = room !== undefined && room.order !== 'log';
    const placed = isOrdered ? { position: { view: 1, number: before.length + 1 } } : {};
    const whole = { from, at: Date.now(), ...placed, ...message, index: this.#last, sealed };
    this.#histories.set(place, [...before, whole].sort(byPosition));
    this.#changed();
  }
}

function byPosition({ position: a }: FakeMessage, { position: b }: FakeMessage): number {
  return a && b ? a.view - b.view || a.number - b.number : 0;
}
