import { describe, expect, it } from 'vitest';
import { FAULTS } from './faults.ts';
import { parseOptions, UsageError } from './options.ts';

describe('the options of the command', () => {
  it('have defaults', () => {
    const options = parseOptions([]);
    expect(options).toMatchObject({ seed: 1, nodes: 5, plants: [], json: false, show: null });
    expect(options.faults).toHaveLength(FAULTS.filter(({ usual }) => usual).length);
  });

  it('take faults by name', () => {
    expect(parseOptions(['--faults', 'none']).faults).toEqual([]);
    expect(parseOptions(['--faults', 'crash,loss']).faults).toEqual(['crash', 'loss']);
    expect(parseOptions(['--faults', 'list']).show).toBe('faults');
    expect(parseOptions(['--plant', 'list']).show).toBe('plants');
  });

  it.each([
    ['--seeds', '0'],
    ['--seeds', 'many'],
    ['--nodes', '1.5'],
    ['--faults', 'crash,flood'],
    ['--plant', 'nettle'],
    ['--sedes', '3'],
    ['--history'],
  ])('refuse %s %s', (...args) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
  });
});
