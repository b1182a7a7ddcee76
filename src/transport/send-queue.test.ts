import { describe, expect, it } from 'vitest';
import { HIGH_WATER_BYTES, MAX_WAITING_BYTES, SendQueue } from './send-queue.ts';

class Channel {
  bufferedAmount = 0;
  sent: number[] = [];

  send(frame: Uint8Array): void {
    this.bufferedAmount += frame.length;
    this.sent.push(frame[0]!);
  }
}

function frame(mark: number, bytes: number): Uint8Array {
  return new Uint8Array(bytes).fill(mark);
}

describe('the send queue', () => {
  it('fills the channel up to the mark and keeps the order after it', () => {
    const channel = new Channel();
    const queue = new SendQueue(channel);
    for (let n = 0; n < 10; n++) expect(queue.push([frame(n, 16_384)])).toBe(true);
    expect(channel.sent).toEqual([0, 1, 2, 3, 4]);
    expect(channel.bufferedAmount).toBeLessThanOrEqual(HIGH_WATER_BYTES + 16_384);
    expect(queue.waiting).toBe(5 * 16_384);
    channel.bufferedAmount = 40_000;
    queue.drain();
    expect(channel.sent).toEqual([0, 1, 2, 3, 4, 5, 6]);
    queue.push([frame(10, 1)]);
    expect(channel.sent.at(-1)).toBe(6);
    channel.bufferedAmount = 0;
    queue.drain();
    expect(channel.sent).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(queue.waiting).toBe(0);
  });

  it('forgets what it has sent, even if something always waits', () => {
    const channel = new Channel();
    const queue = new SendQueue(channel);
    for (let n = 0; n < 20; n++) queue.push([frame(n, HIGH_WATER_BYTES + 1)]);
    for (let n = 0; n < 10_000; n++) {
      channel.bufferedAmount = 0;
      queue.push([frame(n, HIGH_WATER_BYTES + 1)]);
    }
    expect(queue.held).toBeLessThan(2_000);
  });

  it('holds a bounded amount and takes all of a message or none of it', () => {
    const channel = new Channel();
    channel.bufferedAmount = HIGH_WATER_BYTES + 1;
    const queue = new SendQueue(channel);
    expect(queue.push([frame(1, MAX_WAITING_BYTES - 10)])).toBe(true);
    expect(queue.push([frame(2, 6), frame(3, 6)])).toBe(false);
    expect(queue.push([frame(4, 10)])).toBe(true);
    channel.bufferedAmount = 0;
    queue.flush();
    expect(channel.sent).toEqual([1, 4]);
    expect(queue.waiting).toBe(0);
  });
});
