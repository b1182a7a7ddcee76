import { describe, expect, it, vi } from 'vitest';
import { deflate } from './deflate.ts';
import { MAX_MESSAGE_BYTES, Reassembler } from './framing.ts';
import { Inbound } from './inbound.ts';
import { Outbound, type Failure } from './outbound.ts';
import { MAX_WAITING_BYTES, SendQueue } from './send-queue.ts';

/** An end that sends, the channel, and an end that receives. */
class Line {
  readonly frames: Uint8Array[] = [];
  readonly failures: Failure[] = [];
  readonly received: string[] = [];
  readonly refused: string[] = [];
  bufferedAmount = 0;
  isClosed = false;
  readonly outbound: Outbound;
  readonly inbound = new Inbound({
    message: (text) => this.received.push(text),
    refused: (reason) => this.refused.push(reason),
  });
  readonly #reassembler = new Reassembler();

  constructor() {
    this.outbound = new Outbound(new SendQueue(this), (why) => this.failures.push(why));
  }

  send(frame: Uint8Array): void {
    if (this.isClosed) throw new Error('closed');
    this.frames.push(frame);
  }

  /** What is on the line arrives. */
  deliver(): void {
    for (const frame of this.frames.splice(0)) {
      const result = this.#reassembler.push(frame);
      if (result.kind !== 'partial') expect(this.inbound.push(result)).toBeNull();
    }
  }

  get bytes(): number {
    return this.frames.reduce((sum, frame) => sum + frame.length, 0);
  }
}

const LONG = JSON.stringify(Array.from({ length: 1000 }, (_, index) => ({ entry: index })));
/** Deflating does little for it: no part of it comes again. */
const NOISE = noise(20_000);

function noise(length: number): string {
  let state = 1;
  const units = Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return 0x4e00 + (state % 20_000);
  });
  return String.fromCharCode(...units);
}

describe('outbound and inbound', () => {
  it('send a short text at once, as it is', () => {
    const line = new Line();
    expect(line.outbound.push('short')).toBe('taken');
    line.deliver();
    expect(line.received).toEqual(['short']);
  });

  it('deflate a long text', async () => {
    const line = new Line();
    expect(line.outbound.push(LONG)).toBe('taken');
    await vi.waitFor(() => expect(line.frames).not.toHaveLength(0));
    expect(line.bytes).toBeLessThan(LONG.length / 3);
    line.deliver();
    await vi.waitFor(() => expect(line.received).toEqual([LONG]));
  });

  it('keep the order of short and long', async () => {
    const line = new Line();
    const texts = ['a', LONG, 'b', `${LONG} `, NOISE, 'c'];
    for (const text of texts) expect(line.outbound.push(text)).toBe('taken');
    await vi.waitFor(() => {
      line.deliver();
      expect(line.received).toHaveLength(texts.length);
    });
    expect(line.received).toEqual(texts);
  });

  it('send all that waits when the channel is about to be closed, each once', async () => {
    const line = new Line();
    const texts = ['a', LONG, 'b', `${LONG} `];
    for (const text of texts) line.outbound.push(text);
    line.outbound.flush();
    line.deliver();
    await vi.waitFor(() => expect(line.received).toEqual(texts));
    line.outbound.push(LONG);
    await vi.waitFor(() => expect(line.frames).not.toHaveLength(0));
    line.deliver();
    await vi.waitFor(() => expect(line.received).toEqual([...texts, LONG]));
  });

  it('tell the end only after all that came before it', async () => {
    const line = new Line();
    line.outbound.push(LONG);
    line.outbound.push('last');
    await vi.waitFor(() => expect(line.frames).toHaveLength(2));
    line.deliver();
    let ended = false;
    line.inbound.end(() => {
      expect(line.received).toEqual([LONG, 'last']);
      ended = true;
    });
    await vi.waitFor(() => expect(ended).toBe(true));
  });

  it('tell the end at once when nothing waits', () => {
    const ended = vi.fn();
    new Line().inbound.end(ended);
    expect(ended).toHaveBeenCalledOnce();
  });
});

describe('outbound', () => {
  it('takes nothing that is too large', () => {
    expect(new Line().outbound.push('x'.repeat(MAX_MESSAGE_BYTES + 1))).toBe('too-large');
  });

  it('takes no more than may wait, deflated or not', () => {
    const line = new Line();
    const text = 'x'.repeat(MAX_MESSAGE_BYTES);
    const taken = Array.from({ length: 3 }, () => line.outbound.push(text));
    expect(MAX_WAITING_BYTES).toBe(2 * MAX_MESSAGE_BYTES);
    expect(taken).toEqual(['taken', 'taken', 'too-far-behind']);
  });

  it('says that a closed channel is closed, at once or when it is too late for that', async () => {
    const line = new Line();
    line.outbound.push(LONG);
    line.isClosed = true;
    await vi.waitFor(() => expect(line.failures).toEqual(['closed']));
    expect(line.outbound.push('short')).toBe('closed');
  });
});

describe('inbound', () => {
  const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

  it.each([
    ['is not deflated', 'frame: not deflated', async () => bytes('no such thing')],
    [
      'becomes too large',
      'frame: message too large',
      () => deflate(bytes('x'.repeat(MAX_MESSAGE_BYTES + 1))),
    ],
    ['is no text', 'frame: no UTF-8', () => deflate(Uint8Array.of(0xc3))],
  ])('counts as lost what %s, and goes on', async (_what, reason, make) => {
    const line = new Line();
    line.inbound.push({ kind: 'deflated', bytes: await make() });
    line.inbound.push({ kind: 'message', text: 'next' });
    await vi.waitFor(() => expect(line.received).toEqual(['next']));
    expect(line.refused).toEqual([reason]);
  });

  it('tells of a refused frame in its place', async () => {
    const order: string[] = [];
    const inbound = new Inbound({
      message: (text) => order.push(text),
      refused: (reason) => order.push(reason),
    });
    inbound.push({ kind: 'deflated', bytes: await deflate(bytes('first')) });
    inbound.push({ kind: 'refused', reason: 'second' });
    await vi.waitFor(() => expect(order).toEqual(['first', 'second']));
  });

  it('keeps no more than may wait, and takes more when it is done', async () => {
    const line = new Line();
    const long = { kind: 'deflated', bytes: new Uint8Array(MAX_MESSAGE_BYTES) } as const;
    const problems = [1, 2, 3].map(() => line.inbound.push(long));
    expect(problems).toEqual([null, null, 'link: more than can be inflated']);
    await vi.waitFor(() => expect(line.refused).toHaveLength(2));
    expect(line.inbound.push(long)).toBeNull();
  });
});
