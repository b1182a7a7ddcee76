import { beforeEach, describe, expect, it } from 'vitest';
import type { Call } from './checkers/history.ts';
import { readHistories } from './checkers/history-reader.ts';
import { checkLinearizable } from './checkers/linearizability.ts';
import { runJob, type Job } from './job.ts';
import { jobOf, parseOptions } from './options.ts';
import { parkHistory } from './park-history.ts';
import { FAULTS } from './faults.ts';
import { NO_PLANT } from './plant.ts';
import { World } from './world.ts';

describe('the history of a run', () => {
  let world: World;

  /** A park, whose log has nothing of what its client is told. */
  beforeEach(() => {
    const nobody = { clients: new Set<string>(), multicast: null, tally: null, traceFile: null };
    world = new World({ seed: 5, gates: 1, plant: NO_PLANT, ...nobody });
    world.gates[0]!.start();
    world.runUntil(6000);
    const call: Call = {
      key: 'anna#1.1',
      process: 'g0.0',
      operation: { kind: 'enter', visitor: 'Ada' },
      invokedAt: 6000,
      returnedAt: Infinity,
      result: 'ok',
      outcome: { allowed: true },
    };
    world.record(call, 'invoke', null);
    world.record(call, 'ok', null);
  });

  const last = () => parkHistory(world).at(-1);
  const AS_TOLD = { type: 'ok', allowed: true };

  it('says what clients were told, whether the log has it or not', () => {
    expect(last()).toMatchObject(AS_TOLD);
  });

  it('leaves out what was told in another generation, where people have made one', () => {
    world.divide();
    expect(last()).toMatchObject({ type: 'info', reason: 'set-aside' });
    expect(last()).not.toHaveProperty('allowed');
  });

  it('says it as well where a person was refused for sure, and not where nobody knows', () => {
    const refused = { ok: false, code: 'no-quorum', message: '' } as const;
    world.divide()({ ...refused, definite: true });
    expect(last()).toMatchObject(AS_TOLD);
    world.divide()({ ...refused, definite: false });
    expect(last()).toMatchObject({ type: 'info' });
  });

  it('is divided by a park that is founded apart', () => {
    const foundApart = FAULTS.find(({ name }) => name === 'found-apart');
    expect(world.isDivided).toBe(false);
    expect(foundApart?.inject(world, world.random.split('apart'))).toBe('done');
    expect(world.isDivided).toBe(true);
  });
});

it('S8: the history of a park that a person divided is linearizable, without what was set aside', () => {
  const line = '--faults proceed-wrongly --systems none --multicast none --history x';
  const { violation, history } = runJob(jobOf(parseOptions(line.split(' ')), 1, null));
  expect(violation).toBeNull();
  expect(history).toContain('"reason":"set-aside"');
  const { calls, capacity } = readHistories(history).get(1)!;
  expect(checkLinearizable(calls, capacity).result).toBe('linearizable');
});

describe('the history of a run that breaks a rule', () => {
  function planted(name: string, seed: number): Job {
    return jobOf(
      parseOptions(['--plant', name, '--history', 'x', '--systems', 'none']),
      seed,
      name,
    );
  }

  it('S1: goes on, so that who reads it can see that too, and changes nothing else', () => {
    const job = planted('capacity-at-submit', 1);
    const { history, ...report } = runJob(job);
    expect(report.violation?.rule).toBe('S1');
    expect({ ...report, history: '' }).toEqual(runJob({ ...job, history: false }));
    const [read] = readHistories(history).values();
    const { calls, capacity } = read!;
    expect(checkLinearizable(calls, capacity).result).toBe('violation');
    const times = history.match(/(?<="time":)[\d.]+/g) ?? [];
    expect(Number(times.at(-1))).toBeGreaterThan(report.simulatedSeconds * 1000 + 10_000);
    expect(history).not.toContain('set-aside');
  });

  it('S2: begins with the founding, also if it was the founding that broke one', () => {
    const { violation, history } = runJob(planted('adopted-is-committed', 1));
    expect(violation?.rule).toBe('S2');
    expect(readHistories(history).get(1)?.calls.length).toBeGreaterThan(20);
  });

  it('S7: ends the calls of a client whose number another operation has had: nobody knows what became of them', () => {
    const { violation, history } = runJob(planted('sequence-reused', 2));
    expect(violation?.rule).toBe('S7');
    const calls = history.matchAll(/"process":"(?<by>g[^"]+)","type":"(?<type>\w+)"/g);
    const last = new Map([...calls].map(({ groups }) => [groups?.['by'], groups?.['type']]));
    expect(last.size).toBeGreaterThan(10);
    expect([...last.values()]).not.toContain('invoke');
    expect(readHistories(history).get(2)?.calls.length).toBeGreaterThan(20);
  });
});
