import { describe, expect, it } from 'vitest';
import { FAULTS } from './faults.ts';
import { NO_PLANT } from './plant.ts';
import { run, type RunResult } from './simulator.ts';
import type { HistoryLine } from './world.ts';

const ALL = FAULTS.map(({ name }) => name);

function runSeed(seed: number, faults: readonly string[], seconds = 20, nodes = 5): RunResult {
  return run({ seed, nodes, seconds, faults, plant: NO_PLANT });
}

describe('short runs keep every rule', () => {
  it.each([1, 2])('without faults, seed %i', (seed) => {
    expect(runSeed(seed, []).violation).toBeNull();
  });

  it.each([3, 4, 5])('with all faults, seed %i', (seed) => {
    expect(runSeed(seed, ALL).violation).toBeNull();
  });

  it.each([1, 2, 3])('with %i gates', (nodes) => {
    expect(runSeed(6, ['crash', 'loss'], 15, nodes).violation).toBeNull();
  });
});

it('a seed gives the same run every time', () => {
  const [first, second, other] = [runSeed(7, ALL), runSeed(7, ALL), runSeed(8, ALL)];
  expect(second).toEqual(first);
  expect(other.digest).not.toBe(first.digest);
});

describe('every fault happens, and is survived', () => {
  it.each(FAULTS.map(({ name }) => name))('%s', (name) => {
    // There is nothing to choose between before there are two parks.
    const often = name === 'adopt' ? ['found-apart', name] : [name];
    let count = 0;
    for (let seed = 1; seed <= 10 && count === 0; seed++) {
      const result = run({ seed, nodes: 5, seconds: 25, faults: [], often, plant: NO_PLANT });
      expect(result.violation).toBeNull();
      count = result.faults.get(name) ?? 0;
    }
    expect(count).toBeGreaterThan(0);
  });
});

describe('the history', () => {
  const lines: HistoryLine[] = [];
  run({
    seed: 9,
    nodes: 3,
    seconds: 15,
    faults: ['crash', 'partition'],
    plant: NO_PLANT,
    recorded: (line) => lines.push(line),
  });

  it('begins with the founding capacity', () => {
    expect(lines[0]).toMatchObject({ type: 'invoke', f: 'capacity' });
    expect(lines[1]).toMatchObject({ type: 'ok', f: 'capacity', value: lines[0]?.value });
  });

  it('is in the order of time, and a process has one operation open at a time', () => {
    const open = new Map<string, string>();
    const over = new Set<string>();
    let time = 0;
    for (const line of lines) {
      expect(line.time).toBeGreaterThanOrEqual(time);
      time = line.time;
      expect(over.has(line.process)).toBe(false);
      if (line.type === 'invoke') {
        expect(open.has(line.process)).toBe(false);
        open.set(line.process, line.operation);
      } else {
        expect(open.get(line.process)).toBe(line.operation);
        open.delete(line.process);
        if (line.type === 'info') over.add(line.process);
      }
    }
    expect(lines.length).toBeGreaterThan(20);
  });
});
