import { describe, expect, it } from 'vitest';
import {
  BENCH_NAMES,
  checkWritable,
  parseBench,
  parseChaos,
  parseSiege,
  UsageError,
} from './options.mjs';

const USUAL = { minutes: 2, seed: 1, history: null, json: false, help: false };

describe('the options of npm run chaos', () => {
  it('are what they say', () => {
    expect(parseChaos([])).toEqual(USUAL);
    expect(parseChaos(['--minutes', '0.5', '--seed', '0', '--json'])).toEqual({
      ...{ ...USUAL, minutes: 0.5, seed: 0, json: true },
    });
    expect(parseChaos(['--history', 'seen.jsonl']).history).toBe('seen.jsonl');
    expect(parseChaos(['--help']).help).toBe(true);
  });

  it.each([
    ['--minutes', '0'],
    ['--minutes', 'x'],
    ['--minutes', ''],
    ['--minutes', '1e9'],
    ['--minutes'],
    ['--seed', '-1'],
    ['--seed', '1.5'],
    ['--seed', ''],
    ['--seed', '9007199254740993'],
    ['--history', ''],
    ['--sede', '3'],
    ['5'],
  ])('refuse %s %s in one line', (...args) => {
    const parse = (): unknown => parseChaos(args);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(/^[^\n]+$/);
  });
});

describe('the options of npm run bench', () => {
  const usual = { only: BENCH_NAMES, tries: 15, soakMinutes: 0, json: false, write: false };

  it('are what they say', () => {
    expect(parseBench([])).toEqual({ ...usual, help: false });
    expect(parseBench(['--only', 'link', '--tries', '1', '--json'])).toMatchObject({
      ...{ only: ['link'], tries: 1, json: true },
    });
    expect(parseBench(['--write', '--soak', '60'])).toMatchObject({ write: true, soakMinutes: 60 });
    expect(parseBench(['--help']).help).toBe(true);
  });

  it('take several names, and run them in the usual order', () => {
    expect(parseBench(['--only', 'mesh,link,mesh']).only).toEqual(['link', 'mesh']);
  });

  it.each([
    ['--only', 'speed'],
    ['--only', 'link,'],
    ['--only', ''],
    ['--only'],
    ['--tries', '0'],
    ['--tries', '1.5'],
    ['--tries', '-3'],
    ['--tries', 'many'],
    ['--soak', 'x'],
    ['--try', '3'],
    ['link'],
  ])('refuse %s %s in one line', (...args) => {
    const parse = (): unknown => parseBench(args);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(/^[^\n]+$/);
  });
});

describe('the options of npm run siege', () => {
  it('are what they say', () => {
    expect(parseSiege([])).toEqual({ only: null, help: false });
    expect(parseSiege(['--only', 'flood'])).toEqual({ only: 'flood', help: false });
    expect(parseSiege(['--help']).help).toBe(true);
  });

  it.each([['--only', 'floods'], ['--only', ''], ['--only'], ['--olny', 'flood'], ['flood']])(
    'refuse %s %s in one line',
    (...args) => {
      const parse = (): unknown => parseSiege(args);
      expect(parse).toThrow(UsageError);
      expect(parse).toThrow(/^[^\n]+$/);
    },
  );
});

describe('a file to write', () => {
  it('is tried out before the run', () => {
    expect(() => {
      checkWritable('--history', 'no/such/folder/seen.jsonl');
    }).toThrow(UsageError);
    expect(() => {
      checkWritable('--history', null);
    }).not.toThrow();
  });
});
