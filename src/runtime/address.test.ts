import { describe, expect, test } from 'vitest';
import { DEFAULT_CAPACITY, DEFAULT_PARK, parseAddress } from './address.ts';

describe('the address of a tab', () => {
  test('without parameters it is the main park, with everything at its default', () => {
    expect(parseAddress('')).toEqual({
      ok: true,
      address: {
        park: DEFAULT_PARK,
        settings: {
          capacity: DEFAULT_CAPACITY,
          election: 'bully',
          topology: 'mesh',
          multicast: 'sequencer',
        },
      },
    });
  });

  test('all parameters', () => {
    const parsed = parseAddress(
      '?park=Nord-Halle%202&name=Gate%20Heron&priority=-3.5&capacity=0&election=ring',
    );
    expect(parsed).toMatchObject({
      ok: true,
      address: {
        park: 'Nord-Halle 2',
        name: 'Gate Heron',
        priority: -3.5,
        settings: { capacity: 0 },
      },
    });
  });

  test('what it does not know is left alone, what is empty counts as absent', () => {
    expect(parseAddress('?utm=1&park=&name=%20&capacity=')).toEqual(parseAddress(''));
  });

  test.each([
    ['?park=../etc', 'park'],
    ['?park=-x', 'park'],
    [`?park=${'x'.repeat(65)}`, 'park'],
    [`?name=${'x'.repeat(41)}`, 'name'],
    ['?priority=high', 'priority'],
    ['?priority=Infinity', 'priority'],
    ['?priority=1e13', 'priority'],
    ['?capacity=-1', 'capacity'],
    ['?capacity=1.5', 'capacity'],
    ['?capacity=1000001', 'capacity'],
    ['?capacity=ten', 'capacity'],
    ['?election=coin', 'election'],
    ['?topology=star', 'topology'],
    ['?multicast=hope', 'multicast'],
    ['?park=one&park=two', 'park'],
  ])('%s is a problem, not a default', (search, parameter) => {
    const parsed = parseAddress(search);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.problems).toEqual([expect.stringMatching(`^${parameter}=`)]);
  });

  test('every problem is told, and long input is cut', () => {
    const parsed = parseAddress(`?capacity=-1&priority=${'x'.repeat(500)}`);
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(parsed.problems).toHaveLength(2);
    for (const problem of parsed.problems) expect(problem.length).toBeLessThan(150);
  });
});
