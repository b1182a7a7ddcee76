/**
 * What a connection says to its other half while they negotiate. It comes from outside and goes into the browser's
 * parser, where a bad description or candidate would end the connection: so it is checked before.
 */
import * as v from 'valibot';

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

const sdpSchema = v.pipe(
  v.string(),
  v.maxLength(MAX_SDP_LENGTH),
  v.check(isDescription, 'no description of a data channel'),
);

const signalSchema = v.variant('type', [
  v.strictObject({ type: v.literal('offer'), sdp: sdpSchema }),
  v.strictObject({ type: v.literal('answer'), sdp: sdpSchema }),
  v.strictObject({
    type: v.literal('candidate'),
    candidate: v.pipe(
      v.string(),
      v.maxLength(MAX_CANDIDATE_LENGTH),
      // Empty: there are no more.
      v.check((text) => text === '' || CANDIDATE.test(text), 'no candidate'),
    ),
  }),
]);

const FIELDS: ReadonlySet<string> = new Set(['type', 'sdp', 'candidate']);

/** There is one data channel and nothing else, so a candidate needs no telling what it is for. */
export type WebRtcSignal = v.InferOutput<typeof signalSchema>;

export type WebRtcSignalResult =
  | { readonly ok: true; readonly signal: WebRtcSignal }
  | { readonly ok: false; readonly reason: string };

/** Takes data from outside. Never throws. */
export function decodeWebRtcSignal(input: unknown): WebRtcSignalResult {
  const result = v.safeParse(signalSchema, input, { abortEarly: true });
  if (result.success) return { ok: true, signal: result.output };
  const path = v.getDotPath(result.issues[0]);
  // The name of an unknown field is a stranger's word.
  const place = path === null ? 'whole' : FIELDS.has(path) ? path : 'field';
  return { ok: false, reason: `signal: bad ${place}` };
}

function isDescription(sdp: string): boolean {
  const lines = sdp.split(/\r?\n/);
  if (lines.pop() !== '') return false;
  // One channel and nothing else: a track would have the browser receive sound or pictures.
  if (lines.filter((line) => line.startsWith('m=')).length !== 1) return false;
  return lines.every((line) => SDP_LINE.test(line)) && SDP_NEEDS.every((need) => need.test(sdp));
}
