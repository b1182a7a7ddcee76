import { assert } from '../core/assert.ts';
import type { NodeId } from '../core/identity.ts';
import type { TotalPosition } from '../core/multicast/multicast.ts';
import type { Text } from './chat-operations.ts';

/** A message as the log has it. Never changed: who has opened its text may remember it by this object. */
export interface Message {
  /** Of its entry in the log: what tells it from all others, and its place in a history of the log's order. */
  readonly index: number;
  /** Its place in a history of the multicast's order; null in one of the log's. */
  readonly position: TotalPosition | null;
  readonly from: NodeId;
  /** The leader's wall clock, ms since 1970. For people, never for decisions. */
  readonly at: number;
  readonly text: Text;
}

/** Where messages stand: a room (`#name`), or a conversation of two (`@id id`, the lesser first). */
export type Place = string;

export function roomPlace(room: string): Place {
  return `#${room}`;
}

export function talkPlace(a: NodeId, b: NodeId): Place {
  return a < b ? `@${a} ${b}` : `@${b} ${a}`;
}

/** The most messages that a place keeps. */
export const MAX_MESSAGES = 1000;
/** The most that all messages together come to, in UTF-16 units of their texts. */
export const MAX_UNITS = 4 * 1024 * 1024;
/** What a message takes besides its text. */
const OVERHEAD = 64;

export function unitsOf({ text }: Message): number {
  return OVERHEAD + (text.kind === 'plain' ? text.text.length : text.data.length);
}

/**
 * The order of the messages of one place: as the multicast delivered them (rule C9), else as in the log. Of equal positions,
 * which only a faulty gate makes, the log decides.
 */
export function byOrder(a: Message, b: Message): number {
  const byPosition =
    a.position && b.position
      ? a.position.view - b.position.view || a.position.number - b.position.number
      : 0;
  return byPosition || a.index - b.index;
}

/** The messages of all places (rules C4, C5 and C9), each in its order, places in that of what was said there first. */
export class Histories {
  readonly #places = new Map<Place, { readonly messages: Message[]; units: number }>();
  #units = 0;

  of(place: Place): readonly Message[] {
    return this.#places.get(place)?.messages ?? [];
  }

  places(): readonly Place[] {
    return [...this.#places.keys()];
  }

  get units(): number {
    return this.#units;
  }

  add(place: Place, message: Message): void {
    const held = this.#places.get(place) ?? { messages: [], units: 0 };
    this.#places.set(place, held);
    const before = held.messages.findLastIndex((other) => byOrder(other, message) < 0);
    const isLast = before === held.messages.length - 1;
    assert(isLast || message.position !== null, 'C4: messages stand as in the log');
    held.messages.splice(before + 1, 0, message);
    held.units += unitsOf(message);
    this.#units += unitsOf(message);
    if (held.messages.length > MAX_MESSAGES) this.#forgetOldest(place);
    while (this.#units > MAX_UNITS) this.#forgetOldest(this.#largest());
  }

  /** The place that takes the most: so nobody loses what was said quietly to those who say much. */
  #largest(): Place {
    let [largest, most] = ['', 0];
    for (const [place, { units }] of this.#places) {
      if (units > most) [largest, most] = [place, units];
    }
    return largest;
  }

  /** In the log, wherever it stands: else who claims the last places would push out whatever is said after (rule C9). */
  #forgetOldest(place: Place): void {
    const held = this.#places.get(place);
    assert(held !== undefined, 'C5: who forgets has something to forget');
    const indexes = held.messages.map(({ index }) => index);
    const [oldest] = held.messages.splice(indexes.indexOf(Math.min(...indexes)), 1);
    assert(oldest !== undefined, 'C5: a place that is kept has messages');
    held.units -= unitsOf(oldest);
    this.#units -= unitsOf(oldest);
    if (held.messages.length === 0) this.#places.delete(place);
  }
}
