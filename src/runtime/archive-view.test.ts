import { describe, expect, test } from 'vitest';
import type { Operation } from '../core/entry.ts';
import type { Archive } from '../core/stored.ts';
import { entry, founding, member, operation, term } from '../core/testing/fixtures.ts';
import { archiveViews } from './archive-view.ts';

const FIRST = term(1, 'anna');
const enter = (visitor: string) => ({ machine: 'park', kind: 'enter', visitor });

function archive(more: Partial<Archive> = {}): Archive {
  const entries = [
    entry(1, FIRST, founding([member('anna', 1)])),
    entry(2, FIRST),
    entry(3, FIRST, operation('anna', 1, enter('Ada'), FIRST)),
  ];
  return {
    generation: 'old',
    ancestors: [],
    at: 5,
    snapshot: null,
    entries,
    outbox: [],
    checked: false,
    ...more,
  };
}

function asked(sequence: number, visitor: string): Operation {
  return { id: { node: 'anna', sequence }, settledBelow: 1, under: null, body: enter(visitor) };
}

describe('an archive, as people see it', () => {
  test('G3: before the comparison every operation is shown, and that nobody has compared yet', () => {
    expect(archiveViews([archive()])).toMatchObject([
      { generation: 'old', at: 5, compared: false, unknown: [{ index: 3, visitor: 'Ada' }] },
    ]);
  });

  test('G3: once it is compared, only if the park lacks something of it', () => {
    expect(archiveViews([archive({ entries: [], checked: true })])).toEqual([]);
    const lacking = archive({ entries: archive().entries.slice(2), checked: true });
    expect(archiveViews([lacking])).toMatchObject([
      { compared: true, unknown: [{ visitor: 'Ada' }] },
    ]);
  });

  test('G3: what this gate had asked for and never heard of again is shown too, and nothing twice', () => {
    const [view] = archiveViews([archive({ outbox: [asked(1, 'Ada'), asked(2, 'Bob')] })]);
    expect(view?.unknown.map(({ index, visitor }) => [index, visitor])).toEqual([
      [3, 'Ada'],
      [0, 'Bob'],
    ]);
    const alone = archive({ entries: [], outbox: [asked(2, 'Bob')], checked: true });
    expect(archiveViews([alone])).toMatchObject([{ unknown: [{ visitor: 'Bob' }] }]);
  });
});
