import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer } from './program.ts';

let clientDir: string;
beforeAll(async () => {
  clientDir = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-'));
});
afterAll(() => rm(clientDir, { recursive: true }));

const wifi = {
  address: '192.168.1.7',
  netmask: '',
  family: 'IPv4',
  mac: '',
  internal: false,
} as const;

async function linesPrinted(isTerminal: boolean): Promise<string[]> {
  const lines: string[] = [];
  const server = await startServer({
    env: { PORT: '0' },
    clientDir,
    interfaces: { wifi: [{ ...wifi, cidr: null }] },
    isTerminal,
    print: (line) => lines.push(line.replace(/:\d+\//, ':PORT/')),
  });
  await server.close();
  return lines;
}

const addresses = [
  'Gatehouse is open: http://localhost:PORT/',
  'From other devices: http://192.168.1.7:PORT/',
];

it('prints the address for this machine and for others', async () => {
  expect(await linesPrinted(false)).toEqual(addresses);
});

it('adds a QR code in a terminal', async () => {
  const [first, second, code] = await linesPrinted(true);
  expect([first, second]).toEqual(addresses);
  expect(code).toMatch(/^[ █▀▄\n]{200,}$/);
});
