/** Good input to begin with, the same in every run. */
import fc from 'fast-check';
import type { NodeId } from '../core/identity.ts';
import type { Envelope, Message } from '../core/messages.ts';
import { MESSAGES, TYPES } from '../core/testing/arbitraries.contract.ts';
import { termHolder } from '../core/term.ts';
import type { VirtualClock } from '../sim/virtual-clock.ts';

export function sample<T>(arbitrary: fc.Arbitrary<T>, count: number, seed = 1): T[] {
  return fc.sample(arbitrary, { numRuns: count, seed });
}

/** Lets time pass, and what comes due happen. */
export function pass(clock: VirtualClock, ms: number): void {
  const end = clock.now() + ms;
  while (clock.nextAt <= end) clock.step();
  clock.waitUntil(end);
}

export interface Said {
  readonly from: NodeId;
  readonly envelope: Envelope;
}

/** Messages of every type, each with the node that may say it. */
export function saidMessages(ofEach: number): Said[] {
  return TYPES.flatMap((type) => sample(MESSAGES[type] as fc.Arbitrary<Message>, ofEach)).map(
    (message) => {
      const from = speakerOf(message);
      return { from, envelope: { generation: 'abc123', message: inName(from, message) } };
    },
  );
}

function speakerOf(message: Message): NodeId {
  if ('peer' in message) return message.peer.id;
  if (message.type === 'GRANT') return termHolder(message.token.term) || 'bert';
  if (message.type === 'GOT_IT') return termHolder(message.leads ?? '') || 'bert';
  if ('term' in message) return termHolder(message.term) || 'bert';
  return 'bert';
}

function inName(from: NodeId, message: Message): Message {
  switch (message.type) {
    case 'PREPARE':
      return { ...message, term: `000000000007.${from}` };
    case 'SUBMIT':
      return {
        ...message,
        operations: message.operations.map((one) => ({ ...one, id: { ...one.id, node: from } })),
      };
    default:
      return message;
  }
}
