import { beforeEach, describe, expect, it } from 'vitest';
import type { EntryCommand } from '../../core/entry.ts';
import { LogChecker, STATE_INTERVAL } from './log-checker.ts';
import { deposit, enter, FakeNode, founding, MEMBERS, T1, T2, T3 } from './testing/fake-node.ts';

const OPENING: EntryCommand = { kind: 'opening' };
const ALLOWED = { allowed: true };
const T4 = '000000000004.anna';

let checker: LogChecker;
/** Calls what a node's driver calls after every step. */
let stepped: Map<FakeNode, () => void>;

beforeEach(() => {
  checker = new LogChecker(() => 0);
  stepped = new Map();
});

function node(name: string): FakeNode {
  const made = new FakeNode();
  stepped.set(made, checker.follow(name, made));
  return made;
}

function step(which: FakeNode): void {
  stepped.get(which)?.();
}

/** Somebody acknowledges everything, in this term. */
function acknowledge(from: string, term: string, index: number): void {
  const match = { index, term };
  checker.quorums.sent(from, { type: 'APPENDED', term, ok: true, match, beat: 0 });
}

function promise(from: string, term: string): void {
  const last = { index: 0, term: '' };
  checker.quorums.sent(from, { type: 'PROMISE', term, last, members: [], tail: [] });
}

/** Takes the office in good order. */
function lead(
  which: FakeNode,
  term: string,
  from = ['bert', 'carl'],
  opening: EntryCommand = OPENING,
): void {
  for (const id of from) promise(id, term);
  which.append(term, opening);
  which.promised = term;
  which.leadership = { term };
  step(which);
}

/** A park that anna has founded, and in which one visitor is. */
function park(...more: EntryCommand[]): FakeNode {
  const anna = node('anna#1').append(T1, founding(1));
  lead(anna, T1);
  anna.append(T1, enter('anna', 1, 'v1'), ...more);
  acknowledge('bert', T1, 3 + more.length);
  return anna;
}

/** A follower that holds the same. */
function follower(name: string, of: FakeNode): FakeNode {
  const made = node(name);
  made.entries.push(...of.entries);
  return made;
}

describe('a good run', () => {
  it('keeps all rules: a leader commits, a follower too, a client is told, another leader takes over', () => {
    const anna = park();
    anna.commitTo(3);
    step(anna);
    expect(checker.told(anna, 'anna.1', 3, ALLOWED).generation).toBe('one');
    const bert = follower('bert#1', anna);
    bert.commitTo(3);
    lead(bert, T2, ['carl']);
    acknowledge('carl', T2, 4);
    bert.commitTo(4);
    step(bert);
    expect(checker.lineages.get('one')?.length).toBe(4);
  });

  it('with a snapshot in the place of the log', () => {
    const anna = park();
    anna.commitTo(3);
    const carl = node('carl#1');
    carl.install(3, T1, [{ id: 'one', at: { index: 1, term: T1 } }]);
    expect(() => step(carl)).not.toThrow();
  });
});

it('S2: a follower commits what no leader has committed', () => {
  const anna = park();
  anna.commitTo(2);
  const bert = follower('bert#1', anna);
  bert.commitTo(2);
  expect(() => bert.commitTo(3)).toThrow('S2: bert#1 commits 3, which no leader has committed');
});

describe('S1, S3: outcomes', () => {
  it('S1: a node admits one too many', () => {
    const anna = park(enter('anna', 2, 'v2'));
    anna.lies.set(4, { allowed: true });
    expect(() => anna.commitTo(4)).toThrow('S1');
  });

  it('S3: a node lets somebody in twice', () => {
    const anna = park(enter('anna', 2, 'v1'));
    anna.lies.set(4, { allowed: true });
    expect(() => anna.commitTo(4)).toThrow('S3');
  });

  it('S8: a node refuses whom it should admit', () => {
    const anna = park();
    anna.lies.set(3, { allowed: false, reason: 'full' });
    expect(() => anna.commitTo(3)).toThrow('S8');
  });

  it('S3: the park of a node is not what its log makes of it', () => {
    const more = Array.from({ length: STATE_INTERVAL - 3 }, () => OPENING);
    const anna = park(...more);
    anna.commitTo(3);
    anna.park.inside.clear();
    expect(() => anna.commitTo(STATE_INTERVAL)).toThrow('S3');
  });
});

describe('S2: what was told is not lost', () => {
  it('a client is told of what nobody committed', () => {
    const anna = park();
    anna.commitTo(2);
    expect(() => checker.told(anna, 'anna.1', 3, ALLOWED)).toThrow('S2');
  });

  it('a client is told of another entry', () => {
    const anna = park();
    anna.commitTo(3);
    expect(() => checker.told(anna, 'anna.1', 2, ALLOWED)).toThrow('S2');
  });

  it('S8: a client is told another outcome', () => {
    const anna = park();
    anna.commitTo(3);
    const full = { allowed: false, reason: 'full' };
    expect(() => checker.told(anna, 'anna.1', 3, full)).toThrow('S8');
    expect(() => checker.told(anna, 'anna.1', 3, null)).toThrow('S8');
  });

  it('a later leader lacks a committed entry', () => {
    const anna = park();
    anna.commitTo(3);
    const bert = node('bert#1').append(T1, founding(1), OPENING);
    expect(() => lead(bert, T2, ['carl'])).toThrow('S2');
  });

  it('a later leader lacks one in the middle, though its last one fits', () => {
    const anna = park();
    anna.commitTo(3);
    const bert = follower('bert#1', anna);
    const second = bert.entries[1];
    if (second) bert.entries[1] = { ...second, term: '000000000000.zara' };
    expect(() => lead(bert, T2, ['carl'])).toThrow('S2');
  });

  it('a leader commits what too few acknowledged', () => {
    const anna = node('anna#1').append(T1, founding(1));
    lead(anna, T1);
    expect(() => anna.commitTo(2)).toThrow('S2');
  });

  it('R4: a leader commits what a majority holds of an older term alone', () => {
    const anna = park();
    anna.commitTo(2);
    const bert = follower('bert#1', anna);
    bert.commitTo(2);
    lead(bert, T2, ['carl']);
    acknowledge('carl', T2, 3);
    expect(() => bert.commitTo(3)).toThrow('S2');
  });

  it('a leader counts a majority of a membership that is no more in force', () => {
    const grown = [...MEMBERS, { id: 'dora', priority: 4, name: 'dora', voter: true }];
    const anna = park();
    anna.commitTo(3);
    anna.append(T1, { kind: 'membership', change: 'promote', subject: 'dora', members: grown });
    step(anna);
    acknowledge('bert', T1, 4);
    expect(() => anna.commitTo(4)).toThrow('2 of 4');
  });

  describe('M2: the membership changes', () => {
    const without = (...ids: string[]): EntryCommand => ({
      kind: 'membership',
      change: 'leave',
      subject: ids[0] ?? '',
      members: MEMBERS.filter(({ id }) => !ids.includes(id)),
    });

    it('by one voter, one after the other: good', () => {
      const anna = park();
      anna.commitTo(3);
      anna.append(T1, without('carl'));
      step(anna);
      acknowledge('bert', T1, 4);
      anna.commitTo(4);
      anna.append(T1, without('carl', 'bert'));
      expect(() => step(anna)).not.toThrow();
    });

    it('by two at once', () => {
      const anna = park();
      anna.commitTo(3);
      anna.append(T1, without('carl', 'bert'));
      expect(() => step(anna)).toThrow('2 voters at once');
    });

    it('while another change is open', () => {
      const anna = park();
      anna.commitTo(3);
      anna.append(T1, without('carl'), without('carl', 'bert'));
      expect(() => step(anna)).toThrow('before 4 is committed');
    });

    it('before the term is open', () => {
      const anna = park();
      anna.append(T1, without('carl'));
      expect(() => step(anna)).toThrow('is open');
    });
  });
});

describe('S4: leaders', () => {
  it('two lead one term', () => {
    const anna = park();
    expect(anna.leadership).not.toBeNull();
    const bert = node('bert#1').append(T1, founding(1), OPENING);
    expect(() => lead(bert, T1, ['anna', 'carl'])).toThrow('S4');
  });

  it('one leads without a quorum of promises', () => {
    const anna = node('anna#1').append(T1, founding(1));
    expect(() => lead(anna, T1, [])).toThrow('S4');
  });

  it('G4: one that a person forced lacks the promise of a voter that was not named', () => {
    const anna = node('anna#1').append(T1, founding(1));
    const command: EntryCommand = {
      kind: 'generation',
      generation: 'two',
      without: ['bert'],
      members: [],
    };
    expect(() => lead(anna, T3, ['bert'], command)).toThrow('S4');
    expect(() => lead(anna, '000000000004.anna', ['carl'], command)).not.toThrow();
  });

  it('one of an older term commits something new', () => {
    const anna = park();
    anna.commitTo(3);
    const bert = follower('bert#1', anna);
    bert.commitTo(3);
    lead(bert, T2, ['carl']);
    acknowledge('carl', T2, 4);
    bert.commitTo(4);
    anna.entries.push(...bert.entries.slice(3));
    anna.append(T2, OPENING);
    expect(() => anna.commitTo(5)).toThrow('S4');
  });
});

describe('S5: tokens', () => {
  it('one that was granted is used by another', () => {
    const anna = park();
    checker.tokens.granted({ term: T1, number: 1 }, 'bert', 7);
    expect(() => anna.commitTo(3)).toThrow('S5');
  });
});

describe('S6: one log', () => {
  it('two nodes commit different entries', () => {
    const anna = park();
    anna.commitTo(3);
    const bert = node('bert#1').append(T1, founding(1), OPENING, enter('bert', 1, 'v9'));
    expect(() => bert.commitTo(3)).toThrow('S6');
  });

  it('a snapshot has other members than the log has where it stands', () => {
    const anna = park();
    anna.commitTo(3);
    const carl = node('carl#1');
    carl.install(3, T1, [{ id: 'one', at: { index: 1, term: T1 } }], MEMBERS.slice(1));
    expect(() => step(carl)).toThrow('S6');
  });

  it('a snapshot stands where nobody committed anything', () => {
    const anna = park();
    anna.commitTo(2);
    const carl = node('carl#1');
    carl.install(3, T1, [{ id: 'one', at: { index: 1, term: T1 } }]);
    expect(() => step(carl)).toThrow('S6');
  });

  it('equal logs give different states', () => {
    const more = Array.from({ length: STATE_INTERVAL - 3 }, () => OPENING);
    const anna = park(...more);
    anna.commitTo(STATE_INTERVAL);
    const bert = follower('bert#1', anna);
    bert.commitTo(3);
    bert.park.inside.add('ghost');
    expect(() => bert.commitTo(STATE_INTERVAL)).toThrow('S6');
  });

  it('long states are told by the place where they differ', () => {
    const names = Array.from({ length: STATE_INTERVAL - 2 }, (_, i) => `v${i}`.padEnd(200, '.'));
    const anna = node('anna#1').append(T1, founding(names.length));
    lead(anna, T1);
    anna.append(T1, ...names.map((name, i) => enter('anna', i + 1, name)));
    acknowledge('bert', T1, STATE_INTERVAL);
    anna.commitTo(STATE_INTERVAL);
    const bert = follower('bert#1', anna);
    bert.commitTo(STATE_INTERVAL - 1);
    bert.park.inside.delete(names[20] ?? '');
    expect(() => bert.commitTo(STATE_INTERVAL)).toThrow(
      /^S6: bert#1 at 32 has …[^…]*"v21[^…]*… \(\d+ characters\), others have …[^…]*"v20[^…]*…/,
    );
  });
});

describe('S7: once', () => {
  it('an operation that stands in the log twice is applied twice', () => {
    const anna = park(enter('anna', 1, 'v1'));
    anna.lies.set(4, { allowed: false, reason: 'already-inside' });
    expect(() => anna.commitTo(4)).toThrow('S7');
  });

  it('it is skipped the second time: good', () => {
    const anna = park(enter('anna', 1, 'v1'));
    expect(() => anna.commitTo(4)).not.toThrow();
  });
});

describe('K1 to K7: the market', () => {
  const clock = [['anna', 1]];

  it('a deposit is applied, told, and in the state: good', () => {
    const fill = Array.from({ length: STATE_INTERVAL - 4 }, () => OPENING);
    const anna = park(deposit('anna', 2), ...fill);
    expect(() => anna.commitTo(STATE_INTERVAL)).not.toThrow();
    expect(() => checker.told(anna, 'anna.2', 4, { success: true, clock })).not.toThrow();
  });

  it('K5, K4: an answer that is not due, or with another clock', () => {
    const anna = park(deposit('anna', 2), deposit('anna', 3));
    anna.lies.set(5, { success: false, reason: 'market-full', clock: [['anna', 2]] });
    anna.commitTo(4);
    expect(() => anna.commitTo(5)).toThrow('K5');
    expect(() => checker.told(anna, 'anna.2', 4, null)).toThrow('K4');
  });

  it('K3: goods that nobody deposited', () => {
    const fill = Array.from({ length: STATE_INTERVAL - 4 }, () => OPENING);
    const anna = park(deposit('anna', 2), ...fill);
    anna.commitTo(4);
    anna.market.apply({ index: 99, term: T1, at: 0, command: deposit('anna', 9) });
    expect(() => anna.commitTo(STATE_INTERVAL)).toThrow('K3');
  });
});

describe('S2: each generation on its own', () => {
  it('what a person went on without may be lacking; in the old one it still counts', () => {
    const anna = park();
    anna.commitTo(3);
    const carl = node('carl#1').append(T1, founding(1), OPENING);
    lead(carl, T3, ['bert'], {
      kind: 'generation',
      generation: 'two',
      without: ['anna'],
      members: MEMBERS,
    });
    acknowledge('bert', T3, 3);
    carl.commitTo(3);
    expect(checker.lineages.get('two')?.indexOf('anna.1')).toBeUndefined();
    expect(checker.lineages.get('one')?.indexOf('anna.1')).toBe(3);
    expect(() => checker.told(carl, 'anna.1', 3, ALLOWED)).toThrow('S2');
  });
});

describe('S2: entries that a younger generation has committed first', () => {
  const forced = (generation: string, without: string[]): EntryCommand => ({
    kind: 'generation',
    generation,
    without,
    members: MEMBERS,
  });

  /** Carl goes on without the others, and commits what anna, who leads them, has not committed yet. */
  function overtaken(): FakeNode {
    const anna = park();
    anna.commitTo(2);
    const carl = follower('carl#1', anna);
    lead(carl, T3, [], forced('two', ['anna', 'bert']));
    acknowledge('bert', T3, 4);
    carl.commitTo(4);
    return anna;
  }

  it('are committed in the old one too, which goes on from them in a third', () => {
    const anna = overtaken();
    anna.commitTo(3);
    expect(checker.lineages.get('one')?.length).toBe(3);
    lead(anna, T4, ['bert'], forced('three', ['carl']));
    acknowledge('bert', T4, 4);
    expect(() => anna.commitTo(4)).not.toThrow();
    expect(checker.lineages.get('three')?.length).toBe(4);
  });

  it('still need a majority there', () => {
    checker = new LogChecker(() => 0);
    const anna = node('anna#1').append(T1, founding(1));
    lead(anna, T1);
    anna.append(T1, enter('anna', 1, 'v1'));
    acknowledge('bert', T1, 2);
    anna.commitTo(2);
    const carl = follower('carl#1', anna);
    lead(carl, T3, [], forced('two', ['anna', 'bert']));
    acknowledge('bert', T3, 4);
    carl.commitTo(4);
    expect(() => anna.commitTo(3)).toThrow('S2');
  });
});

describe('a log that is set aside', () => {
  /** Carl goes on without the others, in a generation that grows out of theirs. */
  function goOn(from: FakeNode, isCommitted = true): void {
    const carl = follower('carl#1', from);
    lead(carl, T3, [], {
      kind: 'generation',
      generation: 'two',
      without: ['anna', 'bert'],
      members: MEMBERS,
    });
    acknowledge('bert', T3, carl.entries.length);
    carl.commitTo(carl.entries.length - (isCommitted ? 0 : 1));
    step(carl);
  }

  /** Anna's park, with a visitor; in reach is one that grew out of it. */
  function withVisitor(isCommitted = true): FakeNode {
    const anna = park();
    anna.commitTo(3);
    goOn(anna, isCommitted);
    step(anna);
    return anna;
  }

  const givesWay = (which: FakeNode) => (): void => {
    which.giveWay();
    step(which);
  };

  it('G4: for one that grew out of it, where no quorum is left: good', () => {
    const anna = withVisitor();
    expect(givesWay(anna)).not.toThrow();
    expect(checker.setAside).toEqual([{ node: 'anna', generation: 'one', through: 3 }]);
  });

  it('G4: though it has a quorum, and nobody chose', () => {
    const anna = withVisitor();
    anna.hasQuorum = true;
    step(anna);
    expect(givesWay(anna)).toThrow('G4');
  });

  it('G4, F4: a quorum that it heard before it slept is none: good', () => {
    const anna = withVisitor();
    anna.hasQuorum = true;
    step(anna);
    checker.slept(anna);
    expect(givesWay(anna)).not.toThrow();
  });

  it('G4, F4: though it hears a quorum again since it slept', () => {
    const anna = withVisitor();
    anna.hasQuorum = true;
    checker.slept(anna);
    step(anna);
    expect(givesWay(anna)).toThrow('G4');
  });

  it('G4: for one that is not committed, and may be taken back', () => {
    expect(givesWay(withVisitor(false))).toThrow('G2');
  });

  it('G2: with visitors, for a park that was founded apart, and nobody chose', () => {
    const anna = park();
    anna.commitTo(3);
    step(anna);
    expect(givesWay(anna)).toThrow(
      'G2: anna#1 sets generation one aside, with visitors, and nobody chose',
    );
  });

  it('G2: with a snapshot, which may stand for visitors', () => {
    park().commitTo(3);
    const carl = node('carl#1');
    carl.install(3, T1, [{ id: 'one', at: { index: 1, term: T1 } }]);
    step(carl);
    expect(givesWay(carl)).toThrow('G2');
  });

  it('G2: without anything in it: good', () => {
    const anna = park();
    anna.commitTo(2);
    step(anna);
    expect(givesWay(anna)).not.toThrow();
  });

  it('G6: by a person, who was shown the other one: good', () => {
    const anna = withVisitor();
    anna.hasQuorum = true;
    step(anna);
    checker.choices.chose('anna#1', true);
    expect(givesWay(anna)).not.toThrow();
  });

  it('G6: by a person, to whom nothing was shown', () => {
    const anna = withVisitor();
    checker.choices.chose('anna#1', false);
    expect(givesWay(anna)).toThrow('G6');
  });

  it('G6: after a person was told that it can not be, or somebody chose elsewhere', () => {
    const anna = park();
    anna.commitTo(3);
    step(anna);
    checker.choices.chose('anna#1', true)();
    checker.choices.chose('bert#1', true);
    expect(givesWay(anna)).toThrow('G2');
  });

  it('G3: not before another one takes its place', () => {
    const anna = park();
    anna.commitTo(3);
    const zora = node('zora#1').append(T1, founding(1, MEMBERS, 'zwei'));
    lead(zora, '000000000001.zora');
    zora.append('000000000001.zora', enter('zora', 1, 'v9', 2), OPENING);
    for (const id of ['bert', 'carl']) acknowledge(id, '000000000001.zora', 4);
    zora.commitTo(4);
    anna.install(4, '000000000001.zora', [{ id: 'zwei', at: { index: 1, term: T1 } }]);
    expect(() => step(anna)).toThrow('S6: anna#1 goes on in zwei at 4');
  });
});

it('S8, X2: an old token is refused for good only in an open term', () => {
  const anna = park();
  expect(() => checker.declined('anna')).toThrow('S8');
  anna.commitTo(2);
  expect(() => checker.declined('anna')).not.toThrow();
});
