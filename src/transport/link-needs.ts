/**
 * Which links can go: in a sparse topology a node gives up links as the park changes, and the other end may need the
 * same link still, or know no way round it yet. So each end says when it does without a link, and when it needs it
 * again; a link that both do without is closed by whoever notices first. In a mesh every link is needed and nothing is
 * said.
 */
import type { NodeId } from '../core/identity.ts';

export class LinkNeeds {
  /** Peers that do without the link to us. */
  readonly #spared = new Set<NodeId>();
  /** Peers that know that we do without the link to them. */
  readonly #told = new Set<NodeId>();

  /**
   * Tells those that do not know it how we need their link, or all of them: what was said may have been lost, to a cut
   * that was asked for at the other end.
   */
  tell(
    whom: 'news' | 'all',
    open: Iterable<NodeId>,
    isNeeded: (peer: NodeId) => boolean,
    send: (peer: NodeId, needed: boolean) => void,
  ): void {
    for (const peer of open) {
      const needed = isNeeded(peer);
      if (whom === 'news' && needed !== this.#told.has(peer)) continue;
      if (needed) this.#told.delete(peer);
      else this.#told.add(peer);
      send(peer, needed);
    }
  }

  heard(peer: NodeId, needed: boolean): void {
    if (needed) this.#spared.delete(peer);
    else this.#spared.add(peer);
  }

  /** A new link to this peer is needed by both ends until one says otherwise. */
  ended(peer: NodeId): void {
    this.#spared.delete(peer);
    this.#told.delete(peer);
  }

  held(): { readonly spared: readonly NodeId[]; readonly told: readonly NodeId[] } {
    return { spared: [...this.#spared], told: [...this.#told] };
  }

  /** The peers whose link neither end needs. */
  spare(): NodeId[] {
    return [...this.#told].filter((peer) => this.#spared.has(peer));
  }
}
