/**
 * Cuts a message into frames that every data channel carries, and puts them together again.
 *
 * A frame is one byte that tells its kind, and then
 * - kind 0, a whole message: its UTF-8 text;
 * - kind 1, a part: message number (4 bytes), index (2), count (2), all big-endian, and a piece of the text. All
 *   pieces but the last are of the greatest size. The parts of a message follow each other without another frame
 *   between them, since a channel keeps the order; so at most one message is ever unfinished.
 */

/** The most bytes in a frame, header included. */
export const MAX_FRAME_BYTES = 16 * 1024;
/** The most bytes in a message, encoded. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

const WHOLE = 0;
const PART = 1;
const WHOLE_HEADER = 1;
const PART_HEADER = 9;
const PIECE_BYTES = MAX_FRAME_BYTES - PART_HEADER;
const MAX_PARTS = Math.ceil(MAX_MESSAGE_BYTES / PIECE_BYTES);

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The frames of a message; undefined when it is too large. `number` tells it from the one before (32 bits). */
export function encodeFrames(text: string, number: number): Uint8Array[] | undefined {
  // A UTF-16 unit takes one byte at the least: don't encode what can't fit.
  if (text.length > MAX_MESSAGE_BYTES) return undefined;
  const bytes = encoder.encode(text);
  if (bytes.length > MAX_MESSAGE_BYTES) return undefined;
  if (bytes.length + WHOLE_HEADER <= MAX_FRAME_BYTES) {
    const frame = new Uint8Array(bytes.length + WHOLE_HEADER);
    frame[0] = WHOLE;
    frame.set(bytes, WHOLE_HEADER);
    return [frame];
  }
  const count = Math.ceil(bytes.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const piece = bytes.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
    const frame = new Uint8Array(piece.length + PART_HEADER);
    const view = new DataView(frame.buffer);
    view.setUint8(0, PART);
    view.setUint32(1, number);
    view.setUint16(5, index);
    view.setUint16(7, count);
    frame.set(piece, PART_HEADER);
    return frame;
  });
}

export type FrameResult =
  | { readonly kind: 'message'; readonly text: string }
  /** A part was kept. */
  | { readonly kind: 'partial' }
  | { readonly kind: 'refused'; readonly reason: string };

/** The unfinished message. */
interface Unfinished {
  readonly number: number;
  readonly count: number;
  readonly pieces: Uint8Array[];
}

/** Puts the frames of one channel together. Holds at most one message, of at most MAX_MESSAGE_BYTES. */
export class Reassembler {
  #unfinished: Unfinished | undefined;

  /** How much of a message that is not whole yet is kept here. */
  get heldBytes(): number {
    return this.#unfinished?.pieces.reduce((sum, piece) => sum + piece.length, 0) ?? 0;
  }

  /** Takes one frame from outside. Never throws; keeps no reference to the frame. */
  push(frame: Uint8Array): FrameResult {
    if (frame.length > MAX_FRAME_BYTES) return this.#refuse('too large');
    switch (frame[0]) {
      case WHOLE:
        if (this.#unfinished !== undefined) return this.#refuse('a message was not finished');
        return decode([frame.subarray(WHOLE_HEADER)]);
      case PART:
        return this.#part(frame);
      default:
        return this.#refuse('unknown kind');
    }
  }

  #part(frame: Uint8Array): FrameResult {
    if (frame.length <= PART_HEADER) return this.#refuse('too short');
    const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
    const number = view.getUint32(1);
    const index = view.getUint16(5);
    const count = view.getUint16(7);
    if (count < 2 || count > MAX_PARTS || index >= count) return this.#refuse('bad count');
    const isLast = index === count - 1;
    if (!isLast && frame.length !== MAX_FRAME_BYTES) return this.#refuse('a short part');
    const unfinished = index === 0 ? this.#begin(number, count) : this.#unfinished;
    if (
      unfinished === undefined ||
      unfinished.number !== number ||
      unfinished.count !== count ||
      unfinished.pieces.length !== index
    ) {
      return this.#refuse('a part out of place');
    }
    // A copy: the frame may be a view on a buffer that its owner goes on using.
    unfinished.pieces.push(frame.slice(PART_HEADER));
    if (!isLast) return { kind: 'partial' };
    this.#unfinished = undefined;
    return decode(unfinished.pieces);
  }

  #begin(number: number, count: number): Unfinished | undefined {
    if (this.#unfinished !== undefined) return undefined;
    this.#unfinished = { number, count, pieces: [] };
    return this.#unfinished;
  }

  /** What was unfinished is lost: what follows a gap would not be the message that was sent. */
  #refuse(reason: string): FrameResult {
    this.#unfinished = undefined;
    return { kind: 'refused', reason: `frame: ${reason}` };
  }
}

function decode(pieces: readonly Uint8Array[]): FrameResult {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length > MAX_MESSAGE_BYTES) return { kind: 'refused', reason: 'frame: message too large' };
  const first = pieces[0];
  try {
    if (pieces.length === 1 && first !== undefined) {
      return { kind: 'message', text: decoder.decode(first) };
    }
    const whole = new Uint8Array(length);
    let offset = 0;
    for (const piece of pieces) {
      whole.set(piece, offset);
      offset += piece.length;
    }
    return { kind: 'message', text: decoder.decode(whole) };
  } catch {
    return { kind: 'refused', reason: 'frame: no UTF-8' };
  }
}
