import {
  GatehouseError,
  type ChatMessage,
  type ChatRecord,
  type ChatRoom,
  type GatehouseChat,
} from '../../runtime/gatehouse.ts';

interface FakeRoom {
  readonly passphrase: string | undefined;
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

  async join(room: string, passphrase?: string): Promise<void> {
    const known = this.#rooms.get(room) ?? newRoom(passphrase);
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
    return (this.#histories.get(roomOrUser) ?? []).map(({ from, text, at, sealed, problem }) => {
      if (locked && sealed) return { from, text: '', at, problem: 'locked' };
      return problem === undefined ? { from, text, at } : { from, text: '', at, problem };
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
    return [...this.#rooms].map(([name, { passphrase, joined }]) => {
      return { name, locked: passphrase !== undefined, joined };
    });
  }

  // --- What others do -------------------------------------------------------------------------------------------

  /** Somebody else is there, or not. */
  meet(name: string, online = true): void {
    this.#users.set(name, online);
    this.#changed();
  }

  /** Somebody else has made a room. */
  made(room: string, passphrase?: string): void {
    this.#rooms.set(room, { passphrase, joined: false });
    this.#changed();
  }

  speak(from: string, place: string, message: Partial<ChatMessage> & { text: string }): void {
    const room = this.#rooms.get(place);
    const sealed = room === undefined || room.passphrase !== undefined;
    this.#last += 1;
    const whole = { from, at: Date.now(), ...message, index: this.#last, sealed };
    this.#histories.set(place, [...(this.#histories.get(place) ?? []), whole]);
    this.#changed();
  }
}

function newRoom(passphrase: string | undefined): FakeRoom {
  if (passphrase !== undefined && passphrase.length < 8) {
    throw new GatehouseError('invalid', true, 'a new room needs a longer passphrase');
  }
  return { passphrase, joined: false };
}
