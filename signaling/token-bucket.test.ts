import { describe, expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

describe('TokenBucket', () => {
  it('allows a burst, refuses more, and allows again as time passes', () => {
    const bucket = new TokenBucket({ capacity: 2, perSecond: 10, now: 0 });
    expect([bucket.take(1, 0), bucket.take(1, 0), bucket.take(1, 0)]).toEqual([
      'ok',
      'ok',
      'refuse',
    ]);
    expect(bucket.take(1, 100)).toBe('refuse'); // still in debt by what was refused
    expect(bucket.take(1, 400)).toBe('ok');
  });

  it('calls it abuse when the debt exceeds the bucket', () => {
    const bucket = new TokenBucket({ capacity: 2, perSecond: 10, now: 0 });
    expect(bucket.take(4, 0)).toBe('refuse');
    expect(bucket.take(1, 0)).toBe('abuse');
  });

  it('never holds more than its capacity', () => {
    const bucket = new TokenBucket({ capacity: 2, perSecond: 10, now: 0 });
    expect(bucket.take(3, 1_000_000)).toBe('refuse');
  });
});
