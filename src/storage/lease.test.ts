import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLease, parseLease, parseLeaseMessage } from './lease.ts';

const NOW = 1_700_000_000_000;

describe('leases in localStorage', () => {
  it('come back as they were written', () => {
    const lease = { holder: 'abcdef0123456789', until: NOW + 10_000 };
    expect(parseLease(encodeLease(lease), NOW)).toEqual(lease);
  });

  it.each([
    null,
    '',
    'abc',
    'abc ',
    'abc 1e300',
    'abc -5',
    'abc 1 2',
    'a b 5',
    'abc Infinity',
    'abc 0x5',
  ])('%j is none', (text) => {
    expect(parseLease(text, NOW)).toBeNull();
  });

  it('one that ends too far ahead holds nothing: the clock has gone back since', () => {
    expect(parseLease(`abc ${NOW + 86_400_000}`, NOW)).toBeNull();
    expect(parseLease(`abc ${'9'.repeat(16)}`, NOW)).toBeNull();
  });
});

describe('messages between the tabs of a device', () => {
  it('are taken when they are whole', () => {
    const message = { type: 'claim', name: 'gatehouse/main/0', claimant: 'abc' };
    expect(parseLeaseMessage(message)).toEqual(message);
  });

  it('anything else is ignored', () => {
    const claim = { type: 'claim', name: 'n', claimant: 'c' };
    for (const bad of [
      { ...claim, type: 'gone' },
      { ...claim, more: 1 },
      { type: 'claim', name: 'n' },
      { ...claim, claimant: 'x'.repeat(65) },
      { ...claim, name: 1 },
    ]) {
      expect(parseLeaseMessage(bad)).toBeNull();
    }
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(parseLeaseMessage(anything)).toBeNull();
      }),
    );
  });
});
