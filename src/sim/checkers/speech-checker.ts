import type { NodeId } from '../../core/identity.ts';
import type { Envelope } from '../../core/messages.ts';
import type { Node } from '../../core/node.ts';
import type { Token } from '../../core/entry.ts';
import type { Term } from '../../core/term.ts';
import { Violation } from './violation.ts';

/** What an identity had made durable when its disk was wiped: more than that it may not say. */
interface Last {
  readonly promised: Term;
  readonly index: number;
}

/**
 * Watches what nodes say: nobody votes or acknowledges under an identity that lost its disk (rule S9; what it knew
 * to be durable before may still be on its way), and no token is granted twice (rule S5).
 */
export class SpeechChecker {
  readonly #wiped = new Map<NodeId, Last>();
  readonly #grants = new Map<string, string>();

  /** @param node the life that still runs on that disk, if one does */
  wiped(id: NodeId, node: Node | null, durablePromise: Term): void {
    this.#wiped.set(id, { promised: durablePromise, index: node?.replica.durableIndex ?? 0 });
  }

  sent(from: NodeId, to: NodeId, { message }: Envelope): void {
    if (message.type === 'GRANT') this.granted(message.token, to, message.request);
    if (message.type !== 'PROMISE' && message.type !== 'APPENDED') return;
    const last = this.#wiped.get(from);
    if (!last) return;
    if (message.type === 'PROMISE' && message.term > last.promised)
      throw new Violation('S9', `${from} lost its disk and promises ${message.term}`);
    if (message.type === 'APPENDED' && message.ok && message.match.index > last.index)
      throw new Violation('S9', `${from} lost its disk and acknowledges ${message.match.index}`);
  }

  granted(token: Token, node: NodeId, request: number): void {
    const key = `${token.term}/${token.number}`;
    const grant = `${node}/${request}`;
    const known = this.#grants.get(key) ?? grant;
    this.#grants.set(key, grant);
    if (known !== grant)
      throw new Violation('S5', `token ${key} is granted to ${known} and ${grant}`);
  }
}
