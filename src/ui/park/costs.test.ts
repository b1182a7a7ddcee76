import { describe, expect, it } from 'vitest';
import { capacityCost, proceedCosts } from './costs.ts';

describe('what another capacity costs', () => {
  const park = { capacity: 50, occupancy: 37 };

  it.each([
    [
      '40',
      true,
      'Every gate loses 10 places at once. 37 are inside, so only 3 more can be let in. Nobody is put out.',
    ],
    [
      '37',
      true,
      'Every gate loses 13 places at once. 37 are inside, so nobody can be let in. Nobody is put out.',
    ],
    ['30', false, '37 are inside. Let 7 out first: a capacity below the number inside is refused.'],
    [' 51 ', true, '1 place more, at every gate at once: 14 can still be let in.'],
    ['50', false, 'The capacity is 50 now.'],
    ['', false, 'Type a whole number from 0 to 1000000000.'],
    ['-3', false, 'Type a whole number from 0 to 1000000000.'],
    ['4.5', false, 'Type a whole number from 0 to 1000000000.'],
    ['1000000001', false, 'Type a whole number from 0 to 1000000000.'],
  ])('to %s', (text, possible, told) => {
    expect(capacityCost(park, text)).toEqual({ possible, text: told });
  });
});

describe('what going on without missing gates costs', () => {
  it('names them and the number that counting goes on from', () => {
    const missing = [
      { id: 'a', name: 'Gate Fox' },
      { id: 'b', name: 'Gate Owl' },
    ];
    const costs = proceedCosts({ missing, occupancy: 37, unconfirmed: null }).join(' ');
    expect(costs).toContain('Gate Fox and Gate Owl are still running');
    expect(costs).toContain('from the 37 that this gate knows');
    expect(costs).toContain('new generation');
  });

  it('counts what the disk holds, where that is more than is known to be confirmed', () => {
    const unconfirmed = { least: 0, most: 7, occupancy: 7, capacity: 50, visitors: [] };
    const costs = proceedCosts({ missing: [], occupancy: 0, unconfirmed }).join(' ');
    expect(costs).toContain("by this gate's disk 7 inside, though it knows only 0");
  });
});
