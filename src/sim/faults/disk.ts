import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { awake, fault, present, type Fault } from './fault.ts';
import { canSpare } from './losses.ts';

/** Disks that are slow, that fail, and that are cleared. */
export const DISK: readonly Fault[] = [
  fault('slow-disk', 'writes take up to three hundred times as long', 30_000, slowDisk),
  fault('failed-write', 'a write fails, or says so though it was done', 40_000, failedWrite),
  fault(
    'failed-read',
    'what is stored can not be read when a page starts, for a while',
    60_000,
    failedRead,
  ),
  fault(
    'wipe',
    'the disk of a crashed gate is cleared: it comes back as a new member',
    80_000,
    wipe,
  ),
  fault('wipe-live', "a running gate's data is cleared under it", 80_000, wipeLive),
];

function slowDisk(world: World, random: Random): boolean {
  const gate = random.pick(world.gates);
  if (!gate || gate.slowness !== 1) return false;
  gate.slowness = random.logBetween(3, 300);
  world.later(random.logBetween(500, 20_000), () => {
    gate.slowness = 1;
  });
  return true;
}

function failedWrite(world: World, random: Random): boolean {
  const gate = random.pick(awake(world));
  if (!gate) return false;
  gate.disk.failNextWrite(random.chance(0.5) ? 'done' : 'undone');
  return true;
}

/** A page that can't read its disk stops, and is opened again. */
function failedRead(world: World, random: Random): boolean {
  const gate = random.pick(present(world).filter(({ status }) => status !== 'absent'));
  if (!gate) return false;
  gate.crash(random.chance(0.5) ? 'done' : 'undone', {});
  gate.disk.failNextLoad();
  world.later(random.logBetween(50, 5000), () => {
    world.startWhenSafe(gate);
  });
  return true;
}

function wipe(world: World, random: Random): boolean {
  const gate = random.pick(world.gates.filter(({ life }) => life !== null));
  if (!gate || gate.blank || !canSpare(world, gate)) return false;
  gate.crash(random.chance(0.5) ? 'done' : 'undone', {});
  gate.wipe();
  world.later(random.logBetween(50, 20_000), () => {
    world.startWhenSafe(gate);
  });
  return true;
}

function wipeLive(world: World, random: Random): boolean {
  const gate = random.pick(awake(world));
  if (!gate || gate.blank || !canSpare(world, gate)) return false;
  gate.wipe();
  return true;
}
