import type { ChatMessage, Gatehouse } from '../../runtime/gatehouse.ts';

/** A message as the conversation shows it. */
export interface MessageRow extends ChatMessage {
  /** Of its entry in the log. */
  readonly index: number;
  readonly own: boolean;
  /** What everybody without the key sees of it; null where it is plain. */
  readonly sealed: string | null;
  /** It follows another one of the same sender within the same minute: who and when need not be said again. */
  readonly goesOn: boolean;
  /** The first, or the first after others, that was not read when the conversation was opened. */
  readonly firstNew: boolean;
  /** It is the first of its day. */
  readonly newDay: boolean;
  /** The greatest index up to here: a message may stand before an older entry. */
  readonly newest: number;
}

const MINUTE = 60_000;

/** @param readBefore the index up to which the place was read when it was opened; 0: never, then nothing is marked as new */
export function messageRows(
  gatehouse: Pick<Gatehouse, 'status'> & {
    readonly chat: Pick<Gatehouse['chat'], 'history' | 'records'>;
  },
  place: string,
  readBefore: number,
): MessageRow[] {
  const { id } = gatehouse.status();
  const records = gatehouse.chat.records(place);
  const rows: MessageRow[] = [];
  let isMarked = false;
  for (const [at, message] of gatehouse.chat.history(place).entries()) {
    const record = records[at];
    if (!record) break;
    const before = rows.at(-1);
    const own = record.from === id;
    const isNew = record.index > readBefore;
    const firstNew: boolean = !isMarked && !own && readBefore > 0 && isNew;
    // What was read may follow in a room of the multicast's order: what is new after that is marked again.
    isMarked = isNew && (isMarked || firstNew);
    const newDay = !before || dayOf(before.at) !== dayOf(message.at);
    const isClose = before?.from === message.from && Math.abs(message.at - before.at) < MINUTE;
    rows.push({
      ...message,
      index: record.index,
      own,
      sealed: record.sealed,
      goesOn: isClose && !newDay && !firstNew,
      firstNew,
      newDay,
      newest: Math.max(before?.newest ?? 0, record.index),
    });
  }
  return rows;
}

function dayOf(at: number): string {
  return new Date(at).toDateString();
}
