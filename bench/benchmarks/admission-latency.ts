import type { Page } from 'playwright';
import type { Device } from '../browsers.ts';
import { onPages, openDoors, openRawDoors, withDevices } from '../devices.ts';
import type { Environment } from '../environment.ts';
import { interleave, pick, type Rounds } from '../interleave.ts';
import { keepPressing, pressInTurn, stopPressing } from '../pressing.ts';
import { toResult, type BenchResult, type Params } from '../result.ts';
import { quantile } from '../statistics.ts';
import { atMostTimesFloor } from '../target.ts';

/** Admissions of one try. */
const COUNT = 100;
/** Under load, so many admissions are under way at each of the other gates. */
const LOAD = 16;

interface Case {
  readonly gates: number;
  readonly at: 'follower' | 'leader';
  readonly load: 'idle' | 'loaded';
}

const CASES: readonly Case[] = [3, 5].flatMap((gates) =>
  (['idle', 'loaded'] as const).flatMap((load) =>
    (['follower', 'leader'] as const).map((at) => ({ gates, at, load })),
  ),
);

/** How long one admission takes: the median and the 99th percentile of those of a try. */
export async function admissionLatency(environment: Environment): Promise<BenchResult[]> {
  // Whoever wants to see one try only does not want to wait for five browsers.
  const cases = environment.tries === 1 ? CASES.filter(({ gates }) => gates === 3) : CASES;
  const most = Math.max(...cases.map(({ gates }) => gates));
  const rounds = await withDevices(most, (devices) =>
    interleave(
      environment.tries,
      cases.map((asked) => ({
        ours: () => latencies(devices, asked, (pages) => openDoors(pages, environment)),
        floor: () => latencies(devices, asked, (pages) => openRawDoors(pages, environment)),
      })),
    ),
  );
  return cases.flatMap((asked, at) => results(asked, rounds[at]));
}

async function latencies(
  devices: readonly Device[],
  { gates, at, load }: Case,
  open: (pages: readonly Page[]) => Promise<void>,
): Promise<number[]> {
  return onPages(devices.slice(0, gates), async (pages) => {
    await open(pages);
    const pressed = at === 'leader' ? pages.at(-1) : pages[0];
    if (!pressed) throw new Error('pages were opened');
    const others = load === 'loaded' ? pages.filter((page) => page !== pressed) : [];
    await Promise.all(others.map((page) => keepPressing(page, LOAD)));
    const measured = await pressInTurn(pressed, COUNT);
    await Promise.all(others.map(stopPressing));
    return measured;
  });
}

function results(asked: Case, rounds?: Rounds<number[]>): BenchResult[] {
  if (!rounds) return [];
  const isAsked = asked.gates === 3 && asked.at === 'follower' && asked.load === 'idle';
  return [0.5, 0.99].map((share) => {
    const params: Params = { ...asked, percentile: share * 100 };
    const samples = pick(rounds, (measured) => quantile(measured, share));
    const target = isAsked && share === 0.5 ? { target: atMostTimesFloor(1.25) } : {};
    return toResult({ name: 'admission-latency', params, unit: 'ms', samples, ...target });
  });
}
