import type { Page } from 'playwright';
import { Device } from '../browsers.ts';
import { onPages, openRawDoors, withDevices } from '../devices.ts';
import type { Environment } from '../environment.ts';
import { gateTimes, noteTimes } from '../gate-times.ts';
import { interleave, pick } from '../interleave.ts';
import type {} from '../pages/raw-bytes.ts';
import { openGate } from '../park.ts';
import { logSizes, withLogs, type PreparedLog } from '../prepared-log.ts';
import { toResult, type BenchResult } from '../result.ts';
import { atLeastTimesFloor } from '../target.ts';
import { countWire, wireOf } from '../wire.ts';

/** A try starts a dozen browsers. */
const MOST_TRIES = 5;
const PATIENCE_MS = 300_000;

interface Transfer {
  /** Of log and snapshot, as the new tab has it in the end. */
  readonly bytes: number;
  /** What went over the channel for it: a gate deflates it. */
  readonly wire: number;
  readonly ms: number;
}

/** A new tab joins a lone gate with a long log: from its first link until it holds everything that is committed. */
export async function catchUp(environment: Environment): Promise<BenchResult[]> {
  const sizes = logSizes(environment);
  const tries = Math.min(environment.tries, MOST_TRIES);
  const rounds = await withLogs(environment, sizes, (logs) =>
    interleave(
      tries,
      logs.map((log) => contenders(environment, log)),
    ),
  );
  return sizes.flatMap((entries, at) => {
    const transfers = rounds[at] ?? { ours: [], peers: {} };
    const params = { entries };
    const about = { name: 'catch-up', params };
    const rate = pick(transfers, ({ bytes, ms }) => bytes / 1000 / ms);
    const target = entries === 100_000 ? { target: atLeastTimesFloor(0.5) } : {};
    return [
      toResult({ ...about, unit: 'MB of log a second', samples: rate, ...target }),
      toResult({
        ...about,
        unit: 'MB on the wire',
        samples: pick(transfers, ({ wire }) => wire / 1e6),
      }),
      toResult({ ...about, unit: 'ms', samples: pick(transfers, ({ ms }) => ms) }),
    ];
  });
}

function contenders(environment: Environment, log: PreparedLog) {
  /** What ours took last: the floor carries as much. */
  let bytes = 0;
  return {
    ours: async () => {
      const transfer = await log.onDevice((device) => follow(device, environment, log));
      ({ bytes } = transfer);
      return transfer;
    },
    floor: async () => {
      // It has its turn first, and then does not know yet.
      if (bytes === 0)
        ({ bytes } = await log.onDevice((device) => follow(device, environment, log)));
      return carry(environment, bytes);
    },
  };
}

async function follow(
  leader: Device,
  { gatehouse }: Environment,
  { park, entries }: PreparedLog,
): Promise<Transfer> {
  const sender = await leader.context.newPage();
  await countWire(sender);
  await openGate(sender, gatehouse, { park, priority: 100 });
  const device = await Device.open();
  try {
    const page = await device.context.newPage();
    await noteTimes(page, 1);
    await openGate(page, gatehouse, { park, priority: 1 });
    const caughtUp = await untilHeld(page, entries);
    const { first } = await gateTimes(page);
    const { bytes: wire } = await wireOf([sender]);
    return { bytes: await bytesOfLog(page), wire, ms: caughtUp - first };
  } finally {
    await device.discard();
  }
}

/** When the gate held so many committed entries, ms since 1970. */
async function untilHeld(page: Page, entries: number): Promise<number> {
  const found = await page.waitForFunction(
    (entries) => {
      const status = window.gatehouse?.status();
      return status && status.commitIndex >= entries && Date.now();
    },
    entries,
    { timeout: PATIENCE_MS, polling: 10 },
  );
  return Number(await found.jsonValue());
}

/** What came of log and snapshot. Throws when the trace no longer reaches back so far. */
function bytesOfLog(page: Page): Promise<number> {
  return page.evaluate(() => {
    const trace = window.gatehouse?.trace() ?? [];
    if (trace[0]?.sequence !== 1) throw new Error('the trace is too short');
    const came = trace.filter(
      ({ kind, what }) => kind === 'received' && ['APPEND', 'SNAPSHOT_CHUNK'].includes(what),
    );
    return came.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  });
}

function carry(environment: Environment, bytes: number): Promise<Transfer> {
  return withDevices(2, (devices) =>
    onPages(devices, async (pages) => {
      await openRawDoors(pages, environment, 'raw-bytes');
      const [receiver, sender] = pages;
      if (!receiver || !sender) throw new Error('pages were opened');
      await receiver.waitForFunction(() => window.bytes !== undefined);
      const received = receiver.evaluate((count) => window.bytes?.receive(count) ?? 0, bytes);
      const began = await sender.evaluate((count) => window.bytes?.send(count) ?? 0, bytes);
      return { bytes, wire: bytes, ms: (await received) - began };
    }),
  );
}
