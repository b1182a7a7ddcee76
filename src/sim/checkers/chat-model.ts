/**
 * The chat as the rules C1 to C4 tell it, from the operations as they stand in the log to what is due. Written apart
 * from the machine that it checks: a bug there must not be one here.
 */
export type ChatAction =
  | { readonly kind: 'register'; readonly name: string }
  | { readonly kind: 'join'; readonly room: string; readonly lock: string | null }
  | { readonly kind: 'say'; readonly room: string; readonly text: string; readonly sealed: boolean }
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
  if (kind === 'say') return { kind, room, text, sealed };
  if (kind !== 'join') return null;
  return { kind, room, lock: lock === null ? null : canonical(lock) };
}

/** What a machine said of it; null for what is no answer. */
export function readChatAnswer(outcome: unknown): ChatAnswer | null {
  const reason = field(outcome, 'reason');
  if (field(outcome, 'allowed') === true) return 'allowed';
  return field(outcome, 'allowed') === false && typeof reason === 'string' ? reason : null;
}

export class ChatModel {
  /** Each name that was ever taken, by a user (its node) or a room (''). */
  readonly owners = new Map<string, string>();
  /** The name that each user goes by. */
  readonly users = new Map<string, string>();
  readonly #locks = new Map<string, string | null>();
  readonly members = new Map<string, Set<string>>();
  /** What was said at each place: the index and the sender, and the text as it stands in the log. */
  readonly said = new Map<string, string[]>();

  /** @param index of its entry */
  apply(from: string, action: ChatAction, index: number): ChatAnswer {
    switch (action.kind) {
      case 'register':
        return this.#register(from, action.name);
      case 'join':
        return this.#join(from, action.room, action.lock);
      case 'say': {
        const { room, text, sealed } = action;
        const lock = this.#locks.get(room);
        if (lock === undefined) return 'no-room';
        if (this.members.get(room)?.has(from) !== true) return 'not-joined';
        if (sealed !== (lock !== null)) return 'wrong-form';
        return this.#note(`#${room}`, from, text, index);
      }
      case 'tell': {
        const { to, text } = action;
        if (!this.users.has(from)) return 'unregistered';
        if (!this.users.has(to)) return 'no-user';
        return this.#note(`@${[from, to].sort().join(' ')}`, from, text, index);
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

  #join(from: string, room: string, lock: string | null): ChatAnswer {
    if (!this.users.has(from)) return 'unregistered';
    const members = this.members.get(room) ?? new Set();
    const due = this.#locks.get(room);
    if (due !== undefined && due !== lock) return 'other-lock';
    if (due === undefined && this.owners.has(room)) return 'taken';
    this.owners.set(room, '');
    this.#locks.set(room, lock);
    this.members.set(room, members.add(from));
    return 'allowed';
  }

  #note(place: string, from: string, text: string, index: number): ChatAnswer {
    const said = this.said.get(place) ?? [];
    this.said.set(place, said);
    said.push(`${index} ${from} ${text}`);
    if (said.length > MOST_MESSAGES) said.shift();
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
