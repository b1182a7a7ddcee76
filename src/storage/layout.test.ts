import { describe, expect, it } from 'vitest';
import { archiveOf, entries, META, operation, snapshotAt, TERM } from './examples.contract.ts';
import { KEYS, readContents } from './layout.ts';
import { encodeRecord, FORMAT } from './records.ts';

type Row = readonly [IDBValidKey, unknown];

const sentinel: Row = [
  KEYS.sentinel,
  encodeRecord('sentinel', {
    format: FORMAT,
    id: 'abcdefgh',
    revision: 3,
    tip: { index: 3, term: TERM },
  }),
];
const meta: Row = [KEYS.meta, encodeRecord('meta', META)];
const batch: Row = [KEYS.batch(1), encodeRecord('batch', entries(1, 3))];
const whole: readonly Row[] = [
  sentinel,
  meta,
  batch,
  [KEYS.pack(7), encodeRecord('pack', [operation(7)])],
  [KEYS.archive('g0'), encodeRecord('archive', archiveOf('g0', 5))],
];

function problem(rows: readonly Row[]): string {
  const result = readContents(rows);
  return result.ok ? 'none' : `${result.error.code}: ${result.error.message}`;
}

describe('a store as it is read', () => {
  it('is taken whole', () => {
    expect(problem(whole)).toBe('none');
  });

  it.each<[string, readonly Row[], string]>([
    [
      'operations under no number',
      [...whole, ['outbox/x', encodeRecord('pack', [operation(8)])]],
      'under another key',
    ],
    [
      'an operation in two packs',
      [...whole, [KEYS.pack(6), encodeRecord('pack', [operation(6), operation(7)])]],
      'operation 7 stands in two packs',
    ],
    [
      'an archive under the key of another',
      [...whole, [KEYS.archive('g9'), encodeRecord('archive', archiveOf('g1', 5))]],
      'under another key',
    ],
    ['a key that nobody knows', [...whole, ['x'.repeat(9999), '']], 'not known'],
    ['a key that is no text', [...whole, [7, '']], 'no text'],
    ['a log that ends too early', [sentinel, meta], 'the log ends'],
    [
      'a batch that does not follow',
      [...whole, [KEYS.batch(5), encodeRecord('batch', entries(5, 6))]],
      'does not follow',
    ],
    ['no meta', [sentinel, batch], 'meta'],
    ['no sentinel', [meta, batch], 'lost: '],
    [
      'a snapshot beyond the log',
      [...whole, [KEYS.logStart, encodeRecord('logStart', { start: 1, snapshot: snapshotAt(9) })]],
      'the snapshot at 9',
    ],
  ])('%s is told, briefly', (_what, rows, words) => {
    expect(problem(rows)).toContain(words);
    expect(problem(rows).length).toBeLessThan(200);
  });
});
