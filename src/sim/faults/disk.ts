import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { awake, fault, present, type Fault, type Injected } from './fault.ts';
import { canSpare } from './losses.ts';

/** Disks that are slow, that fail, and that are cleared. */
export const DISK: readonly Fault[] = [
  fault('slow-disk', 'writes take up to three hundred times as long', 30_000, slowDisk, 'hit'),
  fault('failed-write', 'a write fails, or says so though it was done', 40_000, failedWrite, 'hit'),
  fault(
    'failed-read',
    'what is stored can not be read when a page starts, for a while',
    60_000,
    failedRead,
    'hit',
  ),
  fault(
    'wipe',
    'the disk of a crashed gate is cleared: it comes back as a new member',
    80_000,
    wipe,
  ),
  fault('wipe-live', "a running gate's data is cleared under it", 80_000, wipeLive),
];

function slowDisk(world: World, random: Random): Injected {
  const gate = random.pick(world.gates);
  if (!gate || gate.slowness !== 1) return 'impossible';
  gate.slowDown(random.logBetween(3, 300), () => {
    world.count('slow-disk');
  });
  world.later(random.logBetween(500, 20_000), () => {
    gate.slowDown(1);
  });
  return 'done';
}

function failedWrite(world: World, random: Random): Injected {
  const gate = random.pick(awake(world));
  if (!gate) return 'impossible';
  gate.disk.failNextWrite(random.chance(0.5) ? 'done' : 'undone', () => {
    world.count('failed-write');
  });
  return 'done';
}

/** A page that can't read its disk stops, and is opened again. */
function failedRead(world: World, random: Random): Injected {
  const gate = random.pick(present(world).filter(({ status }) => status !== 'absent'));
  if (!gate) return 'impossible';
  gate.crash(random.chance(0.5) ? 'done' : 'undone', {});
  gate.disk.failNextLoad(() => {
    world.count('failed-read');
  });
  world.later(random.logBetween(50, 5000), () => {
    world.startWhenSafe(gate);
  });
  return 'done';
}

function wipe(world: World, random: Random): Injected {
  const gate = random.pick(world.gates.filter(({ life }) => life !== null));
  if (!gate || gate.blank || !canSpare(world, gate)) return 'impossible';
  gate.crash(random.chance(0.5) ? 'done' : 'undone', {});
  gate.wipe();
  world.later(random.logBetween(50, 20_000), () => {
    world.startWhenSafe(gate);
  });
  return 'done';
}

function wipeLive(world: World, random: Random): Injected {
  const gate = random.pick(awake(world));
  if (!gate || gate.blank || !canSpare(world, gate)) return 'impossible';
  gate.wipe();
  return 'done';
}
