import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIceServers } from './ice-servers.ts';

const parse = (iceServers: unknown): RTCIceServer[] | null =>
  parseIceServers(JSON.stringify({ iceServers }));

describe('the configuration from the server', () => {
  it('is taken as the server sends it', () => {
    const servers = [
      { urls: 'stun:stun.example.org:3478' },
      { urls: ['turn:[2001:db8::1]:3478?transport=udp'], username: 'gate', credential: 'secret' },
    ];
    expect(parse(servers)).toEqual(servers);
    expect(parse([])).toEqual([]);
    const named = [{ urls: 'stun:example.org', username: 'gate' }];
    expect(parse(named)).toEqual(named);
  });

  it.each([
    ['a url that is no server', [{ urls: 'https://example.org' }]],
    ['a url that the browser cannot parse', [{ urls: 'stun:ex ample' }]],
    ['a TURN server without its secret', [{ urls: 'turn:example.org' }]],
    ['an unknown field', [{ urls: 'stun:example.org', policy: 'all' }]],
    ['too many servers', Array.from({ length: 17 }, () => ({ urls: 'stun:example.org' }))],
    ['a TURN server with half of its secret', [{ urls: ['turn:a'], credential: 'secret' }]],
    ['a name that is no text', [{ urls: 'stun:example.org', username: 1 }]],
    ['no url', [{ urls: [] }]],
    ['no list', { urls: 'stun:example.org' }],
  ])('%s is refused', (_what, servers) => {
    expect(parse(servers)).toBeNull();
  });

  it('is refused with another field, too long, or cut off', () => {
    expect(parseIceServers('{"iceServers":[],"more":1}')).toBeNull();
    expect(parseIceServers(`{"iceServers":[]}${' '.repeat(70_000)}`)).toBeNull();
    expect(parseIceServers('{"iceServers":[')).toBeNull();
  });

  it('takes anything without an exception', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseIceServers(text)).toBeNull();
      }),
    );
  });
});
