import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFaults, parseFeign } from './console-input.ts';
import { GatehouseError } from './gatehouse.ts';

describe('fault rules as somebody types them', () => {
  test('good ones come through', () => {
    const rules = [
      { to: ['anna', 'bert'], drop: 0.5, delayMs: [10, 20], cut: true },
      { cut: false },
      {},
    ];
    expect(parseFaults(rules)).toEqual(rules);
    expect(parseFaults([])).toEqual([]);
  });

  test.each([
    [undefined, 'a list'],
    [{}, 'a list'],
    [[null], 'an object'],
    [[{ drop: 1.1 }], 'from 0 to 1'],
    [[{ drop: NaN }], 'from 0 to 1'],
    [[{ drop: '1' }], 'from 0 to 1'],
    [[{ delayMs: [5] }], 'two times'],
    [[{ delayMs: [9, 3] }], 'the smaller first'],
    [[{ delayMs: [-1, 3] }], 'two times'],
    [[{ delayMs: [0, 1e9] }], 'at most a day'],
    [[{ to: 'anna' }], 'a list of ids'],
    [[{ to: ['Anna!'] }], 'a list of ids'],
    [[{ lose: 1 }], 'no field lose'],
    [[[]], 'an object'],
    [[{ cut: 'no' }], 'true or false'],
    [Array.from({ length: 1001 }, () => ({})), 'at most 1000'],
  ])('%j is refused: %s', (rules, reason) => {
    expect(() => parseFaults(rules)).toThrow(reason);
  });

  test('bad input ends in a definite GatehouseError, and in nothing else', () => {
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        for (const parse of [parseFaults, parseFeign]) {
          try {
            parse(anything);
          } catch (error) {
            expect(error).toBeInstanceOf(GatehouseError);
            expect(error).toMatchObject({ code: 'invalid', definite: true });
          }
        }
      }),
    );
  });
});

describe('feigned failure', () => {
  test('times come through, absent ones are absent', () => {
    expect(parseFeign({})).toEqual({});
    expect(parseFeign({ failAfterMs: [0, 10], failForMs: [5, 5] })).toEqual({
      failAfterMs: [0, 10],
      failForMs: [5, 5],
    });
    expect(() => parseFeign({ failAfterMs: 10 })).toThrow('failAfterMs');
    expect(() => parseFeign(null)).toThrow('an object');
    expect(() => parseFeign({ failAfter: [0, 10] })).toThrow('no field failAfter');
  });
});
