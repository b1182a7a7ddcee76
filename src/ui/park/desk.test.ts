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

  it('makes a name for a visitor without one, and tells it even while nothing is known', async () => {
    const desk = new Desk(new FakeGatehouse());
    expect(tell(await desk.tap({ kind: 'enter' })).headline).toMatch(/^Visitor \w{6} is in$/);
    const unsure = new Desk(new FakeGatehouse({ failure: { code: 'timeout', definite: false } }));
    expect(tell(await unsure.tap({ kind: 'enter' })).headline).toMatch(
      /^Not known yet: Visitor \w{6} may be in$/,
    );
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
    desk.settle([{ ...entry(9, 'Ann'), node: 'herona1b2c3', kind: 'leave' }]);
    expect(desk.taps.map(tell)[0]).toEqual({ headline: 'Ann is out', more: 'Log no. 9' });
    expect([...desk.leaving]).toEqual([]);
  });

  describe('what was unknown, when the outbox is empty', () => {
    const own = (index: number, visitor: string): Entry => ({
      ...entry(index, visitor),
      node: 'herona1b2c3',
    });
    async function unsure(...visitors: string[]): Promise<[Desk, FakeGatehouse]> {
      const fake = new FakeGatehouse({ failure: { code: 'timeout', definite: false } });
      const desk = new Desk(fake);
      for (const visitor of visitors) await desk.tap({ kind: 'enter', visitor });
      return [desk, fake];
    }
    const headlines = (desk: Desk): string[] => desk.taps.map((tap) => tell(tap).headline);

    it('was refused when the log says so', async () => {
      const [desk] = await unsure('Zoe');
      desk.settle([{ ...own(9, 'Zoe'), allowed: false, reason: 'full' }]);
      expect(headlines(desk)).toEqual(['Refused: the park is full']);
    });

    it('is not answered by other gates, by what was there before, nor by visitors themselves', async () => {
      const [desk, fake] = await unsure('Zoe');
      const { commitIndex } = fake.status();
      desk.settle([own(commitIndex, 'Zoe'), entry(9, 'Zoe'), { ...own(10, 'Zoe'), ownTab: true }]);
      expect(headlines(desk)).toEqual(['No answer came: Zoe may be in']);
    });

    it('is found in the log later, too', async () => {
      const [desk] = await unsure('Zoe');
      desk.settle([]);
      desk.settle([own(9, 'Zoe')]);
      expect(headlines(desk)).toEqual(['Zoe is in']);
    });

    it('is found by a name that was typed in another way', async () => {
      const [desk] = await unsure('Zoe\u0308  Q');
      desk.settle([own(9, 'Zo\u00eb Q')]);
      expect(desk.taps[0]?.answer.phase).toBe('done');
    });

    it('takes an entry for the answer to one tap only, the earlier one', async () => {
      const [desk] = await unsure('Zoe', 'Zoe');
      desk.settle([own(9, 'Zoe')]);
      expect(headlines(desk)).toEqual(['No answer came: Zoe may be in', 'Zoe is in']);
    });

    it('is said to be of another log after this gate gave way to one', async () => {
      const [desk, fake] = await unsure('Zoe');
      fake.set({ generation: 'z9z8z7z6' });
      desk.settle([]);
      expect(desk.taps.map(tell)[0]?.more).toMatch(/follows another log now/);
    });
  });

  it('takes an error that it does not know for indefinite', async () => {
    const boom = () => Promise.reject(new Error('boom'));
    const status = () => new FakeGatehouse().status();
    const desk = new Desk({ enter: boom, leave: boom, setCapacity: boom, status });
    expect((await desk.tap({ kind: 'enter' })).answer.phase).toBe('unknown');
  });

  it('lets quick taps hide nothing', async () => {
    const answers: ((outcome: Outcome) => void)[] = [];
    const enter = (visitor?: string): Promise<Outcome> =>
      visitor === 'Bad'
        ? Promise.reject(new GatehouseError('timeout', false, ''))
        : new Promise((resolve) => answers.push(resolve));
    const status = () => new FakeGatehouse().status();
    const desk = new Desk({ enter, leave: enter, setCapacity: () => enter(), status });
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
