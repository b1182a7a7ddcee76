import type { LogEntry } from '../../src/core/entry.ts';
import type { Json } from '../../src/core/json.ts';
import type { Entry } from '../../src/runtime/gatehouse.ts';

/**
 * An entry as a log holds it, for the checkers of the simulator, from what a gate shows of it. A gate shows no
 * members and no generation: those are left empty.
 */
export function logEntryOf(entry: Entry): LogEntry {
  const { index, term, at } = entry;
  return { index, term, at, command: commandOf(entry) };
}

function commandOf(entry: Entry): LogEntry['command'] {
  const { kind, operation, token, capacity = 0, subject = '' } = entry;
  if (operation !== undefined && token) {
    const id = idOf(operation);
    return {
      kind: 'operation',
      operation: { id, settledBelow: 0, under: null, body: bodyOf(entry) },
      token,
    };
  }
  switch (kind) {
    case 'founding': {
      const kinds = { election: 'bully', topology: 'mesh', multicast: 'sequencer' } as const;
      return { kind: 'founding', generation: '', settings: { capacity, ...kinds }, members: [] };
    }
    case 'opening':
      return { kind: 'opening' };
    case 'generation':
      return { kind: 'generation', generation: '', without: subject.split(' '), members: [] };
    case 'membership':
      // What changed is for people; nothing is judged by it.
      return { kind: 'membership', change: 'join', subject, members: [] };
    default:
      throw new Error(`entry ${entry.index} is of no kind that a log holds: ${kind}`);
  }
}

/** `node.sequence`, as the console shows it. */
function idOf(key: string): { node: string; sequence: number } {
  const dot = key.lastIndexOf('.');
  return { node: key.slice(0, dot), sequence: Number(key.slice(dot + 1)) };
}

function bodyOf({ kind, visitor, capacity }: Entry): Json {
  if (kind === 'capacity') return { machine: 'park', kind, capacity: capacity ?? null };
  // Of a duplicate nothing is shown but that it is one.
  return { machine: 'park', kind, visitor: visitor ?? null };
}
