import { operationKey } from '../core/entry.ts';
import type { Json } from '../core/json.ts';
import type { Applied } from '../core/replica.ts';
import { decodeParkOperation } from '../machines/park.ts';
import type { Entry } from './gatehouse.ts';

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
    case 'operation': {
      const { operation, token } = command;
      const { id, body } = operation;
      const origin = { ...base, operation: operationKey(id), node: id.node, token };
      // Applied once already, with an earlier entry: this one changed nothing.
      if (duplicate) return { ...origin, kind: 'duplicate' };
      const view = { ...operationView(body), ...outcomeView(outcome) };
      return isRepeated(outcome) ? { ...origin, kind: 'duplicate' } : { ...origin, ...view };
    }
  }
}

/** What an operation asks of the park. */
export function operationView(body: Json): Pick<Entry, 'kind' | 'visitor' | 'capacity'> {
  const decoded = decodeParkOperation(body);
  if (!decoded.ok) return { kind: 'unknown' };
  const { value } = decoded;
  if (value.kind === 'capacity') return { kind: 'capacity', capacity: value.capacity };
  const kind = value.kind === 'visit' ? value.wish : value.kind;
  return { kind, visitor: value.visitor };
}

/** A request that a visitor's tab gave to several gates: it was decided with an earlier entry. */
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
