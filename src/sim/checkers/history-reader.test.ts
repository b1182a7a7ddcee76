import { describe, expect, it } from 'vitest';
import { readHistories } from './history-reader.ts';
import { checkLinearizable } from './linearizability.ts';

const FOUNDING = [
  '{"seed":1,"time":0,"process":"founder","type":"invoke","f":"capacity","operation":"founding","value":1}',
  '{"seed":1,"time":0,"process":"founder","type":"ok","f":"capacity","operation":"founding","value":1,"allowed":true}',
];
const ask = (process: string, operation: string, visitor: string, time = 1) =>
  JSON.stringify({ seed: 1, time, process, type: 'invoke', f: 'enter', operation, visitor });
const answer = (process: string, operation: string, visitor: string, more: object, time = 2) =>
  JSON.stringify({ seed: 1, time, process, f: 'enter', operation, visitor, ...more });
const YES = { type: 'ok', allowed: true };
const FULL = { type: 'ok', allowed: false, reason: 'full' };

function read(...lines: string[]) {
  return readHistories([...FOUNDING, ...lines, ''].join('\n'));
}

describe('a history in a file', () => {
  it('is read: calls, answers, and what was never told', () => {
    const histories = read(
      ask('p', 'a', 'ann'),
      ask('q', 'b', 'bob'),
      answer('q', 'b', 'bob', FULL),
      answer('p', 'a', 'ann', { type: 'info', reason: 'timeout' }),
      ask('q', 'c', 'cid', 2),
      answer('q', 'c', 'cid', { type: 'fail', reason: 'no-quorum' }),
      ask('q', 'd', 'dan', 2),
    );
    const history = histories.get(1);
    expect(history?.capacity).toBe(1);
    expect(
      history?.calls.map(({ key, invokedAt, returnedAt, result }) => [
        key,
        invokedAt,
        returnedAt,
        result,
      ]),
    ).toEqual([
      ['a', 3, Infinity, 'info'],
      ['b', 4, 5, 'ok'],
      ['c', 7, 8, 'fail'],
      ['d', 9, Infinity, 'open'],
    ]);
    expect(checkLinearizable(history?.calls ?? [], 1).result).toBe('linearizable');
  });

  it('S8: is judged from the file alone', () => {
    const histories = read(
      ask('p', 'a', 'ann'),
      answer('p', 'a', 'ann', YES),
      ask('p', 'b', 'bob', 3),
      answer('p', 'b', 'bob', YES, 4),
    );
    expect(checkLinearizable(histories.get(1)?.calls ?? [], 1).result).toBe('violation');
  });

  it('keeps seeds apart', () => {
    const second = FOUNDING.map((line) => line.replace('"seed":1', '"seed":2'));
    const histories = read(ask('p', 'a', 'ann', 9), ...second);
    expect([...histories.keys()]).toEqual([1, 2]);
    expect(histories.get(2)?.calls).toEqual([]);
  });
});

describe('a file is refused', () => {
  it.each<[string, string, string[]]>([
    ['that is not JSON', 'not JSON', ['{']],
    ['with an unknown field', 'no line', [ask('p', 'a', 'ann').replace('}', ',"more":1}')]],
    ['with an ok that tells no outcome', 'no line', [answer('p', 'a', 'ann', { type: 'ok' })]],
    [
      'with a refusal for no known reason',
      'no known reason',
      [
        ask('p', 'a', 'ann'),
        answer('p', 'a', 'ann', { type: 'ok', allowed: false, reason: 'rain' }),
      ],
    ],
    [
      'with a capacity about a visitor',
      'no line',
      [ask('p', 'a', 'ann').replace('enter', 'capacity')],
    ],
    [
      'where a process has two operations open',
      'has an operation open',
      [ask('p', 'a', 'ann'), ask('p', 'b', 'bob')],
    ],
    [
      'where a process goes on after an unknown fate',
      'goes on after',
      [
        ask('p', 'a', 'ann'),
        answer('p', 'a', 'ann', { type: 'info', reason: 'x' }),
        ask('p', 'b', 'bob', 2),
      ],
    ],
    [
      'where an operation is answered that is not open',
      'has no a open',
      [answer('p', 'a', 'ann', YES)],
    ],
    [
      'where an operation comes twice',
      'is not new',
      [ask('p', 'a', 'ann'), answer('p', 'a', 'ann', YES), ask('p', 'a', 'ann', 2)],
    ],
    [
      'where the answer is about somebody else',
      'something else',
      [ask('p', 'a', 'ann'), answer('p', 'a', 'bob', YES)],
    ],
    ['where time runs backwards', 'backwards', [ask('p', 'a', 'ann', 5), ask('q', 'b', 'bob', 4)]],
  ])('%s', (_, problem, lines) => {
    expect(() => read(...lines)).toThrow(problem);
  });

  it('that does not begin with the founding capacity', () => {
    expect(() => readHistories(ask('p', 'a', 'ann'))).toThrow('founding');
    expect(() => readHistories([FOUNDING[0], ask('p', 'a', 'ann')].join('\n'))).toThrow(
      'not founded',
    );
  });
});
