/** The server as a program: everything but the process itself, so that tests can run it. */
import type { NetworkInterfaceInfo } from 'node:os';
import { renderUnicodeCompact } from 'uqr';
import { lanAddresses, localAddress } from './addresses.ts';
import { createGatehouseServer, type GatehouseServer } from './server.ts';
import { readSettings } from './settings.ts';

export interface World {
  env: Readonly<Record<string, string | undefined>>;
  /** Where the built page is. */
  clientDir: string;
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>;
  /** A terminal gets a QR code, a log file does not. */
  isTerminal: boolean;
  print: (line: string) => void;
}

/**
 * Listens and prints where. Rejects with an Error for people to read: a bad setting, a port that is
 * taken.
 */
export async function startServer(world: World): Promise<GatehouseServer> {
  const { port, host, ...settings } = readSettings(world.env);
  const server = createGatehouseServer({ clientDir: world.clientDir, ...settings });
  try {
    greet(world, host, await server.listen(port, host));
    return server;
  } catch (error) {
    await server.close();
    throw readable(error, port, host);
  }
}

function greet(world: World, host: string | undefined, port: number): void {
  world.print(`Gatehouse is open: ${localAddress(host, port)}`);
  const others = lanAddresses(host, port, world.interfaces);
  for (const address of others) world.print(`From other devices: ${address}`);
  const [first] = others;
  if (first !== undefined && world.isTerminal) world.print(renderUnicodeCompact(first));
}

function readable(error: unknown, port: number, host: string | undefined): unknown {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new Error(
        `Port ${port} is taken. Stop what uses it, or choose another: PORT=${port + 1} npm start`,
      );
    case 'EACCES':
      return new Error(
        `Port ${port} needs more rights. Choose one above 1023: PORT=8080 npm start`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new Error(`HOST must be an address of this machine, not ${JSON.stringify(host)}.`);
    default:
      return error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
