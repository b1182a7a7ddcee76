/** Elections, put together from what the tabs of this browser have seen of them. */
import type { ElectionKind } from '../../core/entry.ts';
import { compareIdentity, type Identity } from '../../core/identity.ts';
import type { ElectionEvent, Seen } from '../own-tabs.ts';
import {
  COUNTED,
  bullyMessages,
  ringAverage,
  ringWorst,
  wirelessMessages,
} from './election-theory.ts';

/** Longer than any wait within an election (rules E3, E8 and E13): after such a silence the next one is another. */
const SILENCE_MS = 2000;
/** Elections of long ago are forgotten. */
const MOST_EVENTS = 20_000;

interface Happened extends ElectionEvent {
  readonly node: string;
}

/** A number that an election is held against. */
export interface Expected {
  /** As people write it. */
  readonly formula: string;
  readonly messages: number;
}

export interface Election {
  readonly kind: ElectionKind;
  /** When its first message was sent, ms since 1970. */
  readonly at: number;
  readonly starter: string;
  /** Who took part, in ascending order of identity. */
  readonly nodes: readonly string[];
  /** False when some of them are on other devices: what they sent among themselves is not counted. */
  readonly complete: boolean;
  /** Sent messages by type. */
  readonly sent: ReadonlyMap<string, number>;
  /** Those of them that the formula counts, and what it says. */
  readonly measured: number;
  readonly expected: readonly Expected[];
  /** Of a wireless election: each node and its parent in the tree of the widest wave. */
  readonly tree: readonly (readonly [child: string, parent: string])[];
}

/** Who kept links to whom from some time on, ms since 1970; empty in a mesh. */
interface Kept {
  readonly from: number;
  readonly links: readonly Link[];
}

type Link = readonly [one: string, other: string];

/** Topologies of longer ago are forgotten. */
const MOST_KEPT = 100;

/** What has been seen so far. A tab tells the same again and again: each event counts once. */
export class ElectionRecord {
  readonly #gates = new Map<string, Identity>();
  #events = new Map<string, Happened>();
  /** The oldest first. */
  #kept: readonly Kept[] = [];
  /** What is older was forgotten, ms since 1970. */
  #since = 0;
  readonly #mostEvents: number;
  readonly #mostKept: number;

  constructor(mostEvents = MOST_EVENTS, mostKept = MOST_KEPT) {
    this.#mostEvents = mostEvents;
    this.#mostKept = mostKept;
  }

  get gates(): ReadonlyMap<string, Identity> {
    return this.#gates;
  }

  add({ gate, events }: Seen): void {
    this.#gates.set(gate.id, gate);
    for (const event of events) {
      if (event.at <= this.#since) continue;
      const happened = { ...event, node: gate.id };
      this.#events.set(`${gate.id} ${event.at} ${event.sequence}`, happened);
    }
    if (this.#events.size > this.#mostEvents) {
      this.#events = new Map([...this.#events].slice(-this.#mostEvents / 2));
    }
  }

  /** Who keeps links to whom now: a formula that counts links means those of its election. */
  linksAre(links: readonly Link[], now: number): void {
    const last = this.#kept.at(-1);
    if (last !== undefined && isSame(last.links, links)) return;
    this.#kept = [...this.#kept, { from: now, links }].slice(-this.#mostKept);
  }

  /** For good: the tabs tell of the last seconds again and again. @param now ms since 1970 */
  clear(now: number): void {
    this.#since = now;
    this.#events.clear();
  }

  /** The oldest first. */
  elections(kind: ElectionKind, peers: readonly Identity[]): Election[] {
    const known = new Map([...peers.map((peer) => [peer.id, peer] as const), ...this.#gates]);
    const events = [...this.#events.values()].sort((a, b) => a.at - b.at);
    const linksAt = (at: number): readonly Link[] =>
      (this.#kept.findLast(({ from }) => from <= at) ?? this.#kept[0])?.links ?? [];
    return bySilence(events).flatMap(
      (group) => electionOf(kind, group, this.#gates, known, linksAt) ?? [],
    );
  }
}

function isSame(some: readonly Link[], others: readonly Link[]): boolean {
  return some.length === others.length && some.join(' ') === others.join(' ');
}

function bySilence(events: readonly Happened[]): Happened[][] {
  const groups: Happened[][] = [];
  let last = -Infinity;
  for (const event of events) {
    if (event.at - last > SILENCE_MS) groups.push([]);
    groups.at(-1)?.push(event);
    last = event.at;
  }
  return groups;
}

function electionOf(
  kind: ElectionKind,
  events: readonly Happened[],
  tabs: ReadonlyMap<string, Identity>,
  known: ReadonlyMap<string, Identity>,
  linksAt: (at: number) => readonly Link[],
): Election | null {
  const sent = events.filter((event) => event.kind === 'sent');
  const [first] = sent;
  if (first === undefined) return null;
  const starter = (events.find((event) => event.kind === 'note') ?? first).node;
  const nodes = participants(events, known);
  const counts = new Map<string, number>();
  for (const { what } of sent) counts.set(what, (counts.get(what) ?? 0) + 1);
  const measured = COUNTED[kind].reduce((sum, type) => sum + (counts.get(type) ?? 0), 0);
  return {
    kind,
    at: first.at,
    starter,
    nodes,
    complete: nodes.every((id) => tabs.has(id)),
    sent: counts,
    measured,
    expected: expectedOf(kind, nodes, nodes.indexOf(starter) + 1, linksAt(first.at)),
    tree: kind === 'wireless' ? treeOf(events, known) : [],
  };
}

/** Who sent or received something. A node that hangs was sent to, and took no part. */
function participants(events: readonly Happened[], known: ReadonlyMap<string, Identity>): string[] {
  const ids = new Set<string>();
  for (const { kind, node, peer } of events) {
    ids.add(node);
    if (kind === 'received') ids.add(peer);
  }
  const identities = [...ids].map((id) => known.get(id) ?? { id, priority: 0 });
  return identities.sort(compareIdentity).map(({ id }) => id);
}

function expectedOf(
  kind: ElectionKind,
  nodes: readonly string[],
  p: number,
  links: readonly Link[],
): Expected[] {
  const n = nodes.length;
  switch (kind) {
    case 'bully':
      return [{ formula: '(N−P+1)(N−P)+N−1', messages: bullyMessages(n, p) }];
    case 'ring':
      return [
        { formula: 'n log₂ n', messages: Math.round(ringAverage(n)) },
        { formula: 'n²', messages: ringWorst(n) },
      ];
    case 'wireless':
      return [{ formula: '2E', messages: wirelessMessages(countLinks(nodes, links)) }];
  }
}

/** Between those that took part. A mesh names none: there everybody has one to everybody. */
function countLinks(nodes: readonly string[], links: readonly Link[]): number {
  if (links.length === 0) return (nodes.length * (nodes.length - 1)) / 2;
  return links.filter((link) => link.every((id) => nodes.includes(id))).length;
}

/**
 * Rule E10: a node's parent is the neighbour that brought the wave first. Of several waves, that of the most nodes. A wave
 * comes also to those that are in a greater one, and swallow it: so of two that came to equally many, that of the greater source.
 */
function treeOf(
  events: readonly Happened[],
  known: ReadonlyMap<string, Identity>,
): [string, string][] {
  const waves = new Map<string, Map<string, string>>();
  for (const { kind, what, node, peer, detail } of events) {
    if (kind !== 'received' || what !== 'ELECTION_STARTED' || detail === `by ${node}`) continue;
    const parents = waves.get(detail) ?? new Map<string, string>();
    if (!parents.has(node)) parents.set(node, peer);
    waves.set(detail, parents);
  }
  const sources = [...known.values()].sort(compareIdentity).map(({ id }) => `by ${id}`);
  const [widest] = [...waves].sort(
    ([a, some], [b, others]) => others.size - some.size || sources.indexOf(b) - sources.indexOf(a),
  );
  return [...(widest?.[1] ?? [])];
}
