import { isDeepStrictEqual } from 'node:util';
import { MULTICASTS, type LogEntry } from '../../core/entry.ts';
import type { Json } from '../../core/json.ts';
import { decode } from '../../core/decode.ts';
import { json } from '../../core/decoder.ts';
import { ROOM_ORDERS } from '../../machines/chat-operations.ts';
import { decodeChatSnapshot } from '../../machines/chat-snapshot.ts';
import { Chat } from '../../machines/chat.ts';
import type { Random } from '../../sim/random.ts';
import { mutateJson } from '../mutate.ts';
import { must, type Range, type Target } from '../target.ts';
import { asParsed } from './decode.ts';

const NODES = ['anna', 'bert', 'carl', 'dora'];
const NAMES = ['Ada', 'Bob', 'Zoë 🐦', 'Lobby', 'Attic'];
const SEALED = { kind: 'sealed', iv: 'i'.repeat(16), data: 'd'.repeat(60) };
const LOCK = { salt: 's'.repeat(22), iterations: 600_000, check: SEALED };
/** As in a message or a record. */
const anything = json(16 * 1024);
/** A chat is taken through so many inputs; then a new one. */
const LIFE = 400;
/** What is written of an operation besides its body. */
const BESIDES = 100;

function asked(random: Random): Json {
  const machine = 'chat';
  const name = random.pick(NAMES) ?? 'Ada';
  const lock = random.chance(0.3) ? LOCK : null;
  const text = random.chance(0.3) ? SEALED : { kind: 'plain', text: `No. ${random.int(0, 99)}` };
  const position = { view: random.int(1, 3), number: random.int(1, 20) };
  const bodies: Json[] = [
    { machine, kind: 'register', name, key: random.chance(0.5) ? 'k'.repeat(87) : null },
    { machine, kind: 'join', room: name, lock },
    { machine, kind: 'join-ordered', room: name, lock, order: random.pick(ROOM_ORDERS) ?? 'log' },
    { machine, kind: 'say', room: name, text },
    { machine, kind: 'say-ordered', room: name, text, position },
    { machine, kind: 'tell', to: random.pick(NODES) ?? 'anna', text: SEALED },
  ];
  return random.pick(bodies) ?? null;
}

class Room implements Range {
  #chat = new Chat();
  #index = 1;
  /** As long as all that it was told and took. */
  #most = 0;

  constructor() {
    this.#begin();
  }

  shoot(random: Random): 'accepted' | 'refused' {
    if (this.#index % LIFE === 0) this.#begin();
    return random.chance(0.7) ? this.#operation(random) : this.#snapshot(random);
  }

  sizes(): { what: string; size: number; most: number }[] {
    return [{ what: 'the chat, written out', size: this.#written().length, most: this.#most }];
  }

  /** Two views of each group: a position in a third one is refused. */
  #begin(): void {
    this.#chat = new Chat();
    for (const order of MULTICASTS) {
      const view = { number: 2, start: 0, members: [] };
      const command = { kind: 'view', order, view, base: 0, cut: [] } as const;
      this.#chat.apply({ index: ++this.#index, term: '', at: this.#index, command });
    }
    this.#most = this.#written().length;
  }

  #written(): string {
    return JSON.stringify(this.#chat.snapshot());
  }

  /** What the leader would refuse changes nothing where it stands in the log all the same. */
  #operation(random: Random): 'accepted' | 'refused' {
    const body = asked(random);
    const checked = decode(
      anything,
      asParsed(random.chance(0.5) ? mutateJson(body, random) : body),
    );
    if (!checked.ok) return 'refused';
    const refusal = this.#chat.refuse(checked.value);
    const before = refusal === null ? '' : this.#written();
    const outcome = this.#chat.apply(this.#entry(checked.value, random));
    must((outcome === null) === (refusal !== null), 'what is refused has no outcome');
    if (refusal === null) {
      this.#most += JSON.stringify(checked.value).length + BESIDES;
      return 'accepted';
    }
    must(this.#written() === before, 'what is refused changes nothing');
    return 'refused';
  }

  #snapshot(random: Random): 'accepted' | 'refused' {
    const own = this.#chat.snapshot();
    must(this.#chat.refuseSnapshot(own) === null, 'a chat takes its own snapshot');
    const changed = decode(json(Infinity), asParsed(mutateJson(own, random)));
    if (!changed.ok) return 'refused';
    if (this.#chat.refuseSnapshot(changed.value) !== null) {
      must(isDeepStrictEqual(this.#chat.snapshot(), own), 'what is refused changes nothing');
      return 'refused';
    }
    const other = new Chat();
    other.restore(changed.value);
    must(isDeepStrictEqual(other.snapshot(), changed.value), 'what is taken is what came');
    // A log does not go on before what its snapshot stands for.
    const isAhead = lastIndex(changed.value) > this.#index;
    for (let i = 0; i < 3 && !isAhead; i++) other.apply(this.#entry(asked(random), random));
    must(other.refuseSnapshot(other.snapshot()) === null, 'and it goes on from there');
    return 'accepted';
  }

  #entry(body: Json, random: Random): LogEntry {
    const index = ++this.#index;
    const id = { node: random.pick(NODES) ?? 'anna', sequence: index };
    const operation = { id, settledBelow: 1, under: null, body };
    const token = { term: '', number: index };
    return { index, term: '', at: index, command: { kind: 'operation', operation, token } };
  }
}

/** The greatest that stands in a snapshot. */
function lastIndex(snapshot: Json): number {
  const found = decodeChatSnapshot(snapshot);
  const rows = found.ok ? found.value.histories.flatMap(([, messages]) => messages) : [];
  return Math.max(0, ...rows.map(([index]) => index));
}

export const chat: Target = {
  name: 'chat',
  about: 'what nodes ask of the chat, and its snapshots, as a peer sends them',
  open: () => new Room(),
};
