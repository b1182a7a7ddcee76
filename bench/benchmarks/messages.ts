import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright';
import { bullyMessages } from '../../src/ui/lab/election-theory.ts';
import { closeTabs, launch, newTabs } from '../browsers.ts';
import type { Environment } from '../environment.ts';
import { interleave, pick, type Rounds } from '../interleave.ts';
import { openPark, united } from '../park.ts';
import { installDoor, pressInTurn, pressTogether } from '../pressing.ts';
import { toResult, type BenchResult } from '../result.ts';
import { atMostOverFloor, equalToFloor, lessThan } from '../target.ts';
import { listen, OF_ADMISSIONS, type Traffic } from '../traffic.ts';
import { countWire } from '../wire.ts';

const SIZES = [3, 5, 9];
/** They are counted, not timed: more tries tell the same. */
const MOST_TRIES = 3;
/** Every message takes as long as every other, however busy the machine is: the formula counts on that. */
const DELAY_MS = 60;
/** Whatever was said in an election before is over after such a silence. */
const SILENCE_MS = 2500;
const COUNT = 40;
const LOADED_MS = 500;

/** How many messages an election and an admission take as the park grows, beside theory, and how many bytes. */
export async function messages(environment: Environment): Promise<BenchResult[]> {
  const browser = await launch();
  const tries = Math.min(environment.tries, MOST_TRIES);
  const sizes = environment.tries === 1 ? SIZES.slice(0, 1) : SIZES;
  const inPark = parks(browser, environment);
  try {
    const elections = await interleave(
      tries,
      sizes.map((size) => ({ ours: () => inPark(size, electByTheLeast) })),
    );
    const idle = await interleave(
      tries,
      sizes.map((size) => ({ ours: () => inPark(size, admitInTurn) })),
    );
    const loaded = await interleave(
      tries,
      sizes.map((size) => ({ ours: () => inPark(size, admitTogether) })),
    );
    return [
      ...sizes.map((gates, at) => electionResult(gates, elections[at])),
      ...sizes.flatMap((gates, at) => admissionResults(gates, idle[at], loaded[at])),
    ];
  } finally {
    await browser.close();
  }
}

function parks(browser: Browser, { gatehouse }: Environment) {
  return async <T>(size: number, use: (pages: readonly Page[]) => Promise<T>): Promise<T> => {
    const pages = await newTabs(browser, size);
    try {
      await Promise.all(pages.map(countWire));
      await openPark(pages, gatehouse);
      await Promise.all(pages.map(installDoor));
      return await use(pages);
    } finally {
      await closeTabs(pages);
    }
  };
}

/** The worst case of bully: the least identity starts. */
async function electByTheLeast(pages: readonly Page[]): Promise<number> {
  const [least] = pages;
  if (!least) throw new Error('pages were opened');
  await Promise.all(pages.map((page) => page.evaluate(delayAll, DELAY_MS)));
  await least.evaluate(() => window.gatehouse?.removeLeader());
  await Promise.all(
    pages.map((page) => page.waitForFunction(() => window.gatehouse?.status().vacant === true)),
  );
  await Promise.all(pages.map((page) => page.waitForFunction(isSilent, SILENCE_MS)));
  const from = Date.now();
  await least.evaluate(() => window.gatehouse?.startElection());
  await united(pages);
  const counts = await Promise.all(pages.map((page) => page.evaluate(saidInElection, from)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Runs in the page. */
function delayAll(ms: number): void {
  window.gatehouse?.faults([{ delayMs: [ms, ms] }]);
}

/** Runs in the page. */
function isSilent(forMs: number): boolean {
  const trace = window.gatehouse?.trace() ?? [];
  const last = trace.findLast(({ what }) => /ELECT|LEADER/.test(what));
  return Date.now() - (last?.at ?? 0) > forMs;
}

/** Runs in the page: the messages that the formula counts. */
function saidInElection(from: number): number {
  const sent = (window.gatehouse?.trace() ?? []).filter(
    ({ kind, at }) => kind === 'sent' && at >= from,
  );
  return sent.filter(
    ({ what, detail }) =>
      what === 'ELECT' || what === 'I_AM_LEADER' || (what === 'GOT_IT' && detail === 'to ELECT'),
  ).length;
}

/** Of one admission: what is sent while visitors are let in, less what would be sent anyway. */
async function admitInTurn(pages: readonly Page[]): Promise<Traffic> {
  const [follower] = pages;
  if (!follower) throw new Error('pages were opened');
  const anyway = await listen(pages, OF_ADMISSIONS, () => sleep(3000));
  let committed = 0;
  const traffic = await listen(pages, OF_ADMISSIONS, async () => {
    const before = await commitIndex(follower);
    await pressInTurn(follower, COUNT);
    committed = (await commitIndex(follower)) - before;
  });
  const share = traffic.ms / anyway.ms;
  return {
    messages: (traffic.messages - share * anyway.messages) / committed,
    bytes: (traffic.bytes - share * anyway.bytes) / committed,
    ms: traffic.ms,
  };
}

async function admitTogether(pages: readonly Page[]): Promise<Traffic> {
  const [follower] = pages;
  if (!follower) throw new Error('pages were opened');
  let committed = 0;
  const traffic = await listen(pages, OF_ADMISSIONS, async () => {
    const before = await commitIndex(follower);
    await pressTogether(pages, LOADED_MS);
    committed = (await commitIndex(follower)) - before;
  });
  return {
    messages: traffic.messages / committed,
    bytes: traffic.bytes / committed,
    ms: traffic.ms,
  };
}

function commitIndex(page: Page): Promise<number> {
  return page.evaluate(() => window.gatehouse?.status().commitIndex ?? 0);
}

function electionResult(gates: number, rounds?: Rounds<number>): BenchResult {
  const samples = { ours: rounds?.ours ?? [], floor: [bullyMessages(gates, 1)] };
  const params = { of: 'a bully election, worst case', gates };
  return toResult({ name: 'messages', params, unit: 'messages', samples, target: equalToFloor() });
}

/** The floor is one round: SUBMIT and RESULT, and APPEND and APPENDED with each follower. */
function admissionResults(
  gates: number,
  idle?: Rounds<Traffic>,
  loaded?: Rounds<Traffic>,
): BenchResult[] {
  const alone = idle ?? { ours: [], peers: {} };
  const together = loaded ?? { ours: [], peers: {} };
  const about = (of: string) => ({ name: 'messages', params: { of, gates } });
  const count = (traffic: Traffic): number => traffic.messages;
  const bytes = (traffic: Traffic): number => traffic.bytes;
  return [
    toResult({
      ...about('an admission, idle'),
      unit: 'messages',
      samples: { ...pick(alone, count), floor: [2 * gates] },
      target: atMostOverFloor(2 * gates),
    }),
    toResult({
      ...about('an admission, loaded'),
      unit: 'messages',
      samples: pick(together, count),
      target: lessThan(1),
    }),
    toResult({
      ...about('an admission, idle'),
      unit: 'bytes on the wire',
      samples: pick(alone, bytes),
    }),
    toResult({
      ...about('an admission, loaded'),
      unit: 'bytes on the wire',
      samples: pick(together, bytes),
    }),
  ];
}
