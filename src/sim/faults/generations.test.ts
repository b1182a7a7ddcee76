import { beforeEach, expect, it } from 'vitest';
import type { Gate } from '../gate.ts';
import { NO_PLANT } from '../plant.ts';
import { World } from '../world.ts';
import { GENERATIONS } from './generations.ts';

let world: World;
let usual: Gate;
let apart: Gate;

/** One gate at the usual place, and one that was founded apart from it. */
beforeEach(() => {
  world = new World({
    seed: 5,
    gates: 1,
    plant: NO_PLANT,
    clients: new Set(),
    traceFile: null,
    multicast: null,
    tally: null,
  });
  for (const gate of world.gates) gate.start();
  world.runUntil(1000);
  const foundApart = GENERATIONS.find(({ name }) => name === 'found-apart');
  expect(foundApart?.inject(world, world.random.split('found-apart'))).toBe('done');
  world.runUntil(3000);
  const [first, second] = world.gates;
  if (!first?.awake || !second?.awake) throw new Error('they run');
  [usual, apart] = [first, second];
});

/** Between the gate of the usual place and another. */
function openLinks(gate: Gate): number {
  return world.network.openLinks(usual.id, gate.id);
}

it('a duplicated page has the signaling server of the one that it is a copy of', () => {
  const twin = world.addGate(apart);
  twin.start();
  world.runUntil(4000);
  expect(openLinks(twin)).toBe(0);
});

it('gates that were founded apart come together with all their copies', () => {
  const twin = world.addGate(apart);
  twin.start();
  // On a disk of its own, as a page that finds its old one taken: the copy alone has the old identity now.
  apart.crash('done', {});
  apart.renew();
  apart.start();
  world.runUntil(65_000);
  expect([openLinks(apart), openLinks(twin)]).toEqual([1, 1]);
});
