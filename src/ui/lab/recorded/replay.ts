/** A trace, played back. */
import { compareIdentity, type Identity } from '../../../core/identity.ts';
import type { Trace, TraceNode } from '../../../runtime/trace-file.ts';
import type { TraceEvent } from '../../../runtime/trace.ts';
import { electionEvent } from '../../own-tabs.ts';
import { shortId } from '../../words.ts';
import { ElectionRecord, type Election } from '../elections.ts';
import { EventBook } from '../event-book.ts';
import type { PictureGate } from '../picture-gates.ts';

type Link = readonly [one: string, other: string];

/** What is known of an id at some moment. */
interface Condition {
  readonly state: 'up' | 'frozen' | 'down';
  readonly role: string;
  /** Term and leader, in the words of the trace. */
  readonly detail: string;
}

const NOT_STARTED: Condition = { state: 'down', role: 'not started', detail: 'down' };
const VOTERS: ReadonlySet<string> = new Set(['leader', 'follower', 'candidate']);

/** Goes through a trace, forth and back, and tells how things stood. */
export class Replay {
  readonly trace: Trace;
  /** What has happened until now. */
  readonly book = new EventBook(Infinity);
  /** Of the whole trace, the oldest first. */
  readonly elections: readonly Election[];
  /** How many nodes there are at a time: one whose disk was lost has had several ids. */
  readonly size: number;
  readonly #known: ReadonlyMap<string, TraceNode>;
  #network: Network;
  #position = 0;
  #at: number;

  constructor(trace: Trace) {
    this.trace = trace;
    this.#known = new Map(trace.nodes.map((node) => [node.introduces, node]));
    this.size = new Set(trace.nodes.map(({ name }) => name)).size;
    this.elections = electionsOf(trace);
    this.#network = new Network(trace.nodes);
    this.#at = trace.head.began;
  }

  /** The moment that is shown: ms since 1970. */
  get at(): number {
    return this.#at;
  }

  get began(): number {
    return this.trace.head.began;
  }

  get ends(): number {
    return this.trace.events.at(-1)?.at ?? this.began;
  }

  readonly nameOf = (id: string): string =>
    id === '' ? 'the network' : (this.#known.get(id)?.name ?? shortId(id));

  get gates(): PictureGate[] {
    return this.#network.gates();
  }

  /** Empty in a mesh. */
  get links(): readonly Link[] {
    return this.trace.head.topology === 'mesh' ? [] : this.#network.links();
  }

  /** Of the last election until now. */
  get tree(): Election['tree'] {
    return this.elections.findLast(({ at }) => at <= this.#at)?.tree ?? [];
  }

  /** Shows that moment; returns what has happened since the one before, nothing when it goes back. */
  seek(at: number): readonly TraceEvent[] {
    this.#at = Math.min(Math.max(at, this.began), this.ends);
    const position = countUntil(this.trace.events, this.#at);
    const back = position < this.#position;
    if (back) {
      this.book.clear();
      this.#network = new Network(this.trace.nodes);
      this.#position = 0;
    }
    const fresh = this.trace.events.slice(this.#position, position);
    this.#position = position;
    this.book.add(fresh);
    for (const event of fresh) this.#network.take(event);
    return back ? [] : fresh;
  }

  /** To the next moment in which a message is sent, or something is decided. */
  step(): readonly TraceEvent[] {
    const { events } = this.trace;
    const next = events.findIndex((event, at) => at >= this.#position && isSeen(event));
    return this.seek(events[next]?.at ?? this.ends);
  }
}

function isSeen({ kind }: TraceEvent): boolean {
  return kind === 'sent' || kind === 'dropped' || kind === 'role' || kind === 'command';
}

/** How many of the events, which are in the order of time, have happened by then. */
function countUntil(events: readonly TraceEvent[], at: number): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((events[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The nodes, as the events until some moment tell of them. */
class Network {
  readonly #nodes: ReadonlyMap<string, TraceNode>;
  readonly #conditions = new Map<string, Condition>();
  readonly #kept = new Map<string, readonly string[]>();
  /** The id that goes by a name now. */
  readonly #ids = new Map<string, string>();

  constructor(nodes: readonly TraceNode[]) {
    this.#nodes = new Map(nodes.map((node) => [node.introduces, node]));
    for (const { name, introduces } of nodes)
      if (!this.#ids.has(name)) this.#ids.set(name, introduces);
  }

  take({ node, kind, what, detail = '' }: TraceEvent): void {
    const before = this.#conditions.get(node) ?? NOT_STARTED;
    if (kind === 'role') this.#conditions.set(node, { state: 'up', role: what, detail });
    if (kind !== 'note') return;
    if (what === 'keeps-links') {
      this.#kept.set(node, detail === '' ? [] : detail.split(' '));
    } else if (what === 'start') {
      const name = this.#nodes.get(node)?.name;
      if (name !== undefined) this.#ids.set(name, node);
      this.#conditions.set(node, { state: 'up', role: 'joining', detail: 'starting' });
    } else if (what === 'crash' || what === 'stopped') {
      this.#conditions.set(node, { state: 'down', role: 'down', detail: 'down' });
    } else if (what === 'freeze') this.#conditions.set(node, { ...before, state: 'frozen' });
    else if (what === 'thaw') this.#conditions.set(node, { ...before, state: 'up' });
  }

  /** The greatest identity first. */
  gates(): PictureGate[] {
    const gates = [...this.#ids].map(([name, id]): PictureGate => {
      const { state, role, detail } = this.#conditions.get(id) ?? NOT_STARTED;
      const up = state === 'up';
      return {
        ...{ id, name, self: false, suspected: false, link: null, cut: false, down: !up },
        priority: this.#nodes.get(id)?.priority ?? 0,
        leader: up && role === 'leader',
        voter: up && VOTERS.has(role),
        role: state === 'frozen' ? 'frozen' : role,
        reach: detail,
      };
    });
    return gates.sort((a, b) => compareIdentity(b, a));
  }

  links(): Link[] {
    const known = new Set(this.#ids.values());
    const links = new Map<string, Link>();
    for (const [id, others] of this.#kept) {
      for (const other of others) {
        const [one, two] = id < other ? [id, other] : [other, id];
        if (known.has(one) && known.has(two)) links.set(`${one} ${two}`, [one, two]);
      }
    }
    return [...links.values()];
  }
}

function electionsOf({ head, nodes, events }: Trace): Election[] {
  const record = new ElectionRecord(Infinity, Infinity);
  const network = new Network(nodes);
  const said = new Map<string, ReturnType<typeof electionEvent>>();
  for (const event of events) {
    const list = said.get(event.node) ?? [];
    list.push(...electionEvent(event));
    said.set(event.node, list);
    if (event.what !== 'keeps-links' || head.topology === 'mesh') continue;
    network.take(event);
    record.linksAre(network.links(), event.at);
  }
  const identities: Identity[] = nodes.map(({ introduces: id, priority }) => ({ id, priority }));
  for (const gate of identities) {
    record.add({ kind: 'seen', gate, events: said.get(gate.id) ?? [] });
  }
  return record.elections(head.election, identities);
}
