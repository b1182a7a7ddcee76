/** The chat's plain words. */
import {
  GatehouseError,
  type ChatMessage,
  type RoomOrder,
  type Status,
} from '../../runtime/gatehouse.ts';
import { count, errorWords, LOCALE } from '../words.ts';
import type { Outgoing } from './outgoing.ts';

/** The longest text of a message, in UTF-16 units, as the chat takes it. */
const MAX_TEXT = 2000;

/** Why a text can't be sent as it is; '' when it can. Blanks around it are not sent. */
export function tooLongWords(text: string): string {
  const { length } = text.trim();
  const over = length - MAX_TEXT;
  if (over <= 0) return '';
  return `${count(length, 'character')}: a message has at most ${MAX_TEXT}. Make it shorter by ${over}.`;
}

/** What stands in the place of a text that can't be read (rule C8). */
export function problemWords(problem: NonNullable<ChatMessage['problem']>): string {
  switch (problem) {
    case 'locked':
      return 'Sealed. Only those who know the passphrase can read it.';
    case 'damaged':
      return 'Damaged: it was changed or copied on its way, so it is not shown.';
  }
}

/** How a room's messages are ordered: its name, and what that means. */
export function orderWords(order: RoomOrder): { readonly name: string; readonly means: string } {
  switch (order) {
    case 'log':
      return {
        name: 'The leader’s log',
        means: 'Messages stand in the order in which the leader wrote them down.',
      };
    case 'sequencer':
      return {
        name: 'Multicast by a sequencer',
        means:
          'One gate numbers the messages; they stand in the order in which all gates delivered them.',
      };
    case 'lamport':
      return {
        name: 'Multicast by Lamport’s clocks',
        means:
          'The gates agree by logical clocks; messages stand in the order in which all delivered them.',
      };
  }
}

/** What is becoming of a message that is not in the history yet. */
export function outgoingWords({ state }: Outgoing, status: Status): string {
  switch (state.phase) {
    case 'waiting':
    case 'sending':
      return status.quorum
        ? 'Sending …'
        : 'Pending: it waits here, and is not lost. Keep this tab open.';
    case 'unknown':
      return 'Pending: it is on this gate’s disk, and goes out by itself.';
    case 'missing':
      return 'Not in the history: it was refused, or its log was set aside. Take it back to send it again.';
    case 'failed':
      return `Not sent: ${state.why}.`;
  }
}

/** Why nothing can be said just now; '' when it can. */
export function pausedWords(status: Status): string {
  return status.quorum
    ? ''
    : `${waitingWords(status)} What you write waits as long as this tab is open.`;
}

function waitingWords(status: Status): string {
  if (status.role === 'joining') return 'This gate is joining: messages go out once it is in.';
  if (status.vacant) return 'Nobody leads: messages go out after a vote.';
  if (status.missing.length > 0)
    return 'Too few gates are in reach: messages go out once they are back.';
  return 'There is no leader just now: the gates are voting, and messages go out after that.';
}

/** What this page alone has, of a gate that shows no conversation; '' when it has nothing. */
export function unsavedWords(messages: number): string {
  if (messages === 0) return '';
  const [waits, goes] = messages === 1 ? ['waits', 'goes'] : ['wait', 'go'];
  return `${count(messages, 'message')} of yours ${waits} in this tab, and ${goes} out once the gate is back. Keep the tab open.`;
}

/** What went wrong with a name or a room. */
export function failureWords(error: unknown): string {
  if (!(error instanceof GatehouseError)) return String(error);
  if (error.code === 'invalid') return sentence(error.message);
  const { what, then } = errorWords(error.code, error.message);
  return `${what}. ${then}`;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** The start of a base64url text, as much as fits a line. */
export function excerpt(sealed: string, longest = 160): string {
  return sealed.length <= longest ? sealed : `${sealed.slice(0, longest)} …`;
}

/** The day of a message, for the line between two days. */
export function dayWords(at: number, now: number): string {
  const day = new Date(at).toDateString();
  if (day === new Date(now).toDateString()) return 'Today';
  // By the calendar: where clocks change, a day has 23 or 25 hours.
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (day === yesterday.toDateString()) return 'Yesterday';
  return DAY.format(at);
}

const DAY = new Intl.DateTimeFormat(LOCALE, { weekday: 'long', day: 'numeric', month: 'long' });
const TIME = new Intl.DateTimeFormat(LOCALE, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

export function timeOfDay(at: number): string {
  return TIME.format(at);
}
