import { describe, expect, it } from 'vitest';
import { FAULTS } from './faults.ts';
import { runJob, type Job, type Report } from './job.ts';
import { LocalPool, type Pool } from './pool.ts';
import { shrink } from './shrink.ts';

const JOB: Job = {
  seed: 1,
  nodes: 5,
  seconds: 100,
  faults: ['crash', 'loss'],
  only: null,
  election: 'bully',
  topology: 'mesh',
  clients: null,
  plant: null,
  scenario: null,
  multicast: null,
  systems: null,
  history: false,
  trace: null,
};

const INJECTIONS = ['crash.1', 'loss.1', 'crash.2', 'crash.3', 'loss.2', 'crash.4'];
const CLIENTS = ['g0.0', 'g0.1', 'g1.0', 'g2.0'];

/** Breaks S2 when crash.2 and crash.4 and a client's operations come together, with three gates at least. */
function pretend(job: Job): Report {
  const injections = job.only ?? INJECTIONS;
  const clients = job.clients ?? CLIENTS;
  const needed = ['crash.2', 'crash.4'].every((name) => injections.includes(name));
  const breaks = needed && clients.includes('g1.0') && job.nodes >= 3 && job.seconds >= 30;
  return {
    seed: job.seed,
    violation: breaks ? { rule: 'S2', detail: '' } : null,
    operations: clients.length,
    events: 1,
    leaderChanges: 0,
    faults: new Map(),
    injections,
    clients,
    simulatedSeconds: breaks ? 30 : job.seconds,
    digest: '',
    history: '',
  };
}

function poolOf(size: number, run: (job: Job) => Report): Pool {
  const local = new LocalPool();
  return {
    size,
    run: async (job) => run(job),
    abandon: () => local.abandon(),
    close: () => local.close(),
  };
}

describe('a failing seed', () => {
  it.each([1, 4])('becomes as small as it can be, %i at once', async (size) => {
    const pool = poolOf(size, pretend);
    const { job, runs } = await shrink(pool, { job: JOB, report: pretend(JOB) }, 200);
    expect(job).toMatchObject({
      nodes: 3,
      seconds: 30,
      faults: ['crash'],
      only: ['crash.2', 'crash.4'],
      clients: ['g1.0'],
    });
    expect(runs).toBeLessThan(60);
  });

  it('keeps its rule: another violation does not count', async () => {
    const pool = poolOf(1, (job) => {
      const report = pretend(job);
      return report.violation || job.nodes > 2
        ? report
        : { ...report, violation: { rule: 'L1', detail: '' } };
    });
    const { job, report } = await shrink(pool, { job: JOB, report: pretend(JOB) }, 200);
    expect(report.violation?.rule).toBe('S2');
    expect(job.nodes).toBe(3);
  });

  it('costs no more runs than it may', async () => {
    const { runs } = await shrink(poolOf(4, pretend), { job: JOB, report: pretend(JOB) }, 5);
    expect(runs).toBe(5);
  });
});

describe('a run by the names of its injections and clients', () => {
  const job: Job = {
    ...JOB,
    seed: 5,
    seconds: 25,
    history: true,
    faults: FAULTS.map(({ name }) => name),
  };
  const whole = runJob(job);

  it('is the same run', () => {
    const { injections, clients } = whole;
    const named = runJob({ ...job, only: injections, clients });
    expect(injections.length).toBeGreaterThan(3);
    expect(named.injections).toEqual(injections);
    expect(named.history).toBe(whole.history);
    expect(named.history.length).toBeGreaterThan(1000);
  });

  it('leaves out what is not named, and keeps the rest', () => {
    const [first, ...others] = whole.injections;
    const rest = runJob({ ...job, only: others });
    expect(rest.injections).not.toContain(first);
    expect(rest.injections[0]).toBe(others[0]);
    const [client] = whole.clients;
    expect(runJob({ ...job, clients: [client!] }).clients).toEqual([client]);
  });
});
