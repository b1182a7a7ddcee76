import type { NodeId } from './identity.ts';
import type { Message } from './messages.ts';
import { termHolder } from './term.ts';

/**
 * Why a message can't be its sender's own, or null. A node speaks for itself, submits its own operations, and leads or
 * asks for promises in terms that name it (rule S4).
 */
export function misspoken(from: NodeId, message: Message): string | null {
  switch (message.type) {
    case 'HELLO':
    case 'JOIN':
      return message.peer.id === from ? null : `${message.type}: of another node`;
    case 'PREPARE':
      if (message.peer.id !== from) return 'PREPARE: of another node';
      return inOwnTerm(from, message);
    case 'I_AM_LEADER':
    case 'LEADER_REMOVED':
    case 'APPEND':
      return inOwnTerm(from, message);
    case 'GOT_IT':
      if (message.leads === null || termHolder(message.leads) === from) return null;
      return "GOT_IT: leads in another's term";
    case 'GRANT':
      return termHolder(message.token.term) === from ? null : "GRANT: a token of another's term";
    case 'SUBMIT':
      return message.operations.every(({ id }) => id.node === from)
        ? null
        : "SUBMIT: another node's operation";
    case 'FLUSH':
      return inOwnTerm(from, message);
    case 'ORDER':
    case 'STAMPED':
      return message.multicast.from === from ? null : `${message.type}: another node's message`;
    default:
      return null;
  }
}

function inOwnTerm(
  from: NodeId,
  {
    type,
    term,
  }: Extract<Message, { type: 'PREPARE' | 'I_AM_LEADER' | 'LEADER_REMOVED' | 'APPEND' | 'FLUSH' }>,
): string | null {
  return termHolder(term) === from ? null : `${type}: in another's term`;
}
