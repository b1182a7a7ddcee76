import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { awake, fault, type Fault, type Injected } from './fault.ts';

/** What people do. */
export const PEOPLE: readonly Fault[] = [
  fault('locks', 'people hold the mutex by hand, and forget to give it back', 10_000, locks, 'hit'),
  fault('election', 'people start elections', 40_000, startElection),
  fault('resign', 'people remove the leader, and start an election later', 80_000, resign, 'hit'),
  fault('rename', 'people rename gates', 80_000, rename),
];

function locks(world: World, random: Random): Injected {
  world.workload.locks(random.logBetween(0.01, 0.2), () => {
    world.count('locks');
  });
  world.later(random.logBetween(1000, 20_000), () => {
    world.workload.locks(0);
  });
  return 'done';
}

function startElection(world: World, random: Random): Injected {
  const gate = random.pick(awake(world));
  if (gate?.life?.ready !== true) return 'impossible';
  const { driver } = gate.life;
  const { campaign, leadership } = driver.node;
  const isOn = campaign.running && !leadership;
  driver.command({ type: 'start-election' }, () => undefined);
  return isOn ? 'in-vain' : 'done';
}

function resign(world: World, random: Random): Injected {
  const gate = random.pick(awake(world));
  if (gate?.life?.ready !== true) return 'impossible';
  gate.life.driver.command({ type: 'remove-leader' }, ({ ok }) => {
    if (ok) world.count('resign');
  });
  // Nobody elects until a person says so: somebody does, at every gate, since a page may have been away.
  world.later(random.logBetween(100, 10_000), () => {
    electEverywhere(world);
  });
  return 'done';
}

export function electEverywhere(world: World): void {
  for (const { life, awake: runs } of world.gates) {
    if (runs && life?.ready === true && life.driver.node.vacant)
      life.driver.command({ type: 'start-election' }, () => undefined);
  }
}

function rename(world: World, random: Random): Injected {
  const gate = random.pick(awake(world));
  if (gate?.life?.ready !== true) return 'impossible';
  const name = `Gate ${gate.index}${random.name(3)}`;
  gate.peer = { ...gate.peer, name };
  gate.life.driver.command({ type: 'rename', name }, () => undefined);
  return 'done';
}
