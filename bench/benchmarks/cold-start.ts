import type { Device } from '../browsers.ts';
import type { Environment } from '../environment.ts';
import { gateTimes, noteTimes } from '../gate-times.ts';
import { interleave } from '../interleave.ts';
import { servePagesAt } from '../page-server.ts';
import type {} from '../pages/read-all.ts';
import { openGate } from '../park.ts';
import { logSizes, withLogs, type PreparedLog } from '../prepared-log.ts';
import { toResult, type BenchResult } from '../result.ts';
import { atMost, type Target } from '../target.ts';

/** A try starts six browsers. */
const MOST_TRIES = 5;
const TARGETS: Readonly<Record<number, Target>> = {
  100_000: atMost(1000),
  1_000_000: atMost(5000),
};

/** A lone gate's page is opened on the device that has its log, until the gate is ready for visitors. */
export async function coldStart(environment: Environment): Promise<BenchResult[]> {
  const sizes = logSizes(environment);
  const tries = Math.min(environment.tries, MOST_TRIES);
  const rounds = await withLogs(environment, sizes, (logs) =>
    interleave(
      tries,
      logs.map((log) => ({
        ours: () => log.onDevice((device) => start(device, environment, log)),
        floor: () => log.onDevice((device) => readAll(device, environment, log)),
      })),
    ),
  );
  return sizes.map((entries, at) => {
    const target = TARGETS[entries];
    return toResult({
      name: 'cold-start',
      params: { entries },
      unit: 'ms',
      samples: rounds[at] ?? { ours: [] },
      ...(target ? { target } : {}),
    });
  });
}

async function start(
  { context }: Device,
  { gatehouse }: Environment,
  { park, entries }: PreparedLog,
): Promise<number> {
  const page = await context.newPage();
  await noteTimes(page, 0);
  await openGate(page, gatehouse, { park, priority: 100 });
  const { commitIndex } = await page.evaluate(async () => {
    const { gatehouse } = window;
    if (!gatehouse) throw new Error('no gate here');
    return gatehouse.ready();
  });
  if (commitIndex < entries) throw new Error(`the gate has ${commitIndex} of ${entries} entries`);
  const { ready, opened } = await gateTimes(page);
  return ready - opened;
}

async function readAll(
  { context }: Device,
  { gatehouse }: Environment,
  { park }: PreparedLog,
): Promise<number> {
  const base = await servePagesAt(context, gatehouse);
  const page = await context.newPage();
  await page.goto(`${base}/read-all?park=${park}`);
  await page.waitForFunction(() => window.readAll !== undefined);
  return page.evaluate(() => window.readAll ?? 0);
}
