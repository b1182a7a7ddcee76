import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_CAPACITY } from '../core/entry.ts';
import { DEFAULT_CAPACITY, DEFAULT_PARK, parseAddress, problemWords, searchOf } from './address.ts';

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

  test.each(['mesh', 'sample', 'ring', 'grid', 'random'])('the topology %s', (topology) => {
    const parsed = parseAddress(`?election=wireless&topology=${topology}`);
    expect(parsed).toMatchObject({ ok: true, address: { settings: { topology } } });
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
    ['?capacity=1000000001', 'capacity'],
    ['?capacity=ten', 'capacity'],
    ['?election=coin', 'election'],
    ['?topology=star', 'topology'],
    ['?multicast=hope', 'multicast'],
    ['?park=one&park=two', 'park'],
  ])('%s is a problem, not a default', (search, parameter) => {
    const parsed = parseAddress(search);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.problems).toMatchObject([{ parameter }]);
  });

  test('what is asked for in an address comes back, whatever the name', () => {
    const name = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text.trim() === text);
    const asked = fc.record({
      park: fc.stringMatching(/^[A-Za-zäé0-9][A-Za-zäé0-9._-]{0,20}$/),
      name,
      priority: fc.double({ min: -1e12, max: 1e12, noNaN: true }).map((value) => value + 0),
      capacity: fc.nat(MAX_CAPACITY),
    });
    fc.assert(
      fc.property(asked, ({ park, name, priority, capacity }) => {
        const query = new URLSearchParams({ park, name });
        query.set('priority', String(priority));
        query.set('capacity', String(capacity));
        expect(parseAddress(`?${query.toString()}`)).toMatchObject({
          ok: true,
          address: { park, name, priority, settings: { capacity } },
        });
      }),
    );
  });

  test('an address that is made for a park is read as that', () => {
    expect(searchOf('lab', {})).toBe('?park=lab');
    const settings = {
      capacity: 30,
      election: 'ring',
      topology: 'grid',
      multicast: 'lamport',
    } as const;
    expect(parseAddress(searchOf('Süd Nord', settings))).toEqual({
      ok: true,
      address: { park: 'Süd Nord', settings },
    });
  });

  test('every problem is told, and long input is cut', () => {
    const parsed = parseAddress(`?capacity=-1&priority=${'x'.repeat(500)}`);
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(parsed.problems).toHaveLength(2);
    for (const problem of parsed.problems) expect(problemWords(problem).length).toBeLessThan(150);
  });
});
