import { roomPlace, talkPlace, type Message, type Place } from '../machines/chat-histories.ts';
import type { Chat } from '../machines/chat.ts';
import { directContext, ownerOf, roomContext, type ChatKeys } from './chat-keys.ts';
import type { Reading } from './chat-reader.ts';
import type { Host } from './host.ts';
import type { SealContext } from './sealing.ts';

/** What messages say, as far as it is known. */
export type Readings = WeakMap<Message, Reading>;

/** A place whose texts are sealed, and how they are opened. */
interface SealedPlace {
  readonly place: Place;
  readonly key: (keys: ChatKeys) => Promise<CryptoKey | null>;
  readonly contextOf: (message: Message) => SealContext;
}

/** Opens sealed messages (rule C8). */
export class ChatOpener {
  /** @param keys null where the page has no cryptography: then all that is sealed stays locked */
  constructor(
    private readonly host: Host,
    private readonly keys: ChatKeys | null,
  ) {}

  /** Adds what can be known now to the readings. Returns whether that was anything new. */
  async open(chat: Chat, readings: Readings): Promise<boolean> {
    const places = this.#sealedPlaces(chat);
    const news = await Promise.all(places.map((place) => this.#readPlace(chat, place, readings)));
    return news.includes(true);
  }

  async #readPlace(
    chat: Chat,
    { place, key, contextOf }: SealedPlace,
    known: Readings,
  ): Promise<boolean> {
    const found = this.keys && (await key(this.keys).catch((error: unknown) => this.#noKey(error)));
    const messages = chat.history(place);
    const unread = messages.filter((message) => isUnread(message, known, found !== null));
    if (unread.length === 0) return false;
    const copies = copiesIn(messages);
    const readings = await Promise.all(
      unread.map(async (message): Promise<Reading> => {
        if (found !== null && copies.has(message)) return { state: 'damaged' };
        return this.#open(message, found, contextOf(message));
      }),
    );
    // All at once: a history has no holes while it is being opened.
    readings.forEach((reading, i) => {
      const message = unread[i];
      if (message) known.set(message, reading);
    });
    return true;
  }

  async #open({ text }: Message, key: CryptoKey | null, context: SealContext): Promise<Reading> {
    if (text.kind === 'plain') return { state: 'open', text: text.text };
    if (key === null || this.keys === null) return { state: 'locked' };
    const opened = await this.keys.sealing.open(key, text, context);
    return opened === null ? { state: 'damaged' } : { state: 'open', text: opened };
  }

  #noKey(error: unknown): null {
    const reason = error instanceof Error ? error.message : String(error);
    this.host.refuse({ source: 'storage', reason, from: null });
    return null;
  }

  #sealedPlaces(chat: Chat): SealedPlace[] {
    const owner = ownerOf(this.host);
    const rooms = chat.rooms().flatMap(({ name, lock }): SealedPlace[] => {
      if (!lock) return [];
      const contextOf = ({ from }: Message): SealContext => roomContext(owner, name, from);
      const key = (keys: ChatKeys): Promise<CryptoKey | null> => keys.roomKey(owner, name, lock);
      return [{ place: roomPlace(name), key, contextOf }];
    });
    const talks = chat.users().flatMap(({ node, key }): SealedPlace[] => {
      const place = talkPlace(owner.node, node);
      if (chat.history(place).length === 0) return [];
      const contextOf = ({ from }: Message): SealContext =>
        directContext(owner, from === owner.node ? node : owner.node, from);
      return [{ place, key: (keys) => keys.talkKey(owner, node, key), contextOf }];
    });
    return [...rooms, ...talks];
  }
}

/**
 * Messages that show an IV again: nobody seals under one twice, so they were copied. The first in the log is the original:
 * a copy may say to stand before it.
 */
function copiesIn(messages: readonly Message[]): Set<Message> {
  const seen = new Set<string>();
  const asInLog = messages.toSorted((a, b) => a.index - b.index);
  return new Set(
    asInLog.filter(({ text }) => {
      if (text.kind === 'plain') return false;
      const isCopy = seen.has(text.iv);
      seen.add(text.iv);
      return isCopy;
    }),
  );
}

function isUnread(message: Message, known: Readings, hasKey: boolean): boolean {
  if (message.text.kind === 'plain') return false;
  const reading = known.get(message);
  return reading === undefined || (hasKey && reading.state === 'locked');
}
