/**
 * `npm run siege`: attacks a server of its own, over loopback only, and says what it held. It ends by
 * itself. `--only idle` or `--only flood` does one part.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Flood } from './flood.ts';
import { IdleTabs } from './idle.ts';
import { joinHonestly } from './joins.ts';
import { judgeFlood, print, type SiegeResult } from './result.ts';
import { Target } from './target.ts';

const IDLE = { sockets: 10_000, limitMiB: 200 };
const FLOOD = { attackers: 100, joins: 200, limitMs: 1000 };
/** A part that takes longer has failed, ms. */
const PATIENCE = 120_000;

const PARTS: Readonly<Record<string, () => Promise<SiegeResult>>> = {
  idle: holdIdle,
  flood: joinUnderFlood,
};

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const names = values.only === undefined ? Object.keys(PARTS) : [values.only];
  for (const name of names) {
    const part = PARTS[name];
    if (!part) throw new Error(`--only: one of ${Object.keys(PARTS).join(', ')}`);
    const result = await part();
    print(result);
    if (!result.ok) process.exitCode = 1;
  }
}

/** Ten thousand tabs that do nothing: how much memory the server holds for them. */
async function holdIdle(): Promise<SiegeResult> {
  const { sockets, limitMiB } = IDLE;
  checkDescriptors(sockets + 100);
  const room = String(sockets);
  const target = await Target.start({ SOCKETS: room, SOCKETS_PER_ADDRESS: room });
  const tabs = new IdleTabs(target.port);
  try {
    const before = target.rss();
    let most = before;
    const sampling = setInterval(() => (most = Math.max(most, target.rss())), 250);
    await within(PATIENCE, tabs.open(sockets));
    const opened = target.rss();
    await within(PATIENCE, tabs.pinged());
    const idle = target.rss();
    const answering = await within(PATIENCE, tabs.answering());
    clearInterval(sampling);
    most = Math.max(most, target.rss());
    return {
      name: 'idle',
      params: { sockets },
      ...{ ours: most, limit: limitMiB, unit: 'MiB' },
      ok: most < limitMiB && answering === sockets,
      also: { before, opened, idle, answering },
    };
  } finally {
    tabs.close();
    await target.stop();
  }
}

/** A hundred sockets that flood the server, with its own limits: how long an honest tab takes to connect and get in. */
async function joinUnderFlood(): Promise<SiegeResult> {
  const { attackers, joins, limitMs } = FLOOD;
  const target = await Target.start();
  // A thread of its own: the honest tabs must not wait for the attackers' work.
  const flood = new Worker(new URL(import.meta.url), {
    workerData: { port: target.port, attackers },
  });
  try {
    await within(PATIENCE, message(flood));
    const times = await within(PATIENCE, joinHonestly(target.port, joins));
    flood.postMessage('stop');
    const attack = await within(PATIENCE, message(flood));
    const { isAlive } = target;
    const also = { rssMiB: target.rss(), attack, health: await target.health() };
    return judgeFlood({ attackers, joins: times, limitMs, isAlive, also });
  } finally {
    await flood.terminate();
    await target.stop();
  }
}

/** The worker's part: floods until it is told to stop. */
async function attack(): Promise<void> {
  const { port, attackers } = workerData as { port: number; attackers: number };
  const flood = new Flood(port, attackers);
  parentPort?.once('message', () => {
    flood.stop();
    parentPort?.postMessage(flood.seen);
  });
  await flood.start();
  parentPort?.postMessage('flooding');
}

function message(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** Node takes as many file descriptors as the hard limit allows. Windows has none. */
function checkDescriptors(needed: number): void {
  if (process.platform === 'win32') return;
  const limit = spawnSync('sh', ['-c', 'ulimit -Hn']).stdout.toString().trim();
  if (Number(limit) < needed) {
    throw new Error(
      `${needed} file descriptors are needed, and \`ulimit -Hn\` is ${limit}: raise it and come again.`,
    );
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const given = new AbortController();
  const late = sleep(ms, undefined, { signal: given.signal }).then(() => {
    throw new Error(`Not done within ${ms / 1000} s.`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    given.abort();
  }
}

(isMainThread ? main() : attack()).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
