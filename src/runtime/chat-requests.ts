import { decode } from '../core/decode.ts';
import {
  MAX_TEXT,
  roomOrder,
  type ChatRefusal,
  type RoomOrder,
} from '../machines/chat-operations.ts';
import type { User } from '../machines/chat.ts';
import { invalid } from './chat-input.ts';

/** The longest passphrase, in UTF-16 units. */
const MAX_PASSPHRASE = 1000;

/** Undefined: whichever the room has. */
export function parseOrder(value: unknown): RoomOrder | undefined {
  if (value === undefined) return undefined;
  const decoded = decode(roomOrder, value);
  if (!decoded.ok) throw invalid(`order: ${decoded.reason}`);
  return decoded.value;
}

export function parseText(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') throw invalid('text: something to say');
  if (value.length > MAX_TEXT) throw invalid(`text: longer than ${MAX_TEXT}`);
  // Half of a pair has no UTF-8: another text would be sealed than was said.
  if (/\p{Cs}/u.test(value)) throw invalid('text: a character that is cut in half');
  return value;
}

/**
 * The name of another user that reads as this one does but for its letters' case or width; null: none. One that is the
 * same is the machine's to refuse (rule C1).
 */
export function lookAlike(name: string, others: readonly Pick<User, 'names'>[]): string | null {
  const folded = fold(name);
  const names = others.flatMap((user) => user.names);
  return names.find((other) => other !== name && fold(other) === folded) ?? null;
}

function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/** In one normal form, so that it opens the room from every keyboard (RFC 8265, section 4.2). */
export function parsePassphrase(value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_PASSPHRASE) {
    throw invalid(`passphrase: 1 to ${MAX_PASSPHRASE} characters`);
  }
  return value.normalize('NFC');
}

/** Why the chat said no, for people. */
export function refusalWords(reason: ChatRefusal): string {
  switch (reason) {
    case 'taken':
      return 'this name is taken';
    case 'unregistered':
      return 'register a name first';
    case 'no-room':
      return 'there is no such room';
    case 'no-user':
      return 'there is no such user';
    case 'not-joined':
      return 'join the room first';
    case 'other-lock':
      return 'the room has another passphrase';
    case 'other-order':
    case 'wrong-order':
      return 'the room has another order of its messages';
    case 'no-view':
      return 'nobody can stand there yet in the order of this room';
    case 'wrong-form':
      return 'the room takes no such text';
    case 'too-many':
      return 'there are as many as there may be';
  }
}
