import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { NOT_IN_RUNS, SIGNS } from './catalog.ts';
import { literalsIn, readRules, reasonIn, rulesIn, testsIn } from './sources.ts';
import { readRows, unseen, untested, writeTable } from './table.ts';

const ROOT = process.cwd();
const rows = readRows(ROOT);

describe('coverage', () => {
  it('a test quotes every rule of the protocol, and names every message, reason and refusal', () => {
    expect(untested(rows)).toEqual([]);
  });

  it('every rule has its signs in runs, or a reason why not', () => {
    const rules = readRules(ROOT);
    expect(rules.length).toBeGreaterThan(50);
    const known = rules.filter((rule) => rule in NOT_IN_RUNS || (SIGNS[rule] ?? []).length > 0);
    expect(known).toEqual(rules);
    for (const name of Object.keys(SIGNS)) expect(rules).toContain(name);
    const names = rows.map(({ name }) => name);
    for (const name of Object.keys(NOT_IN_RUNS)) expect(names).toContain(name);
  });

  it('leaves out no family: visits, the signaling server, frames, links and the desk', () => {
    const names = rows.map(({ name }) => name);
    for (const type of ['WELCOME', 'BUSY', 'ASK', 'SHOW', 'ANSWER', 'PLACE', 'DECLINED', 'GOT_IT'])
      expect(names).toContain(`${type}, of a visit`);
    for (const type of ['howdy', 'welcome', 'signal', 'list', 'joined', 'gone', 'error'])
      expect(names).toContain(`${type}, of the signaling server`);
    for (const reason of ['bad-message', 'park-full', 'no-howdy', 'foreign-origin'])
      expect(names).toContain(`signaling server \`${reason}\``);
    const said = ['a part out of place', 'bad hops', 'too many peers', 'a second request at once'];
    for (const words of [...said, 'not its own name', 'a member that can be no node'])
      expect(names).toContain(words);
    expect(new Set(names).size).toBe(names.length);
  });

  it('tells what is not covered', () => {
    const [row] = rows;
    if (!row) throw new Error('there are rows');
    const bare = { ...row, tests: [], signs: ['never', 'often'] };
    expect(untested([bare])).toEqual([row.name]);
    expect(unseen([bare], new Map([['often', 9]]))).toEqual([row.name]);
    expect(unseen([bare], new Map(Object.entries({ often: 9, never: 1 })))).toEqual([]);
    expect(writeTable([bare], new Map([['often', 9]]), 'x')).toContain(`| ${row.name} | 0 |`);
  });

  it('takes a reason for itself alone, wherever in a value it stands', () => {
    const reasons = [
      { words: 'no field', goesOn: true },
      { words: 'not', goesOn: false },
      { words: 'unknown', goesOn: true },
      { words: 'unknown field', goesOn: false },
    ];
    const said = (literal: string): string | null => reasonIn(literal, reasons);
    expect(said('unknown field')).toBe('unknown field');
    expect(said('line 2: clock[0].id: unknown field')).toBe('unknown field');
    expect(said('unknown type')).toBe('unknown');
    expect(said('no field request')).toBe('no field');
    expect(said('not a list')).toBeNull();
    expect(said('an unknown field')).toBeNull();
  });

  it('reads what a source quotes, and the table that a test is made of', () => {
    expect([...literalsIn(`is('a', "b c", \`d\`, 'it\\'s')`)]).toEqual(['a', 'b c', 'd', "it\\'s"]);
    const text = "it('one', () => {});\ntest.each([['full']])('%s', () => undefined);";
    expect(testsIn('a.test.ts', text)[1]?.body).toContain("'full'");
    expect(testsIn('a.test.ts', text)[0]?.body).not.toContain("'full'");
  });

  it('reads titles, of tables of tests too, and what they quote', () => {
    const text = [
      "describe('S1: a group', () => {",
      "  it('B4 (X2): one', () => { send('HELLO'); });",
      "  test.each([['a', 1]])('J1 to J3: %s', () => undefined);",
      '});',
    ].join('\n');
    const tests = testsIn('a.test.ts', text);
    expect(tests.map(({ title }) => title)).toEqual([
      'S1: a group',
      'B4 (X2): one',
      'J1 to J3: %s',
    ]);
    expect([...rulesIn('J1 to J3, and B4')].sort()).toEqual(['B4', 'J1', 'J2', 'J3']);
    expect(tests[1]?.body).toContain("'HELLO'");
  });
});
