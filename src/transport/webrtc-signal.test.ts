import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeWebRtcSignal } from './webrtc-signal.ts';

const SDP = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0.0.0.0',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:0123456789012345678901',
  'a=fingerprint:sha-256 AA:BB',
  'a=setup:actpass',
  'a=mid:0',
  'a=sctp-port:5000',
  '',
].join('\r\n');
const CANDIDATE = 'candidate:1 1 udp 2113937151 0c3e.local 51234 typ host generation 0';

function reason(input: unknown): string {
  const decoded = decodeWebRtcSignal(input);
  return decoded.ok ? 'accepted' : decoded.reason;
}

describe('what two halves of a connection say', () => {
  it('is taken as browsers say it', () => {
    expect(reason({ type: 'offer', sdp: SDP })).toBe('accepted');
    expect(reason({ type: 'answer', sdp: SDP })).toBe('accepted');
    expect(reason({ type: 'candidate', candidate: CANDIDATE })).toBe('accepted');
    expect(reason({ type: 'candidate', candidate: '' })).toBe('accepted');
  });

  it.each([
    ['audio beside the channel', SDP.replace('m=app', 'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nm=app')],
    ['video after the channel', `${SDP}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n`],
    ['a second channel', `${SDP}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n`],
    ['no fingerprint', SDP.replace('a=fingerprint', 'a=finger')],
    ['a line that is none', SDP.replace('s=-', '<script>')],
    ['no end', SDP.slice(0, -2)],
    ['too much of it', SDP + 'a=x\r\n'.repeat(3000)],
  ])('a description with %s is refused', (_what, sdp) => {
    expect(reason({ type: 'offer', sdp })).toMatch(
      /^signal: sdp: (not as browsers write it|longer than 8192)$/,
    );
  });

  it.each([
    [
      { type: 'candidate', candidate: 'candidate:evil' },
      'signal: candidate: not as browsers write it',
    ],
    [
      { type: 'candidate', candidate: `${CANDIDATE}\r\na=x` },
      'signal: candidate: not as browsers write it',
    ],
    [{ type: 'renegotiate', renegotiate: true }, 'signal: unknown type'],
    [{ type: 'offer', sdp: SDP, 'a stranger wrote this': 1 }, 'signal: unknown field'],
    [null, 'signal: not an object'],
  ])('%j is refused, in our own words', (input, why) => {
    expect(reason(input)).toBe(why);
  });

  it('takes anything without an exception', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(decodeWebRtcSignal(anything).ok).toBe(false);
      }),
    );
  });
});
