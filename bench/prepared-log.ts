import { cp } from 'node:fs/promises';
import { Device, newProfile, removeProfile } from './browsers.ts';
import type { Environment } from './environment.ts';
import { newRoom } from './joining.ts';
import { servePagesAt } from './page-server.ts';
import type {} from './pages/write-log.ts';

/** The profile of a device with one gate that has a long log. */
export class PreparedLog {
  private constructor(
    readonly park: string,
    readonly entries: number,
    private readonly profile: string,
  ) {}

  static async write({ gatehouse }: Environment, entries: number): Promise<PreparedLog> {
    const device = await Device.open();
    const park = newRoom();
    const base = await servePagesAt(device.context, gatehouse);
    const page = await device.context.newPage();
    await page.goto(`${base}/write-log`);
    await page.waitForFunction(() => window.writeLog !== undefined);
    await page.evaluate(async ({ park, entries }) => window.writeLog?.(park, entries), {
      park,
      entries,
    });
    await device.quit();
    return new PreparedLog(park, entries, device.profile);
  }

  /** A device with a copy of it: whatever is done there, the next try begins anew. */
  async onDevice<T>(use: (device: Device) => Promise<T>): Promise<T> {
    const profile = newProfile();
    await cp(this.profile, profile, { recursive: true });
    const device = await Device.open(profile);
    try {
      return await use(device);
    } finally {
      await device.discard();
    }
  }

  async remove(): Promise<void> {
    await removeProfile(this.profile);
  }
}

/** Logs of these sizes for as long as they are used. */
export async function withLogs<T>(
  environment: Environment,
  sizes: readonly number[],
  use: (logs: readonly PreparedLog[]) => Promise<T>,
): Promise<T> {
  const logs: PreparedLog[] = [];
  try {
    for (const size of sizes) {
      console.error(`Writing a log of ${size} entries.`);
      logs.push(await PreparedLog.write(environment, size));
    }
    return await use(logs);
  } finally {
    await Promise.all(logs.map((log) => log.remove()));
  }
}

/** Whoever wants to see one try only does not want to wait for a log of a million. */
export function logSizes({ tries }: Environment): readonly number[] {
  return tries === 1 ? [1_000, 100_000] : [1_000, 100_000, 1_000_000];
}
