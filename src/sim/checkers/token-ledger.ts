import type { Token } from '../../core/entry.ts';
import type { NodeId } from '../../core/identity.ts';
import { Violation } from './violation.ts';

interface Holder {
  readonly node: NodeId;
  /** The LOCK that it answers; null where that is not seen. */
  readonly request: number | null;
}

/** Who was given each fencing token, by a grant or by an entry that ran under it: never two (rule S5). */
export class TokenLedger {
  readonly #holders = new Map<string, Holder>();

  /** A leader may say the same twice. */
  granted(token: Token, node: NodeId, request: number | null): void {
    const key = nameOf(token);
    const known = this.#holders.get(key);
    const same =
      known?.node === node &&
      (known.request === null || request === null || known.request === request);
    if (known && !same)
      throw new Violation('S5', `token ${key} is granted to ${known.node} and to ${node}`);
    this.#holders.set(key, { node, request: request ?? known?.request ?? null });
  }

  /** An operation of this node ran under the token. */
  used(token: Token, node: NodeId): void {
    const key = nameOf(token);
    const known = this.#holders.get(key);
    if (known && known.node !== node)
      throw new Violation('S5', `token ${key} of ${known.node} was used by ${node}`);
    if (!known) this.#holders.set(key, { node, request: null });
  }
}

function nameOf({ term, number }: Token): string {
  return `${term}/${number}`;
}
