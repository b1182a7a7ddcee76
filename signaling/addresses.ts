/** The addresses under which people find the server. */
import type { NetworkInterfaceInfo } from 'node:os';

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** The address to open on this machine. `host` undefined means all interfaces. */
export function localAddress(host: string | undefined, port: number): string {
  const name = isEveryInterface(host) ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}/`;
}

/**
 * The addresses for other devices of the local network, likeliest first: none when the server
 * listens on one host only. IPv4, since people have to type it.
 */
export function lanAddresses(
  host: string | undefined,
  port: number,
  interfaces: Interfaces,
): string[] {
  if (!isEveryInterface(host)) return [];
  const addresses = Object.values(interfaces)
    .flatMap((entries) => entries ?? [])
    .filter((entry) => entry.family === 'IPv4' && !entry.internal)
    // Without a DHCP server nearby a device makes up a link-local address: better than none.
    .sort((a, b) => rank(a.address) - rank(b.address));
  return addresses.map((entry) => `http://${entry.address}:${port}/`);
}

function isEveryInterface(host: string | undefined): host is undefined | '0.0.0.0' | '::' {
  return host === undefined || host === '0.0.0.0' || host === '::';
}

function rank(address: string): number {
  if (address.startsWith('192.168.')) return 0;
  if (address.startsWith('10.')) return 1;
  return address.startsWith('169.254.') ? 3 : 2;
}
