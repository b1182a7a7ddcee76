import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from './limits.ts';
import { readSettings } from './settings.ts';

describe('readSettings', () => {
  it('has a default for everything', () => {
    expect(readSettings({ PORT: '', HOST: '', SOCKETS: '' })).toMatchObject({
      port: 8080,
      host: undefined,
      iceServers: [],
      allowedOrigins: [],
      limits: DEFAULT_LIMITS,
    });
  });

  it('reads everything', () => {
    const iceServers = [{ urls: ['turn:turn.example'], username: 'u', credential: 'c' }];
    const settings = readSettings({
      PORT: '0',
      HOST: '127.0.0.1',
      ICE_SERVERS: JSON.stringify(iceServers),
      ALLOWED_ORIGINS: 'https://park.example/, http://other.example:81',
      TRUSTED_PROXIES: '127.0.0.1, fd00::/8',
    });
    expect(settings).toMatchObject({
      port: 0,
      host: '127.0.0.1',
      iceServers,
      allowedOrigins: ['https://park.example', 'http://other.example:81'],
    });
    expect(settings.trustedProxies.has('127.0.0.1')).toBe(true);
    expect(settings.trustedProxies.has('fd12::1')).toBe(true);
    expect(settings.trustedProxies.has('127.0.0.2')).toBe(false);
  });

  it.each([
    ['SOCKETS', 'sockets', 1],
    ['SOCKETS_PER_ADDRESS', 'socketsPerAddress', 5],
    ['CONNECTIONS', 'connections', 1_000_000],
    ['CONNECTIONS_PER_ADDRESS', 'connectionsPerAddress', 1],
    ['PARKS', 'parks', 7],
    ['MEMBERS_PER_PARK', 'membersPerPark', 64],
    ['VISITORS_PER_PARK', 'visitorsPerPark', 0],
    ['FORMER_MEMBERS', 'formerMembers', 100],
    ['FORMER_MEMBERS_PER_PARK', 'formerMembersPerPark', 10],
    ['MESSAGES_AT_ONCE', 'burst', 10],
    ['MESSAGES_PER_SECOND', 'perSecond', 1],
    ['BUFFERED_BYTES', 'bufferedBytes', 65_536],
    ['BUFFERED_BYTES_TOTAL', 'bufferedBytesTotal', 1_000_000],
    ['HOWDY_MS', 'howdyMs', 5000],
    ['HEARTBEAT_MS', 'heartbeatMs', 5000],
    ['HEADERS_MS', 'headersMs', 500],
    ['REQUEST_MS', 'requestMs', 20_000],
  ])('%s changes one limit', (name, limit, value) => {
    const { limits } = readSettings({ [name]: String(value) });
    expect(limits).toEqual({ ...DEFAULT_LIMITS, [limit]: value });
  });

  it.each([
    ['PORT', 'http'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['ICE_SERVERS', 'stun:stun.example'],
    ['ICE_SERVERS', '{"urls":"stun:stun.example"}'],
    ['ICE_SERVERS', '[{"url":"stun:stun.example"}]'],
    ['ALLOWED_ORIGINS', 'park.example'],
    ['TRUSTED_PROXIES', 'proxy.example'],
    ['TRUSTED_PROXIES', '10.0.0.0/64'],
    ['SOCKETS_PER_ADDRESS', 'many'],
    ['SOCKETS', '0'],
    ['SOCKETS', '1e3'],
    ['MEMBERS_PER_PARK', '65'],
    ['REQUEST_MS', '9999'],
  ])('names the variable when %s is %s', (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(new RegExp(`^${name} must be `));
  });
});
