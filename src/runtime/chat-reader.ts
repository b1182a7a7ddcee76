import type { Message } from '../machines/chat-histories.ts';
import type { Chat } from '../machines/chat.ts';
import type { ChatOpener } from './chat-opener.ts';
import type { Host } from './host.ts';

/** What a message says to this user (rule C8). */
export type Reading =
  | { readonly state: 'open'; readonly text: string }
  /** There is no key for it here. */
  | { readonly state: 'locked' }
  /** The key does not open it: it was changed, or moved, or sealed with another key. */
  | { readonly state: 'damaged' };

/** Has sealed messages opened as they come, and remembers what they say as long as the machine keeps them. */
export class ChatReader {
  readonly #readings = new WeakMap<Message, Reading>();
  #seen: { readonly chat: Chat; readonly version: number } | null = null;
  #reading: Promise<void> | null = null;
  #again = false;

  /** @param opener rejects when its code can't be fetched; asked for only where something may be sealed */
  constructor(
    private readonly host: Host,
    private readonly opener: () => Promise<ChatOpener>,
  ) {
    host.subscribe(() => this.#changed());
  }

  /** Undefined for a sealed message that nobody has tried to open yet. */
  reading(message: Message): Reading | undefined {
    const { text } = message;
    if (text.kind === 'plain') return { state: 'open', text: text.text };
    return this.#readings.get(message);
  }

  /** Resolves when all that stands in the histories now was opened, or can't be. Never rejects. */
  read(): Promise<void> {
    this.#again = true;
    this.#reading ??= this.#readUntilDone().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  #changed(): void {
    const chat = this.host.life?.chat;
    if (!chat || (chat === this.#seen?.chat && chat.version === this.#seen.version)) return;
    this.#seen = { chat, version: chat.version };
    void this.read();
  }

  async #readUntilDone(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const chat = this.host.life?.chat;
      // Only users have keys, and only they seal.
      if (!chat || chat.users().length === 0) return;
      if (await this.#open(chat)) this.host.changed();
    }
  }

  async #open(chat: Chat): Promise<boolean> {
    try {
      const opener = await this.opener();
      return await opener.open(chat, this.#readings);
    } catch (error) {
      // What is sealed stays out of the histories until the chat changes, which tries again.
      this.host.note('chat', error instanceof Error ? error.message : String(error));
      return false;
    }
  }
}
