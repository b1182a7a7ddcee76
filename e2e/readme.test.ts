import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

/** The rows of the README's table of the five systems. */
function rows(): string[] {
  const lines = readFileSync(path.join(root, 'README.md'), 'utf8').split('\n');
  const head = lines.findIndex((line) => line.startsWith('| System, and where it stopped |'));
  const table = lines.slice(head + 2);
  return table.slice(0, table.indexOf(''));
}

/** The last cell of a row: `` `file`: name of a test``. */
const TICK = /\| `([a-z]+)`: (.+?) +\|$/;

function ticks(): { file: string; name: string }[] {
  return rows().flatMap((row) => {
    const [, file, name] = TICK.exec(row) ?? [];
    return file === undefined || name === undefined ? [] : [{ file, name }];
  });
}

describe('what the README ticks', () => {
  it('is a table of all five systems', () => {
    const files = new Set(ticks().map(({ file }) => file));
    for (const one of ['visitor', 'topologies', 'lab', 'multicast', 'chat', 'market'])
      expect(files).toContain(one);
  });

  it('names a test in every row', () => {
    expect(rows().filter((row) => !TICK.test(row))).toEqual([]);
  });

  it.each(ticks())('is shown by a test of that name: $file: $name', ({ file, name }) => {
    const spec = readFileSync(path.join(root, 'e2e', `${file}.spec.ts`), 'utf8');
    const [, kind, title = ''] =
      /^(bully|ring|wireless|grid|random|sequencer|lamport): (.+)$/.exec(name) ?? [];
    // A test that runs for each kind of a list has the kind in front.
    const isOfAList = kind !== undefined && spec.includes(`'${kind}'`);
    expect(spec).toContain(
      isOfAList && !spec.includes(`'${name}'`) ? `}: ${title}\`` : `'${name}'`,
    );
  });
});
