/** Whom the caps per address count: where a connection comes from, as far as that can be trusted. */
import { BlockList, isIP } from 'node:net';

/** The proxies in front of this server: it believes what they say about where a request comes from. */
export class TrustedProxies {
  readonly #list = new BlockList();

  /** Addresses and networks, such as `127.0.0.1` or `10.0.0.0/8`. Throws a RangeError that quotes what is neither. */
  constructor(entries: readonly string[]) {
    for (const entry of entries) this.#add(entry);
  }

  has(address: string): boolean {
    const plain = unmapped(address);
    const version = isIP(plain);
    return version !== 0 && this.#list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
  }

  #add(entry: string): void {
    const [address = '', prefix, ...rest] = entry.split('/');
    const version = isIP(address);
    const bits = prefix === undefined ? undefined : readPrefix(prefix, version);
    if (version === 0 || rest.length > 0 || Number.isNaN(bits)) {
      throw new RangeError(JSON.stringify(entry));
    }
    const family = version === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) this.#list.addAddress(address, family);
    else this.#list.addSubnet(address, bits, family);
  }
}

/**
 * Where a request comes from. X-Forwarded-For counts only when the connection itself is from a trusted proxy, and
 * then it is read from the right: every proxy appends whom it heard, and what is left of the first one that is not
 * trusted anybody may have made up.
 */
export function clientAddress(
  remote: string | undefined,
  forwardedFor: string | string[] | undefined,
  proxies: TrustedProxies,
): string {
  let address = unmapped(remote ?? '');
  const hops = [forwardedFor ?? []].flat().join(',').split(',').reverse();
  for (const hop of hops) {
    const next = unmapped(hop.trim());
    if (!proxies.has(address) || isIP(next) === 0) break;
    address = next;
  }
  return address;
}

/** What one person can easily have: an IPv4 address, or a whole /64 network of IPv6. */
export function addressKey(address: string): string {
  const plain = unmapped(address);
  return isIP(plain) === 6 ? `${groupsOf(plain).slice(0, 4).join(':')}::/64` : plain;
}

/** An IPv4 address that came over an IPv6 socket is the same address. */
function unmapped(address: string): string {
  const [bare = ''] = address.split('%', 1); // the interface of a link-local address
  const found = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare);
  return found?.[1] ?? bare;
}

/** The groups of an IPv6 address, of which `::` leaves out zeros. */
function groupsOf(address: string): string[] {
  const [left = '', right] = address.toLowerCase().split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  const groups = right === undefined ? head : [...head, ...zeros, ...tail];
  return groups.map((group) => group.replace(/^0+(?=.)/, ''));
}

/** NaN when it is no length of a prefix. */
function readPrefix(text: string, version: number): number {
  const bits = /^\d{1,3}$/.test(text) ? Number(text) : NaN;
  return bits <= (version === 6 ? 128 : 32) ? bits : NaN;
}
