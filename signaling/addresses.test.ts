import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { lanAddresses, localAddress } from './addresses.ts';

function ipv4(address: string, internal = false): NetworkInterfaceInfo {
  return { address, internal, family: 'IPv4', netmask: '', mac: '', cidr: null };
}
const ipv6: NetworkInterfaceInfo = {
  ...{ address: 'fe80::1', internal: false, family: 'IPv6', netmask: '', mac: '', cidr: null },
  scopeid: 2,
};
const interfaces = {
  lo: [ipv4('127.0.0.1', true)],
  usb: [ipv4('169.254.3.4')],
  bridge: [ipv4('172.17.0.1')],
  wifi: [ipv6, ipv4('192.168.1.7')],
  none: undefined,
};

describe('localAddress', () => {
  it.each([
    [undefined, 'http://localhost:8080/'],
    ['0.0.0.0', 'http://localhost:8080/'],
    ['::', 'http://localhost:8080/'],
    ['127.0.0.1', 'http://127.0.0.1:8080/'],
    ['::1', 'http://[::1]:8080/'],
  ])('for host %s is %s', (host, address) => {
    expect(localAddress(host, 8080)).toBe(address);
  });
});

describe('lanAddresses', () => {
  it('names those that other devices can reach, the likeliest first', () => {
    expect(lanAddresses(undefined, 80, interfaces)).toEqual([
      'http://192.168.1.7:80/',
      'http://172.17.0.1:80/',
      'http://169.254.3.4:80/',
    ]);
  });

  it('names none when the server listens on one host', () => {
    expect(lanAddresses('127.0.0.1', 80, interfaces)).toEqual([]);
  });
});
