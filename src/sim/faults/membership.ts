import type { Life } from '../gate.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { awake, fault, present, type Fault, type Injected } from './fault.ts';
import { canSpare } from './losses.ts';
import { freezeFor } from './time.ts';

/** More gates than this are not opened. */
const MOST_GATES = 8;

/** Gates that come and go. */
export const MEMBERSHIP: readonly Fault[] = [
  fault('join', 'a new gate joins late', 100_000, join),
  fault('leave', 'a gate says goodbye, and may come back', 50_000, leave),
  fault('never-back', 'a device breaks: its gate never comes back', 120_000, neverBack),
  fault(
    'duplicate-identity',
    'a lost lock: two pages with one identity on one disk',
    150_000,
    twin,
  ),
];

export function hasRoom(world: World): boolean {
  return present(world).length < MOST_GATES;
}

function join(world: World): Injected {
  if (!hasRoom(world)) return 'impossible';
  const gate = world.addGate();
  world.startWhenSafe(gate);
  world.workload.join(gate);
  return 'done';
}

/** Only while it sleeps can a page lose its lock to another unheard, or where there are no locks at all. */
function twin(world: World, random: Random): Injected {
  const gate = random.pick(awake(world));
  if (gate?.life?.ready !== true || gate.blank || gate.shares || !hasRoom(world))
    return 'impossible';
  if (random.chance(0.6)) freezeFor(world, gate, 'sleep', random.logBetween(500, 30_000));
  const other = world.addGate(gate);
  world.trace('duplicate', other, gate.id);
  other.start();
  world.workload.join(other);
  return 'done';
}

function leave(world: World, random: Random): Injected {
  const gate = random.pick(awake(world));
  const running = awake(world).length;
  if (!gate?.life || gate.blank) return 'impossible';
  const { life } = gate;
  const last = leadsOneOther(life);
  if (!last && (running < 3 || !canSpare(world, gate))) return 'impossible';
  // The last words of a leader of two voters may be lost: then the other needs its promise (rule M6).
  const forGood = random.chance(0.3) && !last;
  life.driver.command({ type: 'leave' }, () => undefined);
  world.trace('leave', gate, forGood ? 'for good' : 'for a while');
  world.later(random.between(0, 20), () => {
    if (gate.life !== life) return;
    gate.close();
    if (forGood) gate.status = 'gone';
    else
      world.later(random.logBetween(10, 20_000), () => {
        world.startWhenSafe(gate);
      });
  });
  return 'done';
}

function leadsOneOther({ driver }: Life): boolean {
  const { leadership, replica } = driver.node;
  return leadership?.replication.opened === true && replica.membership.voters().length === 2;
}

function neverBack(world: World, random: Random): Injected {
  const gate = random.pick(world.gates.filter(({ life }) => life !== null));
  if (!gate || awake(world).length < 4 || !canSpare(world, gate)) return 'impossible';
  gate.crash('undone', random.chance(0.5) ? {} : { noticeMs: 5, closedByPeer: true });
  gate.status = 'gone';
  world.trace('never-back', gate, '');
  return 'done';
}
