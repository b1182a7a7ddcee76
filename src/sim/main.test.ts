import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'simulate-'));

/** The command as people run it. */
function simulate(line: string): { status: number | null; lines: string[]; errors: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['scripts/simulate.mjs', ...line.split(' ')],
    { encoding: 'utf8' },
  );
  return { status, lines: stdout.trim().split('\n'), errors: stderr };
}

/** Bundling comes first. */
const SLOW = 60_000;

describe('the command', () => {
  it(
    'says the same however many seeds run at once',
    () => {
      const runs = [1, 2, 3].map((jobs) => {
        const file = path.join(folder, `${jobs}.jsonl`);
        const { status, lines } = simulate(
          `--seeds 5 --seconds 8 --nodes 3-5 --json --jobs ${jobs} --history ${file}`,
        );
        expect(status).toBe(0);
        const summary: unknown = JSON.parse(lines.at(-1)!);
        return { summary, history: readFileSync(file, 'utf8') };
      });
      const [first, ...others] = runs;
      expect(Object.keys(first!.summary!)).toEqual([
        ...['seeds', 'violations', 'operations', 'events', 'faults'],
        ...['leaderChanges', 'simulatedSeconds', 'wallSeconds', 'digest'],
      ]);
      expect(first!.summary).toMatchObject({ seeds: 5, violations: 0 });
      expect(first!.history.length).toBeGreaterThan(1000);
      for (const { summary, history } of others) {
        expect(summary).toEqual({ ...first!.summary!, wallSeconds: expect.any(Number) as number });
        expect(history).toBe(first!.history);
      }
    },
    SLOW,
  );

  it(
    'ends with 1 on a violation, after its seed, its rule and the command that shows it again',
    () => {
      const { status, lines } = simulate(
        '--plant sequence-reused --systems none --seeds 10 --shrink 15 --json',
      );
      expect(status).toBe(1);
      const at = lines.findIndex((line) => /^VIOLATION of S[78] with seed \d+: /.test(line));
      expect(at).toBeGreaterThanOrEqual(0);
      const replays = lines.filter((line) => line.startsWith('  replay: npm run simulate -- '));
      expect(replays).toHaveLength(2);
      expect(lines).toContain('1 of 1 planted bugs found');
      for (const replay of replays) {
        const again = simulate(replay.split(' -- ')[1]!);
        expect(again.status).toBe(1);
        expect(again.lines.some((line) => line.startsWith('VIOLATION of S'))).toBe(true);
      }
    },
    SLOW,
  );

  it(
    'ends with 2 when a planted bug is not found',
    () => {
      const { status, lines } = simulate(
        '--plant delivered-before-all-hold-it --seeds 1 --seconds 1',
      );
      expect(lines).toContain('0 of 1 planted bugs found');
      expect(status).toBe(2);
    },
    SLOW,
  );

  it(
    'lists what there is, and refuses what it does not know',
    () => {
      expect(simulate('--faults list').lines.length).toBeGreaterThan(20);
      expect(simulate('--plant list').lines.length).toBeGreaterThan(20);
      expect(simulate('--plant list').status).toBe(0);
      expect(simulate('--plants all').status).toBe(2);
      const never = simulate('--seeds 1 --seconds 5 --nodes 3 --only crash.999');
      expect(never.status).toBe(2);
      expect(never.errors).toMatch(/never injected in this run: crash\.999/);
      expect(simulate(`--history ${path.join(folder, 'no-such', 'file')}`).status).toBe(2);
    },
    SLOW,
  );
});
