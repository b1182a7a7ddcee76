import {
  GatehouseError,
  type ChatMessage,
  type ChatRoom,
  type GatehouseChat,
} from '../../runtime/gatehouse.ts';

/** A chat in memory, of this user alone. */
export class FakeChat implements GatehouseChat {
  readonly #rooms = new Map<string, { passphrase: string | undefined }>();
  readonly #histories = new Map<string, ChatMessage[]>();
  #name: string | null = null;

  async register(name: string): Promise<void> {
    this.#name = name;
  }

  users(): { name: string; online: boolean }[] {
    return this.#name === null ? [] : [{ name: this.#name, online: true }];
  }

  async join(room: string, passphrase?: string): Promise<void> {
    const known = this.#rooms.get(room) ?? { passphrase };
    if (known.passphrase !== passphrase) {
      throw new GatehouseError('invalid', true, 'wrong passphrase');
    }
    this.#rooms.set(room, known);
  }

  async say(room: string, text: string): Promise<void> {
    this.#add(room, text);
  }

  async tell(user: string, text: string): Promise<void> {
    this.#add(user, text);
  }

  history(roomOrUser: string): ChatMessage[] {
    return [...(this.#histories.get(roomOrUser) ?? [])];
  }

  me(): string | null {
    return this.#name;
  }

  rooms(): ChatRoom[] {
    return [...this.#rooms].map(([name, { passphrase }]) => {
      return { name, locked: passphrase !== undefined, joined: true };
    });
  }

  #add(to: string, text: string): void {
    const message = { from: this.#name ?? '', text, at: Date.now() };
    this.#histories.set(to, [...this.history(to), message]);
  }
}
