/** The server's `/config.json`: STUN and TURN servers that the browser is to use. */
import { decode } from './core/decode.ts';
import { arrayOf, DecodeError, object, pattern, string, type Decoder } from './core/decoder.ts';

const MAX_SERVERS = 16;
const MAX_URLS = 16;
const MAX_LENGTH = 512;
/** The text of the whole, in UTF-16 units. */
const MAX_TEXT = 64 * 1024;

interface Server {
  readonly urls: string | string[];
  readonly username?: string;
  readonly credential?: string;
}

const text = string(MAX_LENGTH);
/** The browser throws at any other, and then no link could be made at all. */
const known = pattern(/^(stuns?|turns?):[\w.:[\]-]+(\?transport=(udp|tcp))?$/i);
const url: Decoder<string> = (value) => known(text(value));
const severalUrls = arrayOf(url, MAX_URLS);
const urls: Decoder<string | string[]> = (value) => {
  if (typeof value === 'string') return url(value);
  const several = severalUrls(value);
  if (several.length === 0) throw new DecodeError('no url');
  return several;
};
const server: Decoder<Server> = (value) => {
  const mayHave = (field: 'username' | 'credential'): object =>
    typeof value === 'object' && value !== null && field in value ? { [field]: text } : {};
  const fields = { urls, ...mayHave('username'), ...mayHave('credential') };
  const decoded = object<Server>(fields)(value);
  // A TURN server without both would be refused by the browser.
  if (!isComplete(decoded)) throw new DecodeError('a TURN server without its secret');
  return decoded;
};
const configuration = object<{ iceServers: Server[] }>({
  iceServers: arrayOf(server, MAX_SERVERS),
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
  const decoded = decode(configuration, value);
  return decoded.ok ? decoded.value.iceServers : null;
}

function isComplete({ urls, username, credential }: Server): boolean {
  if (username !== undefined && credential !== undefined) return true;
  return ![urls].flat().some((one) => /^turn/i.test(one));
}
