import { logKey, type HistoryLine } from './checkers/history.ts';
import type { Lineage } from './checkers/lineage.ts';
import type { World } from './world.ts';

/** The log that the most gates hold in the end: the park's. */
export function finalLineage(world: World): Lineage | undefined {
  const { lineages } = world.checks.log;
  const held = world.gates.map(({ generation }) => generation);
  const count = (lineage: Lineage): number =>
    held.filter((generation) => generation === lineage.generation).length;
  return [...lineages.values()].sort((a, b) => count(b) - count(a))[0];
}

/**
 * What the clients of the park saw, for whoever judges it as one history. What was told in a generation that people have
 * set aside is not part of it: it may have happened, for all that this park knows, and whoever was told so is somebody
 * else from then on. So is who was refused by a leader of one, and this park has done it (rule O3). Where no person has
 * done anything that leads to a second generation, all is as it was told, whatever the checkers make of it.
 */
export function parkHistory(world: World): readonly HistoryLine[] {
  if (!world.isDivided) return world.history;
  const lineage = finalLineage(world);
  const strangers = new Map<string, number>();
  return world.history.map((line) => {
    const known = strangers.get(line.process) ?? 0;
    const process = known === 0 ? line.process : `${line.process}.${known}`;
    const { allowed, ...rest } = { ...line, process };
    const key = logKey(line.operation);
    const isOverruled = line.type === 'fail' && lineage && world.checks.isOverruled(lineage, key);
    if (!isOverruled && (line.type !== 'ok' || line.operation === 'founding'))
      return allowed === undefined ? rest : { ...rest, allowed };
    if (!isOverruled && lineage && world.checks.holds(lineage, key)) return { ...line, process };
    strangers.set(line.process, known + 1);
    return { ...rest, type: 'info', reason: 'set-aside' };
  });
}
