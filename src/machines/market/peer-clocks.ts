import {
  eventsOf,
  merge,
  NO_EVENTS,
  rowsOf,
  clockOf,
  tick,
  type ClockRows,
  type VectorClock,
} from '../../core/clocks.ts';
import type { NodeId } from '../../core/identity.ts';

/** Whose acts a clock names. */
export type Named = (node: NodeId) => boolean;

/**
 * The vector clock of every peer, as of its last act (rule K4). A node's own tick takes effect where its act takes its
 * place in the log: one taken when it was sent could be taken again after a crash, and be overtaken on its way.
 */
export class PeerClocks {
  readonly #clocks = new Map<NodeId, VectorClock>();

  /** How often each has acted: the clock of a node that has applied this much of the log. */
  seen(isNamed: Named): VectorClock {
    const rows = [...this.#clocks].map(([node, clock]) => [node, eventsOf(clock, node)] as const);
    return new Map(rows.filter(([node]) => isNamed(node)));
  }

  /** A node acts, having seen so much. Returns the clock of the act. */
  act(node: NodeId, seen: VectorClock, isNamed: Named): VectorClock {
    const before = this.#clocks.get(node) ?? NO_EVENTS;
    const ticked = tick(merge(before, this.#happened(seen)), node);
    const clock = new Map([...ticked].filter(([other]) => other === node || isNamed(other)));
    this.#clocks.set(node, clock);
    return clock;
  }

  /** Sorted: it follows from the log alone, not from the order in which this node took it. */
  rows(): (readonly [NodeId, ClockRows])[] {
    return [...this.#clocks]
      .map(([node, clock]) => [node, rowsOf(clock)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  restore(rows: readonly (readonly [NodeId, ClockRows])[]): void {
    this.#clocks.clear();
    for (const [node, clock] of rows) this.#clocks.set(node, clockOf(clock));
  }

  /** Nobody knows of an act that is not in the log, nor does an act count that its node takes for its own next one. */
  #happened(seen: VectorClock): VectorClock {
    const known = [...seen].map(([node, acts]) => {
      const happened = eventsOf(this.#clocks.get(node) ?? NO_EVENTS, node);
      return [node, Math.min(acts, happened)] as const;
    });
    return new Map(known.filter(([, acts]) => acts > 0));
  }
}
