import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { tracesOf } from '../traces.ts';
import { within } from '../tab.ts';
import type { ChaosRun } from './run.ts';

/** How long a gate is waited for that may not answer any more, ms. */
const PATIENCE = 5000;

/** Keeps all that may explain a violation: the gates' logs and traces, the history, and what was done to them. */
export async function keepEvidence(
  folder: string,
  run: ChaosRun,
  story: readonly string[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const write = (name: string, text: string): Promise<void> =>
    writeFile(path.join(folder, name), `${text}\n`);
  const { tabs } = run.stage;
  await write('violation.txt', String(run.violation));
  await write('story.txt', story.join('\n'));
  await write(
    'history.jsonl',
    run.judge.history
      .lines()
      .map((line) => JSON.stringify(line))
      .join('\n'),
  );
  await write(
    'asked.jsonl',
    run.stage.park.ledger.asked.map((one) => JSON.stringify(one)).join('\n'),
  );
  await write('committed.jsonl', run.judge.records.map(({ text }) => text).join('\n'));
  await write('traces.txt', await tracesOf(tabs));
  await Promise.all(
    tabs.map(async (tab) => {
      const log = within(PATIENCE, tab.log(), async () => `${tab.label} does not answer`);
      const entries = await log.catch(() => []);
      await write(
        `log-${tab.label}.jsonl`,
        entries.map((entry) => JSON.stringify(entry)).join('\n'),
      );
    }),
  );
}
