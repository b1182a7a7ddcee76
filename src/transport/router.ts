/**
 * Link-state routing over the direct links of all nodes. Every node floods an advert of its own neighbours; from
 * all adverts each computes shortest paths. Pure and deterministic: what to send when is its owner's business.
 */
import type { NodeId } from '../core/identity.ts';
import { assert } from '../core/assert.ts';
import { MAX_ADVERT_SIZE, MAX_SEQUENCE, type Advert } from './wire.ts';

/** The most nodes whose adverts are kept, our own not counted: with it they fill one message. */
export const MAX_ORIGINS = MAX_ADVERT_SIZE - 1;

/** What an advert was to us. */
export type Reception =
  /** News: pass it on. `lost`: a link of its origin is gone. */
  | { readonly kind: 'new'; readonly lost: boolean }
  /** We have it. */
  | { readonly kind: 'known' }
  /** The sender is behind: `newest` is what it should have. */
  | { readonly kind: 'stale'; readonly newest: Advert }
  /** It is our own from an earlier life, and newer than what we said since: our sequence has jumped, flood again. */
  | { readonly kind: 'ours' }
  /** No room for another origin. */
  | { readonly kind: 'refused' };

export class Router {
  readonly #self: NodeId;
  readonly #adverts = new Map<NodeId, Advert>();
  #own: Advert;
  /** The first hop of a shortest path to each node in reach but our neighbours; undefined when out of date. */
  #table: Map<NodeId, NodeId> | undefined;
  #reachable: readonly NodeId[] | undefined;

  /** `firstSequence` must grow from one life of a node to the next: the wall clock in ms, or the like. */
  constructor(self: NodeId, firstSequence: number) {
    this.#self = self;
    const sequence = Math.min(Math.max(0, Math.floor(firstSequence)), MAX_SEQUENCE - 1);
    this.#own = { origin: self, sequence, neighbours: [] };
  }

  /** Our own newest advert. */
  get own(): Advert {
    return this.#own;
  }

  /** Replaces the list of our direct links. The new advert has a greater sequence, even for the same list. */
  setNeighbours(neighbours: Iterable<NodeId>): Advert {
    const sorted = [...neighbours].sort();
    assert(!sorted.includes(this.#self), 'no node is its own neighbour');
    const before = this.#own;
    this.#own = { origin: this.#self, sequence: this.#next(), neighbours: sorted };
    if (!sameList(this.#own, before)) this.#outdate();
    return this.#own;
  }

  /** Takes an advert that arrived. */
  accept(advert: Advert): Reception {
    if (advert.origin === this.#self) return this.#acceptOwn(advert);
    const known = this.#adverts.get(advert.origin);
    if (known !== undefined) {
      if (advert.sequence === known.sequence) return { kind: 'known' };
      if (advert.sequence < known.sequence) return { kind: 'stale', newest: known };
    } else if (this.#adverts.size >= MAX_ORIGINS && !this.#makeRoom()) {
      return { kind: 'refused' };
    }
    this.#adverts.set(advert.origin, advert);
    // Mostly it is a refresh that says the same as the one before.
    if (known === undefined || !sameList(advert, known)) this.#outdate();
    return {
      kind: 'new',
      lost: known?.neighbours.some((id) => !advert.neighbours.includes(id)) === true,
    };
  }

  #acceptOwn(advert: Advert): Reception {
    if (advert.sequence < this.#own.sequence) return { kind: 'stale', newest: this.#own };
    if (advert.sequence === this.#own.sequence && sameList(advert, this.#own)) {
      return { kind: 'known' };
    }
    this.#own = { ...this.#own, sequence: advert.sequence };
    this.#own = { ...this.#own, sequence: this.#next() };
    return { kind: 'ours' };
  }

  /** Forgets what a node said about itself: it told us that it leaves. */
  forget(origin: NodeId): void {
    if (this.#adverts.delete(origin)) this.#outdate();
  }

  /** Everything a new neighbour should know: our own advert first. */
  adverts(): Advert[] {
    return [this.#own, ...this.#adverts.values()];
  }

  /**
   * The neighbours that an advert from `sender` must be passed on to. Those in its own list are left out: its
   * origin reaches them itself, which makes a flood of a full mesh cost one message per node and not their square.
   */
  passOn(advert: Advert, sender: NodeId): NodeId[] {
    return this.#own.neighbours.filter(
      (id) => id !== sender && id !== advert.origin && !advert.neighbours.includes(id),
    );
  }

  /** The neighbour to hand a message for `target` to; undefined when there is no way. */
  nextHop(target: NodeId): NodeId | undefined {
    if (this.#own.neighbours.includes(target)) return target;
    return this.#routes().get(target);
  }

  /** Whether our neighbour can be reached without the link to it. */
  hasDetour(neighbour: NodeId): boolean {
    const seen = new Set<NodeId>([this.#self]);
    const others = this.#own.neighbours.filter((id) => id !== neighbour);
    const open = others.filter((id) => this.#lists(id, this.#self));
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (id === neighbour) return true;
      if (seen.has(id)) continue;
      seen.add(id);
      for (const next of this.#neighboursOf(id)) {
        if (!seen.has(next) && this.#lists(next, id)) open.push(next);
      }
    }
    return false;
  }

  /** All nodes that a message can reach, neighbours first. The same list until there may be another. */
  reachable(): readonly NodeId[] {
    this.#reachable ??= [...new Set([...this.#own.neighbours, ...this.#routes().keys()])];
    return this.#reachable;
  }

  /** Breadth first; of equal paths the one over the smallest ids, so that every run is the same. */
  #routes(): Map<NodeId, NodeId> {
    if (this.#table !== undefined) return this.#table;
    const table = new Map<NodeId, NodeId>();
    // To a neighbour itself one end's word is enough: whether it hears us shows soon.
    let frontier: NodeId[] = this.#own.neighbours.filter((id) => this.#lists(id, this.#self));
    const seen = new Set<NodeId>([this.#self, ...this.#own.neighbours]);
    for (const id of frontier) table.set(id, id);
    while (frontier.length > 0) {
      const next: NodeId[] = [];
      for (const id of frontier) {
        const hop = table.get(id);
        assert(hop !== undefined, 'every node of the frontier has a first hop');
        for (const neighbour of this.#neighboursOf(id)) {
          if (seen.has(neighbour) || !this.#lists(neighbour, id)) continue;
          seen.add(neighbour);
          table.set(neighbour, hop);
          next.push(neighbour);
        }
      }
      frontier = next;
    }
    this.#table = table;
    return table;
  }

  /** A link counts only when both ends say that they have it: who comes over it from one end's list asks the other. */
  #lists(node: NodeId, neighbour: NodeId): boolean {
    return this.#neighboursOf(node).includes(neighbour);
  }

  #neighboursOf(id: NodeId): readonly NodeId[] {
    if (id === this.#self) return this.#own.neighbours;
    return this.#adverts.get(id)?.neighbours ?? [];
  }

  /** Throws out one node that is out of reach. */
  #makeRoom(): boolean {
    const reachable = new Set(this.reachable());
    for (const origin of this.#adverts.keys()) {
      if (reachable.has(origin)) continue;
      this.#adverts.delete(origin);
      return true;
    }
    return false;
  }

  #outdate(): void {
    this.#table = undefined;
    this.#reachable = undefined;
  }

  #next(): number {
    return Math.min(this.#own.sequence + 1, MAX_SEQUENCE);
  }
}

function sameList(a: Advert, b: Advert): boolean {
  return (
    a.neighbours.length === b.neighbours.length &&
    a.neighbours.every((id, index) => id === b.neighbours[index])
  );
}
