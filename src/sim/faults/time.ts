import type { Gate } from '../gate.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { awake, fault, type Fault, type Injected } from './fault.ts';

/** Pages and devices whose time is not everybody's. */
export const TIME: readonly Fault[] = [
  fault(
    'hang',
    'a page answers nothing for a while, then everything at once',
    20_000,
    (world, random) => freeze(world, random, 'hang'),
  ),
  fault('sleep', 'a device sleeps: its clock stands still', 30_000, (world, random) =>
    freeze(world, random, 'sleep'),
  ),
  fault('clock-jump', 'a wall clock jumps', 40_000, clockJump),
  fault(
    'clock-drift',
    'a clock runs up to a tenth too fast or too slow, for a while',
    40_000,
    drift,
  ),
  fault(
    'throttle-second',
    'the timers of a hidden page fire once a second',
    30_000,
    (world, random) => throttle(world, random, 1000, random.logBetween(2000, 90_000)),
  ),
  fault(
    'throttle-minute',
    'the timers of a hidden page fire once a minute',
    60_000,
    (world, random) => throttle(world, random, 60_000, random.between(60_000, 180_000)),
  ),
];

function freeze(world: World, random: Random, pause: 'hang' | 'sleep'): Injected {
  const gate = random.pick(awake(world));
  if (!gate) return 'impossible';
  freezeFor(world, gate, pause, random.logBetween(50, 30_000));
  return 'done';
}

export function freezeFor(world: World, gate: Gate, pause: 'hang' | 'sleep', ms: number): void {
  gate.freeze(pause);
  const { life } = gate;
  world.later(ms, () => {
    if (gate.life === life) gate.thaw();
  });
}

function clockJump(world: World, random: Random): Injected {
  const gate = random.pick(world.gates);
  if (!gate) return 'impossible';
  const far = random.logBetween(100, 86_400_000);
  gate.jump(random.chance(0.5) ? far : -far);
  return noticed(gate);
}

function drift(world: World, random: Random): Injected {
  const gate = random.pick(world.gates);
  if (!gate || gate.drifts) return 'impossible';
  const by = random.logBetween(0.0001, 0.1);
  gate.drift(random.chance(0.5) ? 1 + by : 1 - by);
  world.later(random.logBetween(1000, 60_000), () => {
    gate.drift(1);
  });
  return noticed(gate);
}

function throttle(world: World, random: Random, everyMs: number, forMs: number): Injected {
  const gate = random.pick(world.gates);
  if (!gate || gate.throttled) return 'impossible';
  gate.throttle(everyMs);
  world.later(forMs, () => {
    gate.throttle(null);
  });
  return noticed(gate);
}

/** Where no page is open nobody looks at a clock. */
function noticed({ life }: Gate): Injected {
  return life ? 'done' : 'in-vain';
}
