import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

/** The last column of the README's table of the five systems: `` `file`: name of a test``. */
function ticks(): { file: string; name: string }[] {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  return [...readme.matchAll(/\| `([a-z]+)`: (.+?) +\|$/gm)].map(([, file = '', name = '']) => {
    return { file, name };
  });
}

describe('what the README ticks', () => {
  it('is a table of all five systems', () => {
    const files = new Set(ticks().map(({ file }) => file));
    for (const one of ['visitor', 'topologies', 'lab', 'multicast', 'chat', 'market'])
      expect(files).toContain(one);
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
