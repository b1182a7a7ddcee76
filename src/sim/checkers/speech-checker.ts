import type { NodeId } from '../../core/identity.ts';
import type { Envelope } from '../../core/messages.ts';
import type { Durable } from './observed.ts';
import { Violation } from './violation.ts';

/**
 * Watches what nodes say: nobody votes or acknowledges under an identity that lost its disk (rule S9; what it knew
 * to be durable before may still be on its way), and nobody asks for promises in a term that it could take again after
 * a crash (rules S4 and B1).
 */
export class SpeechChecker {
  /** What was on the disk: more than that it may not say. */
  readonly #wiped = new Map<NodeId, Durable>();

  wiped(id: NodeId, last: Durable): void {
    this.#wiped.set(id, last);
  }

  /** @param durable what is on the sender's disk */
  sent(from: NodeId, { message }: Envelope, durable?: () => Durable): void {
    if (message.type === 'PREPARE' && durable && message.term > durable().promised)
      throw new Violation('S4', `${from} asks for promises in ${message.term}, not written yet`);
    if (message.type !== 'PROMISE' && message.type !== 'APPENDED') return;
    const last = this.#wiped.get(from);
    if (!last) return;
    if (message.type === 'PROMISE' && message.term > last.promised)
      throw new Violation('S9', `${from} lost its disk and promises ${message.term}`);
    if (message.type === 'APPENDED' && message.ok && message.match.index > last.end)
      throw new Violation('S9', `${from} lost its disk and acknowledges ${message.match.index}`);
  }
}
