import {
  DecodeError,
  arrayOf,
  integer,
  nullable,
  number,
  object,
  oneOf,
  string,
  tuple,
  variant,
  type Decoder,
} from '../core/decoder.ts';
import type { Identity } from '../core/identity.ts';
import type { FeignOptions, Gatehouse, TraceEvent } from '../runtime/gatehouse.ts';
import { TabChannel } from './tab-channel.ts';

/** How a node is to feign failure: all of it, so that all tabs do alike. */
export type Feigning = Required<FeignOptions>;

/** Something that happened in an election: a message, or the note of a node that starts one. */
export interface ElectionEvent {
  readonly sequence: number;
  readonly at: number;
  readonly kind: 'sent' | 'received' | 'note';
  readonly what: string;
  /** The other node; '' for a note. */
  readonly peer: string;
  readonly detail: string;
}

/** What a tab of this browser has seen of elections. */
export interface Seen {
  readonly kind: 'seen';
  readonly gate: Identity;
  readonly events: readonly ElectionEvent[];
}

type Said =
  | { readonly kind: 'feign'; readonly as: Feigning | null }
  /** Asks the others what they have seen since then. */
  | { readonly kind: 'look'; readonly since: number }
  | Seen;

/** More of one tab at once nobody can read; the newest are kept. */
const MOST_EVENTS = 2000;

const text = string(200);
const pair = tuple<[number, number]>(number(0, 86_400_000), number(0, 86_400_000));
const times: Decoder<[number, number]> = (value) => {
  const [low, high] = pair(value);
  if (low > high) throw new DecodeError('the smaller first');
  return [low, high];
};
const said = variant<Said, 'kind'>('kind', {
  feign: { as: nullable(object<Feigning>({ failAfterMs: times, failForMs: times })) },
  look: { since: number(0, Number.MAX_SAFE_INTEGER) },
  seen: {
    gate: object<Identity>({ id: text, priority: number(-1e12, 1e12) }),
    events: arrayOf(
      object<ElectionEvent>({
        sequence: integer(0, Number.MAX_SAFE_INTEGER),
        at: number(0, Number.MAX_SAFE_INTEGER),
        kind: oneOf('sent', 'received', 'note'),
        what: text,
        peer: text,
        detail: text,
      }),
      MOST_EVENTS,
    ),
  },
});

const TYPES: ReadonlySet<string> = new Set([
  'ELECT',
  'I_AM_LEADER',
  'TOKEN',
  'ELECTION_STARTED',
  'ELECTION_VOTE',
  'ELECTION_FINISHED',
]);

/**
 * What the tabs of one browser that are gates of one park say to each other, beside the network. Who opened one has
 * opened them all, so here one of them may make the others fail. A node takes nothing of that kind from a peer.
 */
export class OwnTabs {
  readonly #gatehouse: Gatehouse;
  readonly #channel: TabChannel<Said>;
  readonly #listeners = new Set<(seen: Seen) => void>();

  constructor(gatehouse: Gatehouse) {
    this.#gatehouse = gatehouse;
    const name = `gatehouse park ${gatehouse.status().park}`;
    this.#channel = new TabChannel(name, said, (message) => this.#heard(message));
  }

  /** All tabs of this browser in this park, this one included; null: none of them any more. */
  feignAll(as: Feigning | null): void {
    this.#channel.say({ kind: 'feign', as });
    this.#feign(as);
  }

  /** Asks all of them; `onSeen` has the answers. */
  look(since: number): void {
    this.#channel.say({ kind: 'look', since });
    this.#tell(this.#seen(since));
  }

  onSeen(listener: (seen: Seen) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#channel.close();
  }

  #heard(message: Said): void {
    switch (message.kind) {
      case 'feign':
        this.#feign(message.as);
        return;
      case 'look':
        this.#channel.say(this.#seen(message.since));
        return;
      case 'seen':
        this.#tell(message);
        return;
    }
  }

  #feign(as: Feigning | null): void {
    const { role, feigning } = this.#gatehouse.status();
    if (role === 'terminated') return;
    if (as !== null) this.#gatehouse.feign({ ...as });
    else if (feigning) {
      this.#gatehouse.feign(false);
      // It may be down just now, and nobody else would wake it.
      if (role === 'crashed') void this.#gatehouse.recover();
    }
  }

  #seen(since: number): Seen {
    const { id, priority } = this.#gatehouse.status();
    const events = this.#gatehouse.trace().filter(({ at }) => at >= since);
    return {
      kind: 'seen',
      gate: { id, priority },
      events: events.flatMap(electionEvent).slice(-MOST_EVENTS),
    };
  }

  #tell(seen: Seen): void {
    for (const listener of [...this.#listeners]) listener(seen);
  }
}

/** What of it is part of an election. */
export function electionEvent(event: TraceEvent): ElectionEvent[] {
  const { sequence, at, kind, what, peer = '', detail = '' } = event;
  if (kind === 'note') {
    return what === 'elects' ? [{ sequence, at, kind, what, peer: '', detail }] : [];
  }
  if (kind !== 'sent' && kind !== 'received') return [];
  const counts = TYPES.has(what) || (what === 'GOT_IT' && detail === 'to ELECT');
  return counts ? [{ sequence, at, kind, what, peer, detail }] : [];
}
