import { assert } from '../assert.ts';
import type { LogEntry } from '../entry.ts';
import type { NodeId } from '../identity.ts';
import type { Node } from '../node.ts';
import type { Term } from '../term.ts';

/** Looks over the shoulders of all nodes: one leader a term (S4), and one log (S6). */
export class LogWitness {
  readonly #leaders = new Map<Term, NodeId>();
  /** Committed entries, by generation and index. */
  readonly #committed = new Map<string, string>();
  readonly #seen = new WeakMap<Node, number>();

  see(node: Node): void {
    const { leadership, replica, self } = node;
    if (leadership) {
      const other = this.#leaders.get(leadership.term) ?? self.id;
      assert(other === self.id, `S4: ${leadership.term} has one leader`);
      this.#leaders.set(leadership.term, self.id);
    }
    const seen = this.#seen.get(node) ?? 0;
    if (replica.commitIndex < seen) this.#seen.delete(node);
    for (const { entry } of replica.committed(Math.min(seen, replica.commitIndex) + 1, Infinity)) {
      this.#compare(node, entry);
    }
    this.#seen.set(node, replica.commitIndex);
  }

  #compare(node: Node, entry: LogEntry): void {
    const { generations } = node.replica.membership;
    const generation = generations.findLast(({ at }) => at.index <= entry.index)?.id ?? '';
    const key = `${generation}/${String(entry.index)}`;
    const text = JSON.stringify(entry);
    const first = this.#committed.get(key) ?? text;
    assert(first === text, `S6: entry ${key} is the same at ${node.self.id}`);
    this.#committed.set(key, first);
  }
}
