import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';

test('bytes come back, in letters that need no escape', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const text = toBase64(bytes);
      expect(text).toMatch(/^[\w-]*$/);
      expect([...fromBase64(text)]).toEqual([...bytes]);
      expect(text).toBe(Buffer.from(bytes).toString('base64url'));
    }),
  );
});

test('what is no base64url throws', () => {
  for (const text of ['ä', '*', 'A']) expect(() => fromBase64(text)).toThrow();
});
