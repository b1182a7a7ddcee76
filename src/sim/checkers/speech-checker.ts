import type { NodeId } from '../../core/identity.ts';
import type { Envelope } from '../../core/messages.ts';
import type { Term } from '../../core/term.ts';
import { Violation } from './violation.ts';

/** What an identity had made durable when its disk was wiped: more than that it may not say. */
interface Last {
  readonly promised: Term;
  readonly index: number;
}

/**
 * Watches what nodes say: nobody votes or acknowledges under an identity that lost its disk (rule S9; what it knew
 * to be durable before may still be on its way).
 */
export class SpeechChecker {
  readonly #wiped = new Map<NodeId, Last>();

  /** What was on the disk is all that it may still say. */
  wiped(id: NodeId, promised: Term, index: number): void {
    this.#wiped.set(id, { promised, index });
  }

  sent(from: NodeId, { message }: Envelope): void {
    if (message.type !== 'PROMISE' && message.type !== 'APPENDED') return;
    const last = this.#wiped.get(from);
    if (!last) return;
    if (message.type === 'PROMISE' && message.term > last.promised)
      throw new Violation('S9', `${from} lost its disk and promises ${message.term}`);
    if (message.type === 'APPENDED' && message.ok && message.match.index > last.index)
      throw new Violation('S9', `${from} lost its disk and acknowledges ${message.match.index}`);
  }
}
