import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Report } from './job.ts';
import { jobOf, parseOptions } from './options.ts';
import { Totals } from './report.ts';
import { SCENARIO_COUNTS } from './scenarios.ts';

const QUIET: Report = {
  seed: 1,
  violation: null,
  operations: 7,
  events: 99,
  leaderChanges: 1,
  faults: new Map(),
  injections: [],
  clients: [],
  simulatedSeconds: 2,
  digest: '',
  history: '',
};

afterEach(() => {
  vi.restoreAllMocks();
});

/** The lines of the summary of two seeds: a fault had an effect in the second. */
function summaryOf(line: string, counted: Record<string, number>): string[] {
  const options = parseOptions(line.split(' '));
  const job = jobOf(options, 1, options.plants[0] ?? null);
  const totals = new Totals();
  totals.add({ job, report: QUIET });
  totals.add({ job, report: { ...QUIET, faults: new Map(Object.entries(counted)) } });
  const print = vi.spyOn(console, 'log').mockReturnValue();
  totals.print(true);
  return print.mock.calls.map(([text]) => String(text));
}

describe('the counts of faults in the summary', () => {
  it('tell what never had an effect from what was not asked for', () => {
    const lines = summaryOf('--faults loss,crash,wipe', { crash: 3 });
    expect(lines).toContain('faults: loss 0, crash 3, wipe 0');
    const json: unknown = JSON.parse(lines.at(-1)!);
    expect(json).toMatchObject({ seeds: 2, faults: { loss: 0, crash: 3, wipe: 0 } });
    expect(json).not.toHaveProperty('faults.delay');
    expect(json).not.toHaveProperty('scenario');
  });

  it('have those that a planted bug takes, and those of single injections', () => {
    const planted = summaryOf('--plant no-dedup --faults wipe', {});
    expect(planted).toContain('faults: loss 0, partition 0, crash-leader 0, wipe 0');
    expect(summaryOf('--only crash.3,loss.1', {})).toContain('faults: loss 0, crash 0');
  });

  it('have what else was counted', () => {
    const lines = summaryOf('--faults proceed-wrongly', { 'proceed-rightly': 1 });
    expect(lines).toContain('faults: proceed-rightly 1, proceed-wrongly 0');
  });

  it('are left out where there are none', () => {
    const lines = summaryOf('--faults none', {});
    expect(lines.filter((text) => text.startsWith('faults'))).toEqual([]);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ faults: {} });
  });

  it('have the words of a scenario', () => {
    const lines = summaryOf('--scenario three-crash', { crashes: 2 });
    const scenario = Object.fromEntries(SCENARIO_COUNTS.map((what) => [what, 0]));
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ scenario: { ...scenario, crashes: 2 } });
  });
});
