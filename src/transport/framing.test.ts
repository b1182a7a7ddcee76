import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeText,
  framesOf,
  MAX_FRAME_BYTES,
  MAX_MESSAGE_BYTES,
  Reassembler,
  type FrameResult,
} from './framing.ts';

function pushAll(reassembler: Reassembler, frames: readonly Uint8Array[]): FrameResult[] {
  return frames.map((frame) => reassembler.push(frame));
}

function encodeFrames(text: string, number: number): Uint8Array[] {
  return framesOf(encodeText(text)!, 'text', number);
}

const large = 'héron 🐦 '.repeat(5_000);

/** Of any characters but halves of them, which UTF-8 can't carry. (fast-check's own takes seconds to begin.) */
const anyText = fc
  .array(
    fc.integer({ min: 0, max: 0x10ffff }).filter((code) => code < 0xd800 || code > 0xdfff),
    { maxLength: 10 },
  )
  .map((codes) => String.fromCodePoint(...codes));

describe('framing', () => {
  it('brings back any text, in frames of a bounded size', () => {
    const texts = fc.tuple(anyText, fc.integer({ min: 0, max: 3_000 }));
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 3 }), (parts) => {
        const reassembler = new Reassembler();
        parts.forEach(([unit, times], number) => {
          const text = unit.repeat(times);
          const frames = encodeFrames(text, number);
          const results = pushAll(reassembler, frames);
          expect(frames.every((frame) => frame.length <= MAX_FRAME_BYTES)).toBe(true);
          expect(results.slice(0, -1).every(({ kind }) => kind === 'partial')).toBe(true);
          const last = results.at(-1)!;
          expect(last.kind === 'message' && last.text === text).toBe(true);
        });
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['at the edge of one frame', MAX_FRAME_BYTES - 1, 1],
    ['one byte over it', MAX_FRAME_BYTES, 2],
    ['of full parts only', 3 * (MAX_FRAME_BYTES - 9), 3],
    ['of the greatest size', MAX_MESSAGE_BYTES, 257],
  ])('carries a message %s', (_what, length, count) => {
    const text = 'x'.repeat(length);
    const frames = encodeFrames(text, 2 ** 32 - 1);
    expect(frames).toHaveLength(count);
    const last = pushAll(new Reassembler(), frames).at(-1)!;
    expect(last.kind === 'message' && last.text === text).toBe(true);
  });

  it('has no bytes for what is too large, in units or in bytes', () => {
    expect(encodeText('x'.repeat(MAX_MESSAGE_BYTES + 1))).toBeUndefined();
    expect(encodeText('é'.repeat(MAX_MESSAGE_BYTES / 2 + 1))).toBeUndefined();
  });

  it.each([
    ['one frame', 100],
    ['parts', 50_000],
  ])('carries what is deflated as it is, in %s', (_what, length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => index * index);
    const frames = framesOf(bytes, 'deflated', 7);
    const last = pushAll(new Reassembler(), frames).at(-1)!;
    expect(last).toEqual({ kind: 'deflated', bytes });
  });

  it('makes no message of parts of a text and of what is deflated', () => {
    const bytes = encodeText(large)!;
    const [first] = framesOf(bytes, 'text', 1);
    const [, second] = framesOf(bytes, 'deflated', 1);
    const results = pushAll(new Reassembler(), [first!, second!]);
    expect(results.at(-1)).toEqual({ kind: 'refused', reason: 'frame: a part out of place' });
  });

  it('takes anything without an exception, and a message after it', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }), (garbage) => {
        const reassembler = new Reassembler();
        pushAll(reassembler, garbage);
        // What was left unfinished costs one message at the most.
        const [frame] = encodeFrames('fine', 1) as [Uint8Array];
        reassembler.push(frame);
        expect(reassembler.push(frame)).toEqual({ kind: 'message', text: 'fine' });
      }),
    );
  });

  it('makes no message of parts of which one was lost, doubled or moved', () => {
    const frames = encodeFrames(large, 1);
    expect(frames.length).toBeGreaterThan(3);
    const wrong = [
      frames.slice(1),
      frames.filter((_, index) => index !== 1),
      [frames[0]!, ...frames],
      [frames[0]!, frames[2]!, frames[1]!, ...frames.slice(3)],
      [frames[0]!, ...encodeFrames(large, 2).slice(1)],
      [frames[0]!, ...encodeFrames('fine', 2), ...frames.slice(1)],
    ];
    for (const list of wrong) {
      const results = pushAll(new Reassembler(), list);
      expect(results.some(({ kind }) => kind === 'message')).toBe(false);
      expect(results.some(({ kind }) => kind === 'refused')).toBe(true);
    }
  });

  it.each([
    ['empty', 'frame: unknown kind', new Uint8Array()],
    ['of an unknown kind', 'frame: unknown kind', Uint8Array.of(4, 1)],
    ['too large', 'frame: too large', new Uint8Array(MAX_FRAME_BYTES + 1)],
    ['with a broken character', 'frame: no UTF-8', Uint8Array.of(0, 0xc3)],
    ['a part without a piece', 'frame: too short', Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0, 2)],
    ['a part of one', 'frame: bad count', Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 65)],
    ['a part of too many', 'frame: bad count', Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 255, 255, 65)],
    ['a part beyond the last', 'frame: bad count', Uint8Array.of(1, 0, 0, 0, 1, 0, 2, 0, 2, 65)],
    ['a short first part', 'frame: a short part', Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0, 2, 65)],
  ])('refuses a frame that is %s', (_what, reason, frame) => {
    expect(new Reassembler().push(frame)).toEqual({ kind: 'refused', reason });
  });

  it('refuses parts that make no message, and says why', () => {
    const reasons = (frames: readonly Uint8Array[]): string[] =>
      pushAll(new Reassembler(), frames).flatMap((result) =>
        result.kind === 'refused' ? result.reason : [],
      );
    const [first, , third] = encodeFrames(large, 1);
    const [fine] = encodeFrames('fine', 2);
    expect(reasons([first!, third!])).toEqual(['frame: a part out of place']);
    expect(reasons([first!, fine!])).toEqual(['frame: a message was not finished']);
    const most = encodeFrames('x'.repeat(MAX_MESSAGE_BYTES), 1);
    const last = new Uint8Array(MAX_FRAME_BYTES);
    last.set(most.at(-1)!);
    expect(reasons([...most.slice(0, -1), last])).toEqual(['frame: message too large']);
  });

  it('brings only what was sent, whichever frames of several messages are lost, doubled or cut off', () => {
    const fate = fc.constantFrom('pass', 'pass', 'pass', 'lost', 'doubled', 'cut');
    const sizes = fc.array(fc.constantFrom(3, 20_000, 40_000), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(sizes, fc.array(fate, { maxLength: 15 }), (lengths, fates) => {
        const texts = lengths.map((length, i) => String(i).repeat(length));
        const frames = texts.flatMap((text, i) => encodeFrames(text, i));
        const arrived = frames.flatMap((frame, i) => {
          if (fates[i] === 'lost') return [];
          if (fates[i] === 'doubled') return [frame, frame];
          return [fates[i] === 'cut' ? frame.subarray(0, frame.length - 1) : frame];
        });
        const reassembler = new Reassembler();
        for (const result of pushAll(reassembler, arrived)) {
          // Cut off, a text is shorter; of another text no part is in it.
          if (result.kind === 'message') {
            expect(texts.some((text) => text.startsWith(result.text))).toBe(true);
          }
          expect(reassembler.heldBytes).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
        }
      }),
    );
  });

  it('keeps no reference to a frame', () => {
    const reassembler = new Reassembler();
    const results = encodeFrames(large, 1).map((frame) => {
      const result = reassembler.push(frame);
      frame.fill(0);
      return result;
    });
    expect(results.at(-1)).toEqual({ kind: 'message', text: large });
  });
});
