/** What the environment decides: read once, at the start, and refused with the name of the variable. */
import * as v from 'valibot';
import { TrustedProxies } from './client-address.ts';
import { DEFAULT_LIMITS, type ServerLimits } from './limits.ts';
import { LIMITS } from './protocol.ts';

const iceServersSchema = v.array(
  v.strictObject({
    urls: v.union([v.string(), v.array(v.string())]),
    username: v.optional(v.string()),
    credential: v.optional(v.string()),
  }),
);

/** What a page hands to RTCPeerConnection. */
export type IceServers = v.InferOutput<typeof iceServersSchema>;

export interface Settings {
  port: number;
  /** Undefined means all interfaces. */
  host: string | undefined;
  iceServers: IceServers;
  /** Origins that may connect beside the server's own, such as `https://park.example`. */
  allowedOrigins: string[];
  /** Whose X-Forwarded-For is believed. */
  trustedProxies: TrustedProxies;
  limits: ServerLimits;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The limits that the environment may change, and between which bounds. */
const VARIABLES = {
  SOCKETS: { limit: 'sockets', from: 1, to: 1_000_000 },
  SOCKETS_PER_ADDRESS: { limit: 'socketsPerAddress', from: 1, to: 1_000_000 },
  CONNECTIONS: { limit: 'connections', from: 1, to: 1_000_000 },
  CONNECTIONS_PER_ADDRESS: { limit: 'connectionsPerAddress', from: 1, to: 1_000_000 },
  PARKS: { limit: 'parks', from: 1, to: 1_000_000 },
  MEMBERS_PER_PARK: { limit: 'membersPerPark', from: 1, to: LIMITS.members },
  VISITORS_PER_PARK: { limit: 'visitorsPerPark', from: 0, to: 4096 },
  FORMER_MEMBERS: { limit: 'formerMembers', from: 1, to: 10_000_000 },
  FORMER_MEMBERS_PER_PARK: { limit: 'formerMembersPerPark', from: 1, to: 1_000_000 },
  MESSAGES_AT_ONCE: { limit: 'burst', from: 10, to: 1_000_000 },
  MESSAGES_PER_SECOND: { limit: 'perSecond', from: 1, to: 1_000_000 },
  BUFFERED_BYTES: { limit: 'bufferedBytes', from: LIMITS.messageBytes, to: 2 ** 30 },
  BUFFERED_BYTES_TOTAL: { limit: 'bufferedBytesTotal', from: LIMITS.messageBytes, to: 2 ** 32 },
  HOWDY_MS: { limit: 'howdyMs', from: 100, to: 600_000 },
  HEARTBEAT_MS: { limit: 'heartbeatMs', from: 100, to: 600_000 },
  HEADERS_MS: { limit: 'headersMs', from: 100, to: 600_000 },
  REQUEST_MS: { limit: 'requestMs', from: 100, to: 600_000 },
} as const satisfies Record<string, { limit: keyof ServerLimits; from: number; to: number }>;

/** Throws an Error whose message names the variable and what it may hold. */
export function readSettings(env: Environment): Settings {
  return {
    port: readNumber(env, 'PORT', 0, 65_535) ?? 8080,
    host: env['HOST'] === '' ? undefined : env['HOST'],
    iceServers: readIceServers(env['ICE_SERVERS']),
    allowedOrigins: readList(env['ALLOWED_ORIGINS']).map(readOrigin),
    trustedProxies: readProxies(readList(env['TRUSTED_PROXIES'])),
    limits: readLimits(env),
  };
}

function readLimits(env: Environment): ServerLimits {
  const limits = { ...DEFAULT_LIMITS };
  for (const [name, { limit, from, to }] of Object.entries(VARIABLES)) {
    limits[limit] = readNumber(env, name, from, to) ?? limits[limit];
  }
  if (limits.requestMs < limits.headersMs) {
    throw new Error(`REQUEST_MS must be at least HEADERS_MS, which is ${limits.headersMs}.`);
  }
  return limits;
}

function readNumber(env: Environment, name: string, from: number, to: number): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= from && number <= to) return number;
  throw new Error(`${name} must be a number from ${from} to ${to}, not ${JSON.stringify(text)}.`);
}

function readIceServers(text: string | undefined): IceServers {
  if (text === undefined || text === '') return [];
  const example = '[{"urls":"stun:stun.example:3478"}]';
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error(`ICE_SERVERS must be JSON, such as ${example}.`);
  }
  const result = v.safeParse(iceServersSchema, parsed);
  if (result.success) return result.output;
  throw new Error(`ICE_SERVERS must be a list of servers, such as ${example}.`);
}

/** Separated by commas. */
function readList(text: string | undefined): string[] {
  const entries = (text ?? '').split(',').map((entry) => entry.trim());
  return entries.filter((entry) => entry !== '');
}

function readOrigin(entry: string): string {
  const origin = URL.canParse(entry) ? new URL(entry).origin : 'null';
  if (origin !== 'null') return origin;
  throw new Error(
    `ALLOWED_ORIGINS must be a list of origins such as https://park.example, not ${JSON.stringify(entry)}.`,
  );
}

function readProxies(entries: readonly string[]): TrustedProxies {
  try {
    return new TrustedProxies(entries);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Error(
      `TRUSTED_PROXIES must be a list of addresses such as 127.0.0.1 or 10.0.0.0/8, not ${error.message}.`,
    );
  }
}
