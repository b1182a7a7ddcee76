/** Deflate (RFC 1951), by the platform's own streams. */

/**
 * So much goes into the inflating stream at once. All that comes of it comes in one go, a thousand times as much at the
 * most: this bounds by how much the result can outgrow its limit before that is seen.
 */
const SLICE_BYTES = 4 * 1024;

export type Bytes = Uint8Array<ArrayBuffer>;

export type Inflated =
  | { readonly kind: 'inflated'; readonly bytes: Bytes }
  | { readonly kind: 'too-large' }
  /** It is cut off, or nothing of the kind. */
  | { readonly kind: 'broken' };

/** Rejects only when the platform fails. */
export async function deflate(bytes: Bytes): Promise<Bytes> {
  const stream = new CompressionStream('deflate-raw');
  const [chunks] = await Promise.all([
    collect(stream.readable, Infinity),
    feed(stream.writable, [bytes]),
  ]);
  return concat(chunks);
}

/** Bytes from outside, of which no more than `most` may come. Never rejects. */
export async function inflate(bytes: Bytes, most: number): Promise<Inflated> {
  const stream = new DecompressionStream('deflate-raw');
  try {
    const [chunks] = await Promise.all([
      collect(stream.readable, most),
      feed(stream.writable, slices(bytes)),
    ]);
    return { kind: 'inflated', bytes: concat(chunks) };
  } catch (error) {
    return { kind: error instanceof TooMuch ? 'too-large' : 'broken' };
  }
}

class TooMuch extends Error {}

async function feed(writable: WritableStream<Bytes>, chunks: Iterable<Bytes>): Promise<void> {
  const writer = writable.getWriter();
  for (const chunk of chunks) await writer.write(chunk);
  await writer.close();
}

async function collect(readable: ReadableStream<Bytes>, most: number): Promise<Bytes[]> {
  const reader = readable.getReader();
  const chunks: Bytes[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return chunks;
    size += value.length;
    if (size > most) {
      const error = new TooMuch();
      // The other end of the stream fails by this, and so stops.
      await reader.cancel(error);
      throw error;
    }
    chunks.push(value);
  }
}

function* slices(bytes: Bytes): Generator<Bytes> {
  for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
    yield bytes.subarray(start, start + SLICE_BYTES);
  }
}

/** The pieces as one. */
export function concat(pieces: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
