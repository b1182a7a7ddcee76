import { operationKey } from '../core/entry.ts';
import type { Archive } from '../core/stored.ts';
import type { Lineage } from './checkers/lineage.ts';
import type { SetAside } from './checkers/log-checker.ts';
import { Violation } from './checkers/violation.ts';
import { finalLineage } from './park-history.ts';
import type { World } from './world.ts';

/**
 * Rule G3: when a node gave way, what it knew to be committed and the park does not hold in the end stands in one of its
 * archives, where people see it.
 */
export function checkArchives(world: World): void {
  const { lineages } = world.checks.log;
  const final = finalLineage(world);
  for (const { node, generation, through } of ownSetAside(world)) {
    const gate = world.gates.find(({ id, life, lost }) => id === node && life && !lost);
    const lineage = lineages.get(generation);
    if (!gate || !lineage) continue;
    const archives = gate.disk.peek()?.archives ?? [];
    for (const { entry } of lineage.records().slice(0, through)) {
      if (entry.command.kind !== 'operation') continue;
      const key = operationKey(entry.command.operation.id);
      if (final?.indexOf(key) !== undefined) continue;
      const isShown = archives.some(
        (archive) =>
          stands(archive, key) ||
          [...lineages.values()].some((one) => isCovered(archive, one, key)),
      );
      if (!isShown)
        throw new Violation(
          'G3',
          `${node} set generation ${generation} aside, and shows nothing of ${key} at ${entry.index}`,
        );
    }
  }
}

/**
 * Without the logs that a node was only taking, in a generation that it had abandoned, on its way to one that grew out of
 * that: they hold nothing of its own (rule G3).
 */
function ownSetAside({ checks }: World): SetAside[] {
  const { lineages, setAside } = checks.log;
  const abandons = (one: SetAside, generation: string): boolean =>
    one.generation === generation ||
    lineages.get(one.generation)?.ancestors.has(generation) === true;
  return setAside.filter(
    ({ node, generation }, at) =>
      !setAside.slice(0, at).some((one) => one.node === node && abandons(one, generation)),
  );
}

function stands({ entries }: Archive, key: string): boolean {
  return entries.some(
    ({ command }) => command.kind === 'operation' && operationKey(command.operation.id) === key,
  );
}

/**
 * The archive's snapshot stands for it: this lineage has the snapshot's last entry, and so all before it (rule S6). It need
 * not be that of the archive's own generation, in which nobody may have committed anything, but one that it grew out of.
 */
function isCovered({ snapshot }: Archive, lineage: Lineage, key: string): boolean {
  const index = lineage.indexOf(key);
  if (!snapshot || index === undefined) return false;
  const { at } = snapshot;
  return index <= at.index && lineage.records()[at.index - 1]?.entry.term === at.term;
}
