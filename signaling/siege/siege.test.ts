/** Small sieges: that the server holds out. How fast, `npm run siege` measures. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServerLimits } from '../limits.ts';
import { createGatehouseServer, type GatehouseServer } from '../server.ts';
import { ATTACKS, Flood } from './flood.ts';
import { IdleTabs } from './idle.ts';
import { joinHonestly } from './joins.ts';
import { judgeFlood, quantile } from './result.ts';

let clientDir: string;
let server: GatehouseServer;
let port = 0;

beforeEach(async () => {
  clientDir = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-'));
});

afterEach(async () => {
  await server.close();
  await rm(clientDir, { recursive: true });
});

async function serve(limits: Partial<ServerLimits> = {}): Promise<void> {
  server = createGatehouseServer({ clientDir, iceServers: [], limits });
  port = await server.listen(0, '127.0.0.1');
}

async function health(): Promise<unknown> {
  return (await fetch(`http://127.0.0.1:${port}/healthz`)).json();
}

describe('idle tabs', () => {
  it('are held, 500 of them, over a heartbeat, and forgotten when they go', async () => {
    await serve({ sockets: 500, socketsPerAddress: 500, heartbeatMs: 1500 });
    const tabs = new IdleTabs(port);
    await tabs.open(500);
    await tabs.pinged();
    expect(await tabs.answering()).toBe(500);
    expect(await health()).toMatchObject({ sockets: 500, parks: 10 });
    await expect(tabs.open(1)).rejects.toThrow('503');
    tabs.close();
    await expect.poll(health).toMatchObject({ sockets: 0, parks: 0 });
  }, 20_000);
});

describe('a flood from 20 sockets', () => {
  it.each(ATTACKS)(
    'of %s keeps no honest tab out',
    async (attack) => {
      await serve();
      const flood = new Flood(port, 20, [attack]);
      await flood.start();
      const joins = await joinHonestly(port, 5);
      expect(joins).toHaveLength(5);
      expect(joins.every(({ totalMs, welcomeMs }) => 0 < welcomeMs && welcomeMs < totalMs)).toBe(
        true,
      );
      flood.stop();
      expect(flood.seen.connections).toBeGreaterThanOrEqual(20);
      await expect
        .poll(() => health().catch(() => 'barred'), { timeout: 10_000 })
        .toMatchObject({
          ok: true,
        });
    },
    20_000,
  );
});

describe('quantile', () => {
  it('is the smallest sample that the share does not exceed', () => {
    const samples = Array.from({ length: 200 }, (_, place) => 200 - place);
    expect([0, 0.5, 0.99, 1].map((share) => quantile(samples, share))).toEqual([1, 100, 198, 200]);
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe('a flood', () => {
  const seen = { attackers: 100, limitMs: 1000, isAlive: true, also: { rssMiB: 90 } };
  const joins = (slow: number, totalMs: number) =>
    Array.from({ length: 200 }, (_, place) => ({
      totalMs: place < slow ? totalMs : 50,
      welcomeMs: 10,
    }));

  it.each([
    ['is held while 99 of 100 get in within the limit', 2, 5000, true],
    ['is not held when more wait for longer, and be it for their connection', 3, 1000, false],
  ])('%s', (_what, slow, totalMs, ok) => {
    const result = judgeFlood({ ...seen, joins: joins(slow, totalMs) });
    expect(result).toMatchObject({ name: 'flood', params: { attackers: 100, joins: 200 }, ok });
    expect(result.ours).toBe(ok ? 50 : 1000);
    expect(result.also).toEqual({ median: 50, longest: totalMs, fromHowdy: 10, rssMiB: 90 });
  });

  it('is not held by a server that has ended', () => {
    expect(judgeFlood({ ...seen, isAlive: false, joins: joins(0, 0) }).ok).toBe(false);
  });
});
