/**
 * What a connection says to its other half while they negotiate. It comes from outside and goes into the browser's
 * parser, where a bad description or candidate would end the connection: so it is checked before.
 */
import { decode } from '../core/decode.ts';
import { DecodeError, string, variant, type Decoder } from '../core/decoder.ts';

/** An encoded signal must fit what the coordinator relays; a description for one data channel has some 500. */
const MAX_SDP_LENGTH = 8 * 1024;
const MAX_CANDIDATE_LENGTH = 512;
/** One attempt gathers a few candidates per interface. */
export const MAX_CANDIDATES = 64;

/** Lines that every description of a data channel has. */
const SDP_NEEDS = [
  /^v=0\r?\n/,
  /^m=application /m,
  /^a=ice-ufrag:/m,
  /^a=ice-pwd:/m,
  /^a=fingerprint:/m,
];
const SDP_LINE = /^[a-z]=[^\r\n]*$/;
const CANDIDATE =
  /^candidate:[\w+/]{1,32} \d{1,5} (udp|tcp) \d{1,10} [\w.:-]{1,253} \d{1,5} typ (host|srflx|prflx|relay)( [\w+/.:-]+)*$/i;

/** There is one data channel and nothing else, so a candidate needs no telling what it is for. */
export type WebRtcSignal =
  | { readonly type: 'offer'; readonly sdp: string }
  | { readonly type: 'answer'; readonly sdp: string }
  | { readonly type: 'candidate'; readonly candidate: string };

const sdp = checked(MAX_SDP_LENGTH, isDescription);
// Empty: there are no more.
const candidate = checked(MAX_CANDIDATE_LENGTH, (text) => text === '' || CANDIDATE.test(text));

const signal = variant<WebRtcSignal, 'type'>('type', {
  offer: { sdp },
  answer: { sdp },
  candidate: { candidate },
});

export type WebRtcSignalResult =
  | { readonly ok: true; readonly signal: WebRtcSignal }
  | { readonly ok: false; readonly reason: string };

/** Takes data from outside. Never throws. */
export function decodeWebRtcSignal(input: unknown): WebRtcSignalResult {
  const decoded = decode(signal, input);
  return decoded.ok
    ? { ok: true, signal: decoded.value }
    : { ok: false, reason: `signal: ${decoded.reason}` };
}

/** Why this is no signal of a connection's other half; null when it is one. */
export function refuseWebRtcSignal(payload: unknown): string | null {
  const decoded = decodeWebRtcSignal(payload);
  return decoded.ok ? null : decoded.reason;
}

/** @param fits whether it is what the browser's parser takes */
function checked(longest: number, fits: (text: string) => boolean): Decoder<string> {
  const bounded = string(longest);
  return (value) => {
    const text = bounded(value);
    if (!fits(text)) throw new DecodeError('not as browsers write it');
    return text;
  };
}

function isDescription(sdp: string): boolean {
  const lines = sdp.split(/\r?\n/);
  if (lines.pop() !== '') return false;
  // One channel and nothing else: a track would have the browser receive sound or pictures.
  if (lines.filter((line) => line.startsWith('m=')).length !== 1) return false;
  return lines.every((line) => SDP_LINE.test(line)) && SDP_NEEDS.every((need) => need.test(sdp));
}
