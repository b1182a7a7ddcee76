import type { TopologyKind } from './entry.ts';
import type { Identity, NodeId } from './identity.ts';
import type { Node } from './node.ts';
import { graphOf, type Graph, type SparseKind } from './topology.ts';

/** So many members look after a stranger (rule N5). */
const SPONSORS = 2;

/** What a graph is drawn of. */
interface Basis {
  readonly kind: SparseKind;
  readonly universe: readonly Identity[];
  readonly seed: string;
}

/**
 * Which links this node keeps (rules N1 to N7). In a mesh it keeps those to everybody that it meets. In a sparse
 * topology it follows the graph that all members compute from the log, passes over those that are absent, and looks
 * after its neighbours itself, since others rely on what is relayed over them.
 */
export class Neighbourhood {
  /** What the transport was told last: null for a mesh. */
  #told: { readonly keep: string; readonly avoid: string } | null = null;
  #members: readonly Identity[] | null = null;
  #wanted: ReadonlySet<NodeId> = new Set();
  /** Since when that is what is wanted. */
  #wantedSince = 0;
  /** The graph that was drawn last, and what of. */
  #drawn: (Basis & { readonly graph: Graph }) | null = null;
  /** Members that are out of reach, and since when. */
  readonly #outOfReach = new Map<NodeId, number>();
  #isStale = true;
  /** What was noted last for the trace, by its word. */
  readonly #noted = new Map<string, string>();

  constructor(private readonly node: Node) {
    node.context.linksToAll = this.#kind === 'mesh';
  }

  /** Somebody came, went, failed or was listed: links may have to change with the next `update`. */
  touch(): void {
    this.#isStale = true;
  }

  /** At the end of each step: tells the transport if something has changed. */
  update(): void {
    const kind = this.#kind;
    const { context, replica } = this.node;
    context.linksToAll = kind === 'mesh';
    if (kind === 'mesh') {
      this.#becomeMesh();
      return;
    }
    if (!context.isTimerSet('neighbours')) {
      context.setTimer('neighbours', context.between(context.timing.neighbours));
    }
    const { members } = replica.membership;
    if (!this.#isStale && members === this.#members) return;
    this.#isStale = false;
    this.#members = members;
    const universe = this.#universe();
    this.#watch(universe);
    const wanted = this.#pastAbsent(this.#graph(kind, universe));
    const guests = this.#guests(universe);
    this.#note('looks-after', guests);
    for (const id of guests) wanted.add(id);
    this.#keep(wanted);
  }

  /**
   * Timer `neighbours` (rule N4): a neighbour that says nothing is asked whether it lives. Nobody else might notice that
   * it does not, and what is relayed over it is lost.
   */
  probe(): void {
    const { context, detector, joining } = this.node;
    const [least] = context.timing.neighbours;
    for (const id of joining.linked()) {
      if (context.now - detector.heardAt(id) >= least) detector.probe(id);
    }
    this.touch();
  }

  /** Who keeps links to whom as long as nobody is absent; null in a mesh, where everybody does. */
  get graph(): Graph | null {
    const kind = this.#kind;
    return kind === 'mesh' ? null : this.#graph(kind, this.#universe());
  }

  /** Members mostly stay the same list for long, while somebody comes into reach or out of it. */
  #graph(kind: SparseKind, universe: readonly Identity[]): Graph {
    const [founding] = this.node.replica.membership.generations;
    const seed = founding?.id ?? '';
    const last = this.#drawn;
    if (last?.kind === kind && last.universe === universe && last.seed === seed) return last.graph;
    const graph = graphOf(kind, universe, seed);
    this.#drawn = { kind, universe, seed, graph };
    return graph;
  }

  get #kind(): TopologyKind {
    const { replica, config } = this.node;
    return (replica.settings ?? config.settings).topology;
  }

  #becomeMesh(): void {
    const { context, joining } = this.node;
    if (this.#told === null) return;
    this.#told = null;
    context.clearTimer('neighbours');
    context.emit({ type: 'links', keep: joining.peers().map(({ id }) => id), avoid: [] });
  }

  /**
   * Rules N1 and N3: the members, and this node as the last if it is none. Who has no log takes those that the
   * coordinator lists, as if they were to found a park together.
   */
  #universe(): readonly Identity[] {
    const { replica, self, joining, context } = this.node;
    if (context.generation !== '') {
      const { members } = replica.membership;
      return members.some(({ id }) => id === self.id) ? members : [...members, self];
    }
    const listed = [...(joining.listed ?? [])].flatMap((id) => joining.peer(id) ?? []);
    return [self, ...listed].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Notes since when somebody has been out of reach. */
  #watch(universe: readonly Identity[]): void {
    const { joining, context } = this.node;
    const ids = new Set(universe.map(({ id }) => id));
    for (const id of this.#outOfReach.keys()) {
      if (!ids.has(id) || joining.isReachable(id)) this.#outOfReach.delete(id);
    }
    for (const id of ids) {
      if (!joining.isReachable(id) && !this.#outOfReach.has(id)) {
        this.#outOfReach.set(id, context.now);
      }
    }
  }

  /** Rule N7: failed, or out of reach for so long, or while the coordinator does not list it, that nobody waits. */
  #isAbsent(id: NodeId): boolean {
    const { joining, detector, context, self } = this.node;
    if (id === self.id) return false;
    if (detector.isFailed(id)) return true;
    if (joining.isReachable(id)) return false;
    if (joining.listed?.has(id) === false) return true;
    return context.now - (this.#outOfReach.get(id) ?? context.now) >= context.timing.linkWait;
  }

  /** Rule N7: this node's neighbours, those of its absent ones, and so on: what is connected stays so past the absent. */
  #pastAbsent(graph: Graph): Set<NodeId> {
    const { id: self } = this.node.self;
    const wanted = new Set(graph.get(self));
    const absent: NodeId[] = [];
    // Those that are added on the way have their turn too.
    for (const id of wanted) {
      if (!this.#isAbsent(id)) continue;
      absent.push(id);
      for (const next of graph.get(id) ?? []) if (next !== self) wanted.add(next);
    }
    this.#note('passes-over', absent);
    return wanted;
  }

  /** Rule N5: the strangers that this node looks after. */
  #guests(universe: readonly Identity[]): NodeId[] {
    const { joining, self } = this.node;
    const known = new Set(universe.map(({ id }) => id));
    const strangers = [...(joining.listed ?? [])].filter((id) => !known.has(id));
    if (strangers.length === 0) return [];
    const hosts = [...known].filter((id) => !this.#isAbsent(id)).sort();
    return strangers.filter((stranger) => {
      const after = hosts.findIndex((id) => id > stranger);
      const from = Math.max(after, 0);
      return [...hosts.slice(from), ...hosts.slice(0, from)].slice(0, SPONSORS).includes(self.id);
    });
  }

  /** Rule N6: links that are no longer wanted stay until those that are wanted are there, or have been waited for. */
  #keep(wanted: ReadonlySet<NodeId>): void {
    const { context, joining, detector } = this.node;
    const linked = joining.linked();
    if (textOf(wanted) !== textOf(this.#wanted)) {
      this.#wanted = wanted;
      this.#wantedSince = context.now;
    }
    const lacking = [...wanted].some((id) => !linked.includes(id) && !this.#isAbsent(id));
    const waits = lacking && context.now - this.#wantedSince < context.timing.linkGrace;
    const keep = waits ? new Set([...wanted, ...linked]) : wanted;
    const avoid = linked.filter((id) => detector.isFailed(id));
    const told = { keep: textOf(keep), avoid: textOf(avoid) };
    if (told.keep === this.#told?.keep && told.avoid === this.#told.avoid) return;
    this.#told = told;
    this.#note('keeps-links', keep);
    this.#note('avoids', avoid);
    context.emit({ type: 'links', keep: [...keep].sort(), avoid: [...avoid].sort() });
  }

  #note(what: string, ids: Iterable<NodeId>): void {
    const text = textOf(ids);
    if (text === (this.#noted.get(what) ?? '')) return;
    this.#noted.set(what, text);
    if (text !== '') this.node.context.note(what, text);
  }
}

/** Equal for equal sets. */
function textOf(ids: Iterable<NodeId>): string {
  return [...ids].sort().join(' ');
}
