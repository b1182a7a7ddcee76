import type { Gatehouse } from '../../runtime/gatehouse.ts';
import { Emitter } from '../elements/emitter.ts';
import { OutgoingMessages, type Address } from './outgoing.ts';
import { placeRows, type PlaceRow } from './places.ts';
import { ReadMarks } from './read-marks.ts';

/** What the chat of this page knows that its node does not: what is open, what was read, what is on its way. */
export class ChatDesk {
  readonly outgoing: OutgoingMessages;
  readonly #gatehouse: Gatehouse;
  readonly #marks: ReadMarks;
  readonly #changes = new Emitter();
  readonly #drafts = new Map<string, string>();
  readonly #askFirst = (event: BeforeUnloadEvent): void => event.preventDefault();
  #open: Address | null = null;

  constructor(gatehouse: Gatehouse, storage: Pick<Storage, 'getItem' | 'setItem'> | null) {
    this.#gatehouse = gatehouse;
    this.outgoing = new OutgoingMessages(gatehouse);
    this.outgoing.subscribe(() => {
      this.#guard();
      this.#changes.emit();
    });
    this.#marks = new ReadMarks(storage, gatehouse.status().id);
  }

  subscribe(listener: () => void): () => void {
    return this.#changes.subscribe(listener);
  }

  /** The conversation that is shown. */
  get open(): Address | null {
    return this.#open;
  }

  show(place: Address | null): void {
    this.#open = place;
    this.#changes.emit();
  }

  places(): PlaceRow[] {
    const { chat } = this.#gatehouse;
    return placeRows(chat, this.#gatehouse.status().id, this.#marks);
  }

  /** How far a place was read, as an index of the log. */
  readUpTo(place: string): number {
    return this.#marks.of(place);
  }

  read(place: string, index: number): void {
    if (this.#marks.read(place, index)) this.#changes.emit();
  }

  draft(place: string): string {
    return this.#drafts.get(place) ?? '';
  }

  /** Puts a message that was not said back to where it was written. */
  takeBack(number: number): void {
    const message = this.outgoing.takeBack(number);
    if (!message) return;
    const { to, text } = message;
    const written = this.draft(to.name);
    this.keepDraft(to.name, written === '' ? text : `${text}\n${written}`);
    this.#changes.emit();
  }

  keepDraft(place: string, text: string): void {
    this.#drafts.set(place, text);
  }

  /** Whoever closes the page is asked first, while something stands nowhere else. */
  #guard(): void {
    if (this.outgoing.unsaved > 0) addEventListener('beforeunload', this.#askFirst);
    else removeEventListener('beforeunload', this.#askFirst);
  }
}

const desks = new WeakMap<Gatehouse, ChatDesk>();

/** One for each node, for as long as the page is open: a change of the view loses nothing. */
export function deskOf(gatehouse: Gatehouse): ChatDesk {
  const known = desks.get(gatehouse);
  if (known) return known;
  const made = new ChatDesk(gatehouse, storage());
  desks.set(gatehouse, made);
  return made;
}

/** A page may be forbidden to store anything. */
function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
