import { operationKey } from '../core/entry.ts';
import type { Json } from '../core/json.ts';
import type { Applied } from '../core/replica.ts';
import { decodeChatOperation } from '../machines/chat-operations.ts';
import { isFor } from '../machines/machine.ts';
import { decodeParkOperation } from '../machines/park.ts';
import type { Entry } from './gatehouse.ts';
import { marketEntry } from './market/entry.ts';

/** A committed entry of the log, as people and scripts read it. */
export function entryView({ entry, outcome, duplicate }: Applied): Entry {
  const { index, term, at, command } = entry;
  const base = { index, term, at };
  switch (command.kind) {
    case 'founding':
      return { ...base, kind: 'founding', capacity: command.settings.capacity };
    case 'opening':
      return { ...base, kind: 'opening' };
    case 'generation':
      return { ...base, kind: 'generation', subject: command.without.join(' ') };
    case 'membership':
      return { ...base, kind: 'membership', change: command.change, subject: command.subject };
    case 'view': {
      const { members } = command.view;
      return { ...base, kind: 'view', subject: members.map(({ id }) => id).join(' ') };
    }
    case 'operation': {
      const { operation, token } = command;
      const { id, body } = operation;
      const origin = { ...base, operation: operationKey(id), node: id.node, token };
      // Applied once already, with an earlier entry: this one changed nothing.
      if (duplicate) return { ...origin, kind: 'duplicate' };
      // What a visitor's tab gave to several gates: decided with an earlier entry, this one changed nothing.
      if (isRepeated(outcome)) return { ...origin, kind: 'duplicate' };
      const market = marketEntry(body, outcome);
      if (market) return { ...origin, kind: market.kind, market };
      return { ...origin, ...operationView(body), ...outcomeView(outcome) };
    }
  }
}

/** What an operation asks for. Of the chat only that somebody did: what is said is not for the log's readers. */
export function operationView(body: Json): Pick<Entry, 'kind' | 'visitor' | 'ownTab' | 'capacity'> {
  if (isFor('chat', body)) {
    const chat = decodeChatOperation(body);
    return { kind: chat.ok ? `chat ${chat.value.kind}` : 'unknown' };
  }
  const decoded = decodeParkOperation(body);
  if (!decoded.ok) return { kind: 'unknown' };
  const { value } = decoded;
  if (value.kind === 'capacity') return { kind: 'capacity', capacity: value.capacity };
  if (value.kind === 'visit') return { kind: value.wish, visitor: value.visitor, ownTab: true };
  return { kind: value.kind, visitor: value.visitor };
}

/** The park says that it decided this with an earlier entry. */
function isRepeated(outcome: Json): boolean {
  if (typeof outcome !== 'object' || outcome === null || Array.isArray(outcome)) return false;
  return 'repeated' in outcome && outcome['repeated'] === true;
}

/** What of a machine's answer an entry shows. */
export function outcomeView(outcome: Json): Pick<Entry, 'allowed'> & {
  reason?: 'full' | 'already-inside' | 'not-inside';
} {
  if (typeof outcome !== 'object' || outcome === null || !('allowed' in outcome)) return {};
  const { allowed, reason } = outcome;
  if (allowed === true) return { allowed };
  if (reason === 'full' || reason === 'already-inside' || reason === 'not-inside') {
    return { allowed: false, reason };
  }
  return { allowed: false };
}
