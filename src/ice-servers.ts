/** The server's `/config.json`: STUN and TURN servers that the browser is to use. */
import * as v from 'valibot';

const MAX_SERVERS = 16;
const MAX_URLS = 16;
const MAX_LENGTH = 512;
/** The text of the whole, in UTF-16 units. */
const MAX_TEXT = 64 * 1024;

const text = v.pipe(v.string(), v.maxLength(MAX_LENGTH));
/** The browser throws at any other, and then no link could be made at all. */
const url = v.pipe(text, v.regex(/^(stuns?|turns?):[\w.:[\]-]+(\?transport=(udp|tcp))?$/i));
const server = v.strictObject({
  urls: v.union([url, v.pipe(v.array(url), v.minLength(1), v.maxLength(MAX_URLS))]),
  username: v.optional(text),
  credential: v.optional(text),
});
type Server = v.InferOutput<typeof server>;
const schema = v.strictObject({
  iceServers: v.pipe(v.array(server), v.maxLength(MAX_SERVERS)),
});

/** The servers, or null when this is no configuration. Never throws. */
export function parseIceServers(config: string): RTCIceServer[] | null {
  if (config.length > MAX_TEXT) return null;
  let value: unknown;
  try {
    value = JSON.parse(config);
  } catch {
    return null;
  }
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) return null;
  const { iceServers } = parsed.output;
  // A TURN server without both would be refused by the browser.
  if (!iceServers.every(isComplete)) return null;
  return iceServers.map(({ urls, username, credential }) => ({
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  }));
}

function isComplete({ urls, username, credential }: Server): boolean {
  const all = typeof urls === 'string' ? [urls] : urls;
  if (username !== undefined && credential !== undefined) return true;
  return !all.some((one) => /^turn/i.test(one));
}
