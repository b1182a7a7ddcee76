import { describe, expect, it } from 'vitest';
import { NO_PLANT } from './plant.ts';
import { run } from './simulator.ts';
import { SYSTEMS, type System } from './systems.ts';

/** What the names of a system's clients look like, as a shrunk seed lists them. */
const CLIENTS: Readonly<Record<System, RegExp>> = {
  chat: /^g\d+\.chat$/,
  market: /^m\d+\.\d+$/,
  visits: /^w\d+$/,
};

/** What it takes depends on how busy the machine is, ms. */
const SLOW = 60_000;

/** The systems whose clients asked for something. */
function busyIn(seed: number, systems: ReadonlySet<System>): System[] {
  const { violation, clients } = run({
    seed,
    nodes: 3,
    seconds: 30,
    faults: [],
    plant: NO_PLANT,
    systems,
  });
  expect(violation).toBeNull();
  return SYSTEMS.filter((system) => clients.some((name) => CLIENTS[system].test(name)));
}

describe('whoever asks for a system gets it in every seed', () => {
  it.each([1, 2, 3])(
    'all, seed %i',
    (seed) => {
      expect(busyIn(seed, new Set(SYSTEMS))).toEqual([...SYSTEMS]);
    },
    SLOW,
  );

  it.each(SYSTEMS)('%s alone', (system) => {
    expect(busyIn(4, new Set([system]))).toEqual([system]);
  });

  it('none', () => {
    expect(busyIn(5, new Set())).toEqual([]);
  });
});
