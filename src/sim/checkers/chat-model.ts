/**
 * The chat as the rules C1 to C4 and C9 tell it, from the operations as they stand in the log to what is due. Written apart
 * from the machine that it checks: a bug there must not be one here.
 */
export type ChatAction =
  | { readonly kind: 'register'; readonly name: string }
  | {
      readonly kind: 'join';
      readonly room: string;
      readonly lock: string | null;
      /** Null for who takes any. */
      readonly order: string | null;
    }
  | {
      readonly kind: 'say';
      readonly room: string;
      readonly text: string;
      readonly sealed: boolean;
      /** The view and the number in it, where it says where it stands. */
      readonly position: readonly [view: number, number: number] | null;
    }
  | { readonly kind: 'tell'; readonly to: string; readonly text: string };

/** 'allowed', or why not. */
export type ChatAnswer = string;

/** An operation's body as the log holds it; null for what is no operation of the chat. */
export function readChatAction(body: unknown): ChatAction | null {
  if (field(body, 'machine') !== 'chat') return null;
  const [kind, name, room, to] = ['kind', 'name', 'room', 'to'].map((key) => field(body, key));
  const lock = field(body, 'lock');
  const text = JSON.stringify(field(body, 'text') ?? null);
  const sealed = field(field(body, 'text'), 'kind') === 'sealed';
  if (kind === 'register' && typeof name === 'string') return { kind, name };
  if (kind === 'tell' && typeof to === 'string') return { kind, to, text };
  if (typeof room !== 'string') return null;
  if (kind === 'say') return { kind, room, text, sealed, position: null };
  if (kind === 'say-ordered')
    return { kind: 'say', room, text, sealed, position: readPosition(field(body, 'position')) };
  if (kind !== 'join' && kind !== 'join-ordered') return null;
  const order = kind === 'join' ? null : String(field(body, 'order'));
  return { kind: 'join', room, lock: lock === null ? null : canonical(lock), order };
}

function readPosition(value: unknown): readonly [number, number] {
  return [Number(field(value, 'view')), Number(field(value, 'number'))];
}

/** What a machine said of it; null for what is no answer. */
export function readChatAnswer(outcome: unknown): ChatAnswer | null {
  const reason = field(outcome, 'reason');
  if (field(outcome, 'allowed') === true) return 'allowed';
  return field(outcome, 'allowed') === false && typeof reason === 'string' ? reason : null;
}

/** A message, and what it is sorted by: the view and the number in it (0 where it has none), then the index. */
interface Row {
  readonly line: string;
  readonly sortedBy: readonly [view: number, number: number, index: number];
}

export class ChatModel {
  /** Each name that was ever taken, by a user (its node) or a room (''). */
  readonly owners = new Map<string, string>();
  /** The name that each user goes by. */
  readonly users = new Map<string, string>();
  readonly #locks = new Map<string, string | null>();
  readonly members = new Map<string, Set<string>>();
  readonly orders = new Map<string, string>();
  /** By the order of a multicast group: the number of its newest view. */
  readonly views = new Map<string, number>();
  readonly #rows = new Map<string, Row[]>();

  /** What was said at each place: the index, the sender and the position, and the text as it stands in the log. */
  get said(): Map<string, string[]> {
    return new Map([...this.#rows].map(([place, rows]) => [place, rows.map(({ line }) => line)]));
  }

  /** An entry of the log begins a view. */
  viewed(order: string, number: number): void {
    this.views.set(order, number);
  }

  /** @param index of its entry */
  apply(from: string, action: ChatAction, index: number): ChatAnswer {
    switch (action.kind) {
      case 'register':
        return this.#register(from, action.name);
      case 'join':
        return this.#join(from, action);
      case 'say': {
        const { room, text, sealed, position } = action;
        const lock = this.#locks.get(room);
        if (lock === undefined) return 'no-room';
        if (this.members.get(room)?.has(from) !== true) return 'not-joined';
        if (sealed !== (lock !== null)) return 'wrong-form';
        const order = this.orders.get(room) ?? 'log';
        if ((order === 'log') !== (position === null)) return 'wrong-order';
        if (position && position[0] > (this.views.get(order) ?? 0)) return 'no-view';
        return this.#note(`#${room}`, from, text, index, position);
      }
      case 'tell': {
        const { to, text } = action;
        if (!this.users.has(from)) return 'unregistered';
        if (!this.users.has(to)) return 'no-user';
        return this.#note(`@${[from, to].sort().join(' ')}`, from, text, index, null);
      }
    }
  }

  #register(from: string, name: string): ChatAnswer {
    if ((this.owners.get(name) ?? from) !== from) return 'taken';
    const own = [...this.owners].filter(([other, owner]) => owner === from && other !== name);
    if (own.length >= MOST_NAMES) return 'too-many';
    this.owners.set(name, from);
    this.users.set(from, name);
    return 'allowed';
  }

  #join(
    from: string,
    { room, lock, order }: Extract<ChatAction, { readonly kind: 'join' }>,
  ): ChatAnswer {
    if (!this.users.has(from)) return 'unregistered';
    const members = this.members.get(room) ?? new Set();
    const due = this.#locks.get(room);
    if (due !== undefined && due !== lock) return 'other-lock';
    if (due !== undefined && order !== null && order !== this.orders.get(room))
      return 'other-order';
    if (due === undefined && this.owners.has(room)) return 'taken';
    this.owners.set(room, '');
    this.#locks.set(room, lock);
    if (due === undefined) this.orders.set(room, order ?? 'log');
    this.members.set(room, members.add(from));
    return 'allowed';
  }

  #note(
    place: string,
    from: string,
    text: string,
    index: number,
    position: readonly [number, number] | null,
  ): ChatAnswer {
    const rows = this.#rows.get(place) ?? [];
    this.#rows.set(place, rows);
    const [view, number] = position ?? [0, 0];
    const where = position ? ` ${view}.${number}` : '';
    rows.push({ line: `${index} ${from}${where} ${text}`, sortedBy: [view, number, index] });
    rows.sort(({ sortedBy: a }, { sortedBy: b }) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
    if (rows.length > MOST_MESSAGES) {
      const oldest = Math.min(...rows.map(({ sortedBy }) => sortedBy[2]));
      rows.splice(
        rows.findIndex(({ sortedBy }) => sortedBy[2] === oldest),
        1,
      );
    }
    return 'allowed';
  }
}

/** Rules C1 and C5. Runs have fewer users, rooms and texts than there may be. */
const MOST_NAMES = 8;
const MOST_MESSAGES = 1000;

export function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

/** The same for equal values, in whichever order their fields stand. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, part]) => `${key}:${canonical(part)}`);
  return `{${fields.sort().join()}}`;
}
