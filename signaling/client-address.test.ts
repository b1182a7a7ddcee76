import { describe, expect, it } from 'vitest';
import { addressKey, clientAddress, TrustedProxies } from './client-address.ts';

describe('clientAddress', () => {
  const nobody = new TrustedProxies([]);
  const proxies = new TrustedProxies(['127.0.0.1', '10.0.0.0/8', 'fd00::/8', '::1']);

  it.each([
    // connection from, X-Forwarded-For, client
    ['127.0.0.1', undefined, '127.0.0.1'],
    ['127.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['::ffff:127.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['::1', '2001:db8::5', '2001:db8::5'],
    ['127.0.0.1', '203.0.113.7, 10.1.2.3', '203.0.113.7'],
    ['127.0.0.1', ['203.0.113.7', 'fd00::2'], '203.0.113.7'],
    // What the client itself claims stands left of what the proxy saw.
    ['127.0.0.1', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    // Not from a proxy: it may claim what it wants.
    ['203.0.113.9', '198.51.100.1', '203.0.113.9'],
    // No addresses.
    ['127.0.0.1', '', '127.0.0.1'],
    ['127.0.0.1', 'unknown', '127.0.0.1'],
    ['127.0.0.1', '203.0.113.7, what?', '127.0.0.1'],
    ['127.0.0.1', '203.0.113.7, unknown, 10.0.0.1', '10.0.0.1'],
    [undefined, '203.0.113.7', ''],
  ])('from %s with %s is %s', (remote, forwardedFor, address) => {
    expect(clientAddress(remote, forwardedFor, proxies)).toBe(address);
  });

  it('believes nobody unless told to', () => {
    expect(clientAddress('127.0.0.1', '203.0.113.7', nobody)).toBe('127.0.0.1');
  });
});

describe('TrustedProxies', () => {
  it.each(['', 'localhost', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::1/129', '10.0.0/8'])(
    'takes no %j',
    (entry) => {
      expect(() => new TrustedProxies([entry])).toThrow(JSON.stringify(entry));
    },
  );
});

describe('addressKey', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('of %s is %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});
