import type { NodeId } from '../../core/identity.ts';
import type { Appended, Envelope, Message } from '../../core/messages.ts';
import type { Held } from '../../storage/memory-state.ts';
import type { Durable } from './observed.ts';
import { Violation } from './violation.ts';

/**
 * Compares what nodes say with their own disks: persist before you speak. Nobody asks for promises, or promises, in a term
 * that a crash would make it forget (rules S4, B1, B2), acknowledges what it does not hold (S2, R3), sends an operation whose
 * number it might use again (S7, O1), or says that it gave way while it may still come back with that log (S9, G7). And nobody
 * votes or acknowledges under an identity that lost its disk (S9); what it knew to be durable before may still be on its way.
 */
export class SpeechChecker {
  /** What was on the disk: more than that it may not say. */
  readonly #wiped = new Map<NodeId, Durable>();

  wiped(id: NodeId, last: Durable): void {
    this.#wiped.set(id, last);
  }

  /** @param held what is on the sender's disk */
  sent(from: NodeId, envelope: Envelope, held?: () => Held): void {
    const { message, generation } = envelope;
    this.#checkWiped(from, message);
    if (!held) return;
    switch (message.type) {
      case 'PREPARE':
        if (message.term > held().promised)
          throw new Violation('S4', `${from} asks for promises in ${message.term}, unwritten`);
        return;
      case 'PROMISE':
        if (message.term > held().promised)
          throw new Violation('S4', `${from} promises ${message.term}, not written yet`);
        return;
      case 'APPENDED':
        if (message.ok) checkAcknowledged(from, message, generation, held());
        return;
      case 'SUBMIT':
        for (const { id } of message.operations)
          if (id.sequence >= held().reservedBelow)
            throw new Violation('S7', `${from} sends its operation ${id.sequence}, unreserved`);
        return;
      case 'GAVE_WAY':
        if (!held().hasSetAside(generation))
          throw new Violation('S9', `${from} gave way in ${generation}, not set aside yet`);
        return;
      default:
        return;
    }
  }

  #checkWiped(from: NodeId, message: Message): void {
    const last = this.#wiped.get(from);
    if (!last) return;
    if (message.type === 'PROMISE' && message.term > last.promised)
      throw new Violation('S9', `${from} lost its disk and promises ${message.term}`);
    if (message.type === 'APPENDED' && message.ok && message.match.index > last.end)
      throw new Violation('S9', `${from} lost its disk and acknowledges ${message.match.index}`);
  }
}

/**
 * A transaction may hold several writes. What it acknowledges at its beginning a newer leader may have taken back at its end,
 * or the log was set aside: that is like an acknowledgement that comes late.
 */
function checkAcknowledged(
  from: NodeId,
  { term, match }: Appended,
  generation: string,
  held: Held,
): void {
  if (term < held.promised || held.hasSetAside(generation)) return;
  if (match.index > held.end)
    throw new Violation(
      'S2',
      `${from} acknowledges ${match.index}, but its disk ends at ${held.end}`,
    );
  const there = held.termAt(match.index);
  if (match.index > 0 && there !== undefined && there !== match.term)
    throw new Violation(
      'S2',
      `${from} acknowledges ${match.index} of ${match.term}, but its disk has it of ${there}`,
    );
}
