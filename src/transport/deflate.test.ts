import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deflate, inflate } from './deflate.ts';

const MOST = 100_000;

describe('deflate and inflate', () => {
  it('bring back any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 9_000, size: 'max' }), async (bytes) => {
        const own = new Uint8Array(bytes);
        expect(await inflate(await deflate(own), MOST)).toEqual({ kind: 'inflated', bytes: own });
      }),
      { numRuns: 20 },
    );
  });

  it('take as much as may come, and not a byte more', async () => {
    const most = await deflate(new Uint8Array(MOST));
    expect(await inflate(most, MOST)).toMatchObject({ kind: 'inflated' });
    expect(await inflate(most, MOST - 1)).toEqual({ kind: 'too-large' });
  });

  it('stop early at what would become a thousand times as much', async () => {
    const bomb = await deflate(new Uint8Array(200_000_000));
    expect(bomb.length).toBeGreaterThan(100_000);
    expect(await inflate(bomb, MOST)).toEqual({ kind: 'too-large' });
  });

  it('refuse what is cut off, or no such thing', async () => {
    const fine = await deflate(new TextEncoder().encode('once more, '.repeat(1000)));
    const wrong = [
      fine.slice(0, -1),
      fine.slice(1),
      new Uint8Array(),
      new TextEncoder().encode('a text'),
      new Uint8Array(10_000).fill(255),
    ];
    for (const bytes of wrong) expect(await inflate(bytes, MOST)).toEqual({ kind: 'broken' });
  });
});
