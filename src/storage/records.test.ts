import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord, FORMAT, type Records } from './records.ts';
import {
  archiveOf,
  entries,
  entry,
  META,
  operation,
  snapshotAt,
  TERM,
} from './examples.contract.ts';

const examples: Records = {
  sentinel: { format: FORMAT, id: 'abcdefgh', revision: 3, tip: { index: 4, term: TERM } },
  identity: { id: 'heron', name: 'Gate Heron', priority: -1.5, secret: '0123456789' },
  meta: META,
  logStart: { start: 3, snapshot: snapshotAt(4) },
  batch: entries(1, 3),
  pack: [operation(1), operation(3)],
  archive: archiveOf('g1', 3),
};
const kinds = Object.keys(examples) as (keyof Records)[];
const objects = kinds.filter((kind) => !Array.isArray(examples[kind]));

describe('records', () => {
  it.each(kinds)('%s is read as it was written', (kind) => {
    expect(decodeRecord(kind, encodeRecord(kind, examples[kind]))).toEqual({
      ok: true,
      value: examples[kind],
    });
  });

  it.each(kinds)('%s is refused when it is no text, no JSON or of another kind', (kind) => {
    for (const nonsense of [undefined, null, 1, examples[kind], '', '{', 'null', '[]', '{}', '0']) {
      expect(decodeRecord(kind, nonsense)).toMatchObject({ ok: false });
    }
  });

  it('a batch is refused when there are no entries in it', () => {
    expect(decodeRecord('batch', '[]')).toMatchObject({ ok: false, reason: 'batch: no entries' });
  });

  it('a pack is refused when there are no operations in it, or not in order', () => {
    for (const [wrong, reason] of [
      [[], 'pack: no operations'],
      [[operation(2), operation(1)], 'pack: operations out of order'],
    ]) {
      expect(decodeRecord('pack', JSON.stringify(wrong))).toMatchObject({ ok: false, reason });
    }
  });

  it.each(objects)('%s is refused with one field more', (kind) => {
    const more = JSON.stringify({ ...(examples[kind] as object), more: 1 });
    expect(decodeRecord(kind, more)).toMatchObject({ ok: false });
  });

  it.each(objects)('%s is refused with one field less', (kind) => {
    for (const field of Object.keys(examples[kind])) {
      const less = JSON.stringify({ ...(examples[kind] as object), [field]: undefined });
      expect([field, decodeRecord(kind, less)]).toMatchObject([field, { ok: false }]);
    }
  });

  it.each<[string, keyof Records, object, string]>([
    ['an index below 0', 'batch', [{ ...entry(1), index: -1 }], 'batch: [0].index: '],
    ['a fraction', 'batch', [{ ...entry(1), index: 1.5 }], 'batch: [0].index: '],
    ['a term that is none', 'meta', { ...META, promised: '1' }, 'meta: promised: '],
    ['an id that is none', 'meta', { ...META, id: 'Heron' }, 'meta: id: '],
    [
      'an unknown command',
      'batch',
      [{ ...entry(1), command: { kind: 'x' } }],
      'batch: [0].command: ',
    ],
    [
      'another format',
      'sentinel',
      { ...examples.sentinel, format: FORMAT + 1 },
      'sentinel: format: a format that is not known here',
    ],
    ['a long name', 'identity', { ...examples.identity, name: 'x'.repeat(41) }, 'identity: name: '],
  ])('%s is refused, with the place of it', (_what, kind, value, reason) => {
    const decoded = decodeRecord(kind, JSON.stringify(value));
    expect(decoded.ok ? '' : decoded.reason).toContain(reason);
  });
});
