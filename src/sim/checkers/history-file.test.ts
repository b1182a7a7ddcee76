import { describe, expect, it } from 'vitest';
import { FAULTS } from '../faults.ts';
import { NO_PLANT } from '../plant.ts';
import { run } from '../simulator.ts';
import { readHistories } from './history-reader.ts';
import { checkLinearizable } from './linearizability.ts';

const FAULT_NAMES = FAULTS.map(({ name }) => name);

/** As `--history FILE` writes it. */
function fileOf(seeds: readonly number[]): string {
  const lines: string[] = [];
  for (const seed of seeds) {
    run({
      seed,
      nodes: 5,
      seconds: 20,
      faults: FAULT_NAMES,
      plant: NO_PLANT,
      recorded: (line) => lines.push(JSON.stringify(line)),
    });
  }
  return `${lines.join('\n')}\n`;
}

describe('S8: a history that the simulator writes', () => {
  const text = fileOf([21, 22, 23]);
  const histories = readHistories(text);

  it('is as the contract has it, and linearizable, judged from the file alone', () => {
    expect([...histories.keys()]).toEqual([21, 22, 23]);
    const results = new Set<string>();
    for (const { calls, capacity } of histories.values()) {
      expect(calls.length).toBeGreaterThan(20);
      for (const { result } of calls) results.add(result);
      expect(checkLinearizable(calls, capacity).result).toBe('linearizable');
    }
    expect([...results]).toEqual(expect.arrayContaining(['ok', 'info']));
  });

  it('is found out when one answer in it is changed', () => {
    const lines = text.split('\n');
    const wrong = lines.findIndex((line) => line.includes('"not-inside"'));
    const spoilt = lines.map((line, at) =>
      at === wrong ? line.replace('"allowed":false,"reason":"not-inside"', '"allowed":true') : line,
    );
    const verdicts = [...readHistories(spoilt.join('\n')).values()].map(
      ({ calls, capacity }) => checkLinearizable(calls, capacity).result,
    );
    expect(verdicts).toContain('violation');
  });
});
