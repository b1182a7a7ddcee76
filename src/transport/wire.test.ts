import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeWire, MAX_ADVERT_SIZE, MAX_HOPS, MAX_SEQUENCE, type WireMessage } from './wire.ts';

const id = fc.stringMatching(/^[a-z0-9]{4,32}$/);
const hops = fc.integer({ min: 0, max: MAX_HOPS });
const advert = fc
  .record({
    origin: id,
    sequence: fc.integer({ min: 0, max: MAX_SEQUENCE }),
    neighbours: fc.uniqueArray(id, { maxLength: 6 }),
  })
  .map(({ origin, sequence, neighbours }) => ({
    origin,
    sequence,
    neighbours: neighbours.filter((other) => other !== origin).sort(),
  }));
const message: fc.Arbitrary<WireMessage> = fc.oneof(
  fc.record({ kind: fc.constant('data'), source: id, target: id, hops, body: fc.jsonValue() }),
  fc.record({ kind: fc.constant('signal'), source: id, target: id, hops, signal: fc.jsonValue() }),
  fc.record({ kind: fc.constant('neighbours'), adverts: fc.array(advert, { maxLength: 4 }) }),
  fc.record({ kind: fc.constantFrom('bye', 'part') }),
  fc.record({ kind: fc.constant('need'), needed: fc.boolean() }),
);

const data = { kind: 'data', source: 'aaaa', target: 'bbbb', hops: 0, body: 1 };
const own = { origin: 'aaaa', sequence: 1, neighbours: ['bbbb', 'cccc'] };

describe('the wire', () => {
  it('brings back every message that it encodes', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const decoded = decodeWire(JSON.parse(JSON.stringify(sent)));
        expect(decoded).toEqual({ ok: true, message: JSON.parse(JSON.stringify(sent)) as unknown });
      }),
    );
  });

  it('takes anything without an exception', () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        expect(typeof decodeWire(input).ok).toBe('boolean');
      }),
    );
  });

  it.each<[string, unknown, string?]>([
    ['no object', 7],
    ['null', null],
    ['a list', [data]],
    ['an unknown kind', { kind: 'hello' }],
    ['an inherited kind', { kind: 'toString' }],
    ['an extra field', { ...data, more: 1 }, 'wire: data: unknown field'],
    [
      'a missing body',
      { kind: 'data', source: 'aaaa', target: 'bbbb', hops: 0 },
      'wire: data: empty',
    ],
    ['a bad source', { ...data, source: 'A!' }, 'wire: data: bad source'],
    ['a target that is no text', { ...data, target: 7 }, 'wire: data: bad target'],
    ['negative hops', { ...data, hops: -1 }, 'wire: data: bad hops'],
    ['too many hops', { ...data, hops: MAX_HOPS + 1 }, 'wire: data: bad hops'],
    ['half a hop', { ...data, hops: 0.5 }, 'wire: data: bad hops'],
    ['a bye with more to say', { kind: 'bye', reason: 'x' }],
    ['a part with more to say', { kind: 'part', reason: 'x' }],
    ['a need that is no boolean', { kind: 'need', needed: 1 }, 'wire: need: no boolean'],
    [
      'a need with more to say',
      { kind: 'need', needed: true, why: 'x' },
      'wire: need: unknown field',
    ],
    [
      'adverts that are no list',
      { kind: 'neighbours', adverts: own },
      'wire: neighbours: bad list',
    ],
    [
      'too many adverts',
      { kind: 'neighbours', adverts: Array(MAX_ADVERT_SIZE + 1).fill(own) },
      'wire: neighbours: bad list',
    ],
    [
      'an advert with an extra field',
      { kind: 'neighbours', adverts: [{ ...own, more: 1 }] },
      'wire: neighbours: bad advert',
    ],
    [
      'neighbours out of order',
      advertOf({ neighbours: ['cccc', 'bbbb'] }),
      'wire: neighbours: bad advert',
    ],
    [
      'a neighbour twice',
      advertOf({ neighbours: ['bbbb', 'bbbb'] }),
      'wire: neighbours: bad advert',
    ],
    [
      'a node that is its own neighbour',
      advertOf({ neighbours: ['aaaa'] }),
      'wire: neighbours: bad advert',
    ],
    [
      'a sequence out of bounds',
      advertOf({ sequence: MAX_SEQUENCE + 1 }),
      'wire: neighbours: bad advert',
    ],
    ['a sequence that is no number', advertOf({ sequence: null }), 'wire: neighbours: bad advert'],
  ])('refuses %s with a reason', (_what, input, reason) => {
    const decoded = decodeWire(input);
    expect(decoded.ok).toBe(false);
    expect(!decoded.ok && decoded.reason).toMatch(/^wire: .{4,40}$/);
    if (reason !== undefined) expect(!decoded.ok && decoded.reason).toBe(reason);
  });
});

function advertOf(change: object): unknown {
  return { kind: 'neighbours', adverts: [{ ...own, ...change }] };
}
