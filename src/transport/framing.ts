/**
 * Cuts a message into frames that every data channel carries, and puts them together again.
 *
 * A frame is one byte that tells its kind, and then
 * - kind 0, a whole message: its UTF-8 text;
 * - kind 1, a part: message number (4 bytes), index (2), count (2), all big-endian, and a piece of the text. All
 *   pieces but the last are of the greatest size. The parts of a message follow each other without another frame
 *   between them, since a channel keeps the order; so at most one message is ever unfinished;
 * - kinds 2 and 3, the same of a message whose text is deflated (RFC 1951).
 */

import { assert } from '../core/assert.ts';
import { concat, type Bytes } from './deflate.ts';

/** The most bytes in a frame, header included. */
export const MAX_FRAME_BYTES = 16 * 1024;
/** The most bytes in a message, encoded. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** How the bytes of a message are its text. */
export type Form = 'text' | 'deflated';

const KINDS = { text: { whole: 0, part: 1 }, deflated: { whole: 2, part: 3 } } as const;
const WHOLE_HEADER = 1;
const PART_HEADER = 9;
const PIECE_BYTES = MAX_FRAME_BYTES - PART_HEADER;
const MAX_PARTS = Math.ceil(MAX_MESSAGE_BYTES / PIECE_BYTES);

/** Why a message is refused. */
export const NO_UTF8 = 'frame: no UTF-8';
export const TOO_LARGE = 'frame: message too large';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes of a message; undefined when it is too large. */
export function encodeText(text: string): Bytes | undefined {
  // A UTF-16 unit takes one byte at the least: don't encode what can't fit.
  if (text.length > MAX_MESSAGE_BYTES) return undefined;
  const bytes = encoder.encode(text);
  return bytes.length > MAX_MESSAGE_BYTES ? undefined : bytes;
}

/** The text of a message; undefined when it is none. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The frames of a message of at most MAX_MESSAGE_BYTES. `number` tells it from the one before (32 bits). */
export function framesOf(bytes: Uint8Array, form: Form, number: number): Uint8Array[] {
  if (bytes.length + WHOLE_HEADER <= MAX_FRAME_BYTES) {
    const frame = new Uint8Array(bytes.length + WHOLE_HEADER);
    frame[0] = KINDS[form].whole;
    frame.set(bytes, WHOLE_HEADER);
    return [frame];
  }
  const count = Math.ceil(bytes.length / PIECE_BYTES);
  assert(count <= MAX_PARTS, 'a message is bounded');
  return Array.from({ length: count }, (_, index) => {
    const piece = bytes.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
    const frame = new Uint8Array(piece.length + PART_HEADER);
    const view = new DataView(frame.buffer);
    view.setUint8(0, KINDS[form].part);
    view.setUint32(1, number);
    view.setUint16(5, index);
    view.setUint16(7, count);
    frame.set(piece, PART_HEADER);
    return frame;
  });
}

export type FrameResult =
  | { readonly kind: 'message'; readonly text: string }
  /** A message, not inflated yet: its bytes are its own. */
  | { readonly kind: 'deflated'; readonly bytes: Bytes }
  /** A part was kept. */
  | { readonly kind: 'partial' }
  | { readonly kind: 'refused'; readonly reason: string };

/** The unfinished message. */
interface Unfinished {
  readonly form: Form;
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
      case KINDS.text.whole:
        return this.#whole(frame, 'text');
      case KINDS.deflated.whole:
        return this.#whole(frame, 'deflated');
      case KINDS.text.part:
        return this.#part(frame, 'text');
      case KINDS.deflated.part:
        return this.#part(frame, 'deflated');
      default:
        return this.#refuse('unknown kind');
    }
  }

  #whole(frame: Uint8Array, form: Form): FrameResult {
    if (this.#unfinished !== undefined) return this.#refuse('a message was not finished');
    return finish(form, frame.subarray(WHOLE_HEADER));
  }

  #part(frame: Uint8Array, form: Form): FrameResult {
    if (frame.length <= PART_HEADER) return this.#refuse('too short');
    const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
    const number = view.getUint32(1);
    const index = view.getUint16(5);
    const count = view.getUint16(7);
    if (count < 2 || count > MAX_PARTS || index >= count) return this.#refuse('bad count');
    const isLast = index === count - 1;
    if (!isLast && frame.length !== MAX_FRAME_BYTES) return this.#refuse('a short part');
    const unfinished = index === 0 ? this.#begin(form, number, count) : this.#unfinished;
    if (
      unfinished?.form !== form ||
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
    return finish(form, concat(unfinished.pieces));
  }

  #begin(form: Form, number: number, count: number): Unfinished | undefined {
    if (this.#unfinished !== undefined) return undefined;
    this.#unfinished = { form, number, count, pieces: [] };
    return this.#unfinished;
  }

  /** What was unfinished is lost: what follows a gap would not be the message that was sent. */
  #refuse(reason: string): FrameResult {
    this.#unfinished = undefined;
    return { kind: 'refused', reason: `frame: ${reason}` };
  }
}

function finish(form: Form, bytes: Uint8Array): FrameResult {
  if (bytes.length > MAX_MESSAGE_BYTES) return { kind: 'refused', reason: TOO_LARGE };
  if (form === 'deflated') return { kind: 'deflated', bytes: new Uint8Array(bytes) };
  const text = decodeText(bytes);
  return text === undefined ? { kind: 'refused', reason: NO_UTF8 } : { kind: 'message', text };
}
