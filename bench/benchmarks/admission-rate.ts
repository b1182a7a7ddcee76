import type { Device } from '../browsers.ts';
import { onPages, openDoors, openRawDoors, withDevices } from '../devices.ts';
import type { Environment } from '../environment.ts';
import { interleave } from '../interleave.ts';
import { joined, newRoom, openMember, peers } from '../joining.ts';
import type {} from '../pages/peers/y-pushes.ts';
import { pressTogether } from '../pressing.ts';
import { toResult, type BenchResult } from '../result.ts';
import { all, atLeastTimesFloor, moreThanPeer } from '../target.ts';

/** How long is pressed in one try, ms. */
const PRESSED_MS = 2000;
const SIZES = [1, 2, 3, 4, 5];
const PEER = 'y-webrtc, not durable';

/** Admissions a second, when all gates press at once, 256 at a time at each. */
export async function admissionRate(environment: Environment): Promise<BenchResult[]> {
  // Whoever wants to see one try only does not want to wait for five browsers.
  const sizes = environment.tries === 1 ? SIZES.filter((size) => size === 3) : SIZES;
  const rounds = await withDevices(Math.max(...sizes), (devices) =>
    interleave(
      environment.tries,
      sizes.map((size) => contenders(devices.slice(0, size), environment)),
    ),
  );
  return sizes.map((size, at) => {
    const samples = rounds[at] ?? { ours: [] };
    const target = all(atLeastTimesFloor(0.8), moreThanPeer(PEER));
    const params = { gates: size, pressing: size };
    const measured = { name: 'admission-rate', params, unit: 'a second', samples };
    return toResult(size === 3 ? { ...measured, target } : measured);
  });
}

function contenders(devices: readonly Device[], environment: Environment) {
  return {
    ours: () =>
      onPages(devices, async (pages) => {
        await openDoors(pages, environment);
        return pressTogether(pages, PRESSED_MS);
      }),
    floor: () =>
      onPages(devices, async (pages) => {
        await openRawDoors(pages, environment);
        return pressTogether(pages, PRESSED_MS);
      }),
    // Alone there is nobody to share with.
    peers: devices.length > 1 ? { [PEER]: () => pushRate(devices, environment) } : {},
  };
}

/** Single pushes a second, until they are at all pages. */
function pushRate(devices: readonly Device[], environment: Environment): Promise<number> {
  return onPages(devices, async (pages) => {
    const network = { ...peers(environment)['y-webrtc'], page: 'peers/y-pushes' };
    const room = newRoom();
    const others = pages.length - 1;
    for (const [at, page] of pages.entries()) {
      await openMember(page, environment.pages, network, { room, id: String(at), others });
    }
    await Promise.all(pages.map(joined));
    const from = Date.now();
    const pushed = await Promise.all(
      pages.map((page) => page.evaluate((forMs) => window.pushes?.push(forMs) ?? 0, PRESSED_MS)),
    );
    const count = pushed.reduce((sum, number) => sum + number, 0);
    const ends = await Promise.all(
      pages.map((page) => page.evaluate((count) => window.pushes?.arrived(count) ?? 0, count)),
    );
    return (count / (Math.max(...ends) - from)) * 1000;
  });
}
