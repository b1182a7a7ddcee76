import { describe, expect, it } from 'vitest';
import { UsageError } from '../options.ts';
import { parseCoverage } from './options.ts';

describe('the options of npm run coverage', () => {
  it('write the table of the repository with its own number of seeds alone', () => {
    const tracked = { seeds: 120, out: 'src/core/COVERAGE.md', help: false };
    expect(parseCoverage([])).toEqual(tracked);
    expect(parseCoverage(['--seeds', '120'])).toEqual(tracked);
    expect(parseCoverage(['--seeds', '3'])).toEqual({ seeds: 3, out: null, help: false });
    expect(parseCoverage(['--seeds', '3', '--out', 'x.md']).out).toBe('x.md');
    expect(parseCoverage(['--help']).help).toBe(true);
  });

  it.each([
    ['--seeds', '0'],
    ['--seeds', '1e2'],
    ['--seeds', ''],
    ['--sedes', '3'],
    ['--out', ''],
    ['5'],
  ])('refuse %s %s', (...args) => {
    expect(() => parseCoverage(args)).toThrow(UsageError);
  });
});
