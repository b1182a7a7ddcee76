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
import { quantile } from './result.ts';

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
      expect(await joinHonestly(port, 5)).toHaveLength(5);
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
