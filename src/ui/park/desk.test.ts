import { describe, expect, it } from 'vitest';
import { GatehouseError, type Entry, type Outcome } from '../../runtime/gatehouse.ts';
import { FakeGatehouse } from '../dev/fake-gatehouse.ts';
import { Desk, lastLetIn, tell, tellEarlier, whoLeaves } from './desk.ts';

describe('Desk', () => {
  it('answers a tap at once, and again with its number in the log', async () => {
    const desk = new Desk(new FakeGatehouse({ peers: 0 }));
    const answer = desk.tap({ kind: 'enter', visitor: 'Ann' });
    expect(desk.taps.map(tell)).toEqual([{ headline: 'Letting Ann in …', more: '' }]);
    await answer;
    expect(desk.taps.map(tell)).toEqual([{ headline: 'Ann is in', more: 'Log no. 3' }]);
  });

  it('says whom the park made a name for', async () => {
    const desk = new Desk(new FakeGatehouse());
    expect(tell(await desk.tap({ kind: 'enter' })).headline).toBe('Visitor 1 is in');
  });

  it.each([
    ['full', { inside: 50 }, { kind: 'enter' }, 'Refused: the park is full'],
    [
      'already inside',
      { inside: 1 },
      { kind: 'enter', visitor: 'Ann' },
      'Refused: Ann is already inside',
    ],
    ['not inside', {}, { kind: 'leave', visitor: 'Zoe' }, 'Refused: Zoe is not inside'],
    [
      'capacity below',
      { inside: 9 },
      { kind: 'capacity', capacity: 5 },
      'Refused: more than 5 are inside',
    ],
  ] as const)('refused, and why: %s', async (_name, options, wish, headline) => {
    const desk = new Desk(new FakeGatehouse(options));
    expect(tell(await desk.tap(wish)).headline).toBe(headline);
  });

  it('says of a definite error that it did not happen, and what to do', async () => {
    const desk = new Desk(new FakeGatehouse({ failure: { code: 'no-quorum', definite: true } }));
    expect(tell(await desk.tap({ kind: 'enter' }))).toEqual({
      headline: 'Nobody was let in',
      more: 'Too few gates are in reach. Try again once the line at the top says that admissions are open.',
    });
  });

  it('says of an indefinite error that it may have happened, until that is found out', async () => {
    const desk = new Desk(new FakeGatehouse({ failure: { code: 'timeout', definite: false } }));
    const tap = await desk.tap({ kind: 'leave', visitor: 'Ann' });
    expect(tell(tap).headline).toBe('Not known yet: Ann may be out');
    expect([...desk.leaving]).toEqual(['Ann']);
    desk.settle();
    expect(desk.taps.map(tell)[0]?.headline).toBe('Found out');
    expect([...desk.leaving]).toEqual([]);
  });

  it('takes an error that it does not know for indefinite', async () => {
    const broken = { enter: () => Promise.reject(new Error('boom')) };
    const desk = new Desk({ ...broken, leave: broken.enter, setCapacity: broken.enter });
    expect((await desk.tap({ kind: 'enter' })).answer.phase).toBe('unknown');
  });

  it('lets quick taps hide nothing', async () => {
    const answers: ((outcome: Outcome) => void)[] = [];
    const enter = (visitor?: string): Promise<Outcome> =>
      visitor === 'Bad'
        ? Promise.reject(new GatehouseError('timeout', false, ''))
        : new Promise((resolve) => answers.push(resolve));
    const desk = new Desk({ enter, leave: enter, setCapacity: () => enter() });
    const bad = desk.tap({ kind: 'enter', visitor: 'Bad' });
    const full = desk.tap({ kind: 'enter', visitor: 'Ann' });
    void desk.tap({ kind: 'enter', visitor: 'Bob' });
    void desk.tap({ kind: 'enter', visitor: 'Cy' });
    await bad;
    answers[0]?.({ allowed: false, reason: 'full', operation: 'x', index: 9 });
    await full;
    expect(tellEarlier(desk.taps)).toBe('Just before: 1 refused, 1 not known yet, 1 waiting');
  });
});

describe('who leaves', () => {
  const inside = new Set(['Ann', 'Bob', 'Cy']);
  const none = new Set<string>();
  const recent: Entry[] = [entry(5, 'Zoe'), entry(4, 'Bob'), entry(3, 'Ann')];

  it('is the selected visitor', () => {
    const choice = { inside, leaving: none, selected: 'Ann', recent };
    expect(whoLeaves(choice)).toEqual({ visitor: 'Ann', why: 'selected' });
  });

  it('is else the one last let in here who is still inside', () => {
    const choice = { inside, leaving: none, selected: null, recent };
    expect(whoLeaves(choice)).toEqual({ visitor: 'Bob', why: 'last-here' });
  });

  it('is never one who is leaving already', () => {
    const choice = { inside, leaving: new Set(['Bob']), selected: 'Bob', recent };
    expect(whoLeaves(choice)).toEqual({ visitor: 'Ann', why: 'last-here' });
  });

  it('is else the last on the list, and nobody when nobody is inside', () => {
    const choice = { leaving: none, selected: null, recent: [] };
    expect(whoLeaves({ ...choice, inside })).toEqual({ visitor: 'Cy', why: 'last' });
    expect(whoLeaves({ ...choice, inside: none })).toBeNull();
  });
});

describe('the visitors last let in here', () => {
  it('leaves out other gates, refusals and repetitions', () => {
    const entries = [
      entry(1, 'Ann'),
      entry(2, 'Bob'),
      { ...entry(3, 'Cy'), node: 'other' },
      { ...entry(4, 'Dev'), allowed: false },
      { ...entry(5, 'Ann'), kind: 'leave' },
      entry(6, 'Ann'),
    ];
    expect(lastLetIn(entries, 'here', 5).map(({ index }) => index)).toEqual([6, 2]);
    expect(lastLetIn(entries, 'here', 1).map(({ index }) => index)).toEqual([6]);
  });
});

function entry(index: number, visitor: string): Entry {
  return { index, term: 't', node: 'here', kind: 'enter', visitor, allowed: true, at: 0 };
}
