import { operationKey } from '../core/entry.ts';
import type { Archive } from '../core/stored.ts';
import type { Lineage } from './checkers/lineage.ts';
import { Violation } from './checkers/violation.ts';
import { finalLineage } from './park-history.ts';
import type { World } from './world.ts';

/**
 * Rule G3: when a node gave way, what it knew to be committed and the park does not hold in the end stands in one of its
 * archives, where people see it.
 */
export function checkArchives(world: World): void {
  const { lineages, setAside } = world.checks.log;
  const final = finalLineage(world);
  for (const { node, generation, through } of setAside) {
    const gate = world.gates.find(({ id, life, lost }) => id === node && life && !lost);
    const lineage = lineages.get(generation);
    if (!gate || !lineage) continue;
    const archives = gate.disk.peek()?.archives ?? [];
    for (const { entry } of lineage.records().slice(0, through)) {
      if (entry.command.kind !== 'operation') continue;
      const key = operationKey(entry.command.operation.id);
      if (final?.indexOf(key) !== undefined) continue;
      if (!archives.some((archive) => shows(archive, lineages, key)))
        throw new Violation(
          'G3',
          `${node} set generation ${generation} aside, and shows nothing of ${key} at ${entry.index}`,
        );
    }
  }
}

function shows(archive: Archive, lineages: ReadonlyMap<string, Lineage>, key: string): boolean {
  const index = lineages.get(archive.generation)?.indexOf(key);
  if (index !== undefined && archive.snapshot && index <= archive.snapshot.at.index) return true;
  return archive.entries.some(
    ({ command }) => command.kind === 'operation' && operationKey(command.operation.id) === key,
  );
}
