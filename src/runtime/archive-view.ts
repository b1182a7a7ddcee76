import { operationKey, type Operation } from '../core/entry.ts';
import type { Archive } from '../core/stored.ts';
import { entryView, operationView } from './entry-view.ts';
import type { ArchiveView, Entry } from './gatehouse.ts';

/** The logs set aside of which the park's log does not hold everything, or nobody knows yet whether it does. */
export function archiveViews(archives: readonly Archive[]): ArchiveView[] {
  return archives.map(archiveView).filter(({ unknown }) => unknown.length > 0);
}

function archiveView({ generation, at, entries, outbox, checked }: Archive): ArchiveView {
  const logged = entries
    .filter(({ command }) => command.kind === 'operation')
    .map((entry) => entryView({ entry, outcome: null, decidedAt: entry.index, duplicate: false }));
  const keys = new Set(logged.map(({ operation }) => operation));
  const asked = outbox
    .filter(({ id }) => !keys.has(operationKey(id)))
    .map((operation) => askedView(operation, at));
  return { generation, at, compared: checked, unknown: [...logged, ...asked] };
}

/** It never came into the log that was set aside. */
function askedView({ id, body }: Operation, at: number): Entry {
  const operation = operationKey(id);
  return { index: 0, term: '', at, operation, node: id.node, ...operationView(body) };
}
