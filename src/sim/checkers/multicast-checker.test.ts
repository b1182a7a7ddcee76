import { beforeEach, describe, expect, it } from 'vitest';
import type { Delivered } from '../../core/multicast/history.ts';
import type { View } from '../../core/multicast/multicast.ts';
import type { Applied } from '../../core/replica.ts';
import { MulticastChecker, type ObservedMember } from './multicast-checker.ts';

/** A member of the group as the checker sees it, that does whatever a test wants it to. */
class FakeMember implements ObservedMember {
  view: View | null = null;
  #applied: View | null = null;
  #count = 0;
  #deliver: (delivered: Delivered) => void = () => undefined;
  #apply: (applied: Applied) => void = () => undefined;

  readonly replica: ObservedMember['replica'] = {
    view: () => this.#applied,
    onApplied: (listener) => {
      this.#apply = listener;
    },
  };

  readonly groups: ObservedMember['groups'] = {
    of: () => ({
      incarnation: 'first',
      view: this.view,
      history: {
        onDelivered: (listener) => {
          this.#deliver = listener;
        },
      },
    }),
  };

  constructor(checker: MulticastChecker, id: string) {
    // The group is asked anew each time, as the real one changes.
    const { groups } = this;
    const observed = {
      replica: this.replica,
      groups: { of: () => live(() => groups.of('lamport')) },
    };
    checker.follow(`${id}#1`, observed);
  }

  /** Its log brings a view, and it is in that one. */
  enters(view: View): void {
    this.#applied = view;
    this.view = view;
    this.#count = 0;
    const command = { kind: 'view', order: 'lamport', view, base: 0, cut: [] } as const;
    const entry = { index: view.number, term: 'T', at: 0, command };
    this.#apply({ entry, outcome: null, decidedAt: entry.index, duplicate: false });
  }

  delivers(text: string, from: string, number: number, said?: number): void {
    const { view } = this;
    if (!view) throw new Error('it is in no view');
    this.#count += 1;
    const position = said ?? view.start + this.#count;
    this.#deliver({
      id: text,
      multicast: { from, incarnation: 'first', number, text },
      view,
      position: { view: view.number, number: position },
      ms: null,
    });
  }
}

type Group = ReturnType<ObservedMember['groups']['of']>;

function live(group: () => Group): Group {
  return {
    get incarnation() {
      return group().incarnation;
    },
    get view() {
      return group().view;
    },
    history: group().history,
  };
}

/** @param delivered of each member in the views before; that is all, unless `start` says otherwise */
function viewOf(
  number: number,
  delivered: Readonly<Record<string, number>>,
  start = Object.values(delivered).reduce((sum, count) => sum + count, 0),
): View {
  const members = Object.entries(delivered).map(([id, before]) => ({
    id,
    incarnation: 'first',
    delivered: before,
  }));
  return { number, start, members };
}

const FIRST = viewOf(1, { anna: 0, bert: 0 });

let checker: MulticastChecker;
let anna: FakeMember;
let bert: FakeMember;

beforeEach(() => {
  checker = new MulticastChecker(
    'lamport',
    (work) => {
      work();
    },
    () => undefined,
  );
  anna = new FakeMember(checker, 'anna');
  bert = new FakeMember(checker, 'bert');
  for (const member of [anna, bert]) member.enters(FIRST);
});

function asks(id: string): string {
  return checker.asked(`${id}#1`, id, `m-${id}`);
}

const PAGES = ['anna#1', 'bert#1'];

describe('a good run', () => {
  it('is one order, in views that end alike', () => {
    const [a, b] = [asks('anna'), asks('bert')];
    for (const member of [anna, bert]) {
      member.delivers(a, 'anna', 1);
      member.delivers(b, 'bert', 1);
    }
    checker.answered('anna#1', a, 'ok');
    const second = viewOf(2, { anna: 1, bert: 1 });
    for (const member of [anna, bert]) member.enters(second);
    const c = asks('anna');
    for (const member of [anna, bert]) member.delivers(c, 'anna', 2);
    checker.ended(PAGES);
    expect(checker.positionAt('bert#1', c)).toEqual({ view: 2, number: 3 });
    checker.checkOrder([a, b, c], 'a room');
  });
});

describe('T1: total order', () => {
  it('no two members deliver in two orders', () => {
    const [a, b] = [asks('anna'), asks('bert')];
    anna.delivers(a, 'anna', 1);
    expect(() => {
      bert.delivers(b, 'bert', 1);
    }).toThrow('T1');
  });

  it('nothing is delivered twice', () => {
    const a = asks('anna');
    anna.delivers(a, 'anna', 1);
    expect(() => {
      anna.delivers(a, 'anna', 2);
    }).toThrow('is delivered twice');
  });

  it('none of a sender is left out', () => {
    asks('bert');
    const second = asks('bert');
    expect(() => {
      anna.delivers(second, 'bert', 2);
    }).toThrow('no. 2 of bert.first comes, due is 1');
  });

  it('its position is where it stands', () => {
    const a = asks('anna');
    expect(() => {
      anna.delivers(a, 'anna', 1, 2);
    }).toThrow('is said to be 2');
  });

  it('nobody delivers what was not sent, or in the name of another', () => {
    const a = asks('anna');
    expect(() => {
      bert.delivers(a, 'bert', 1);
    }).toThrow('bert did not send');
  });
});

it('T2: what a sender had delivered comes before what it sent then', () => {
  const a = asks('anna');
  bert.delivers(a, 'anna', 1);
  const b = asks('bert');
  anna = new FakeMember(checker, 'anna');
  anna.view = FIRST;
  anna.delivers(b, 'bert', 1);
  expect(() => {
    anna.delivers(a, 'anna', 1);
  }).toThrow('T2');
});

describe('T3: the end of a view', () => {
  it('who goes on has delivered all that anybody has', () => {
    const a = asks('anna');
    anna.delivers(a, 'anna', 1);
    expect(() => {
      bert.enters(viewOf(2, { anna: 1, bert: 0 }));
    }).toThrow('T3: bert#1 in view 1: lacks some');
  });

  it('those who go on have delivered the same', () => {
    const second = viewOf(2, { anna: 0, bert: 0 });
    bert.enters(second);
    const a = asks('anna');
    expect(() => {
      anna.delivers(a, 'anna', 1);
    }).toThrow('T3');
  });

  it('a view begins after what was delivered in those before', () => {
    const a = asks('anna');
    for (const member of [anna, bert]) member.delivers(a, 'anna', 1);
    for (const member of [anna, bert]) member.enters(viewOf(2, { anna: 0, bert: 0 }, 1));
    const b = asks('bert');
    expect(() => {
      anna.delivers(b, 'bert', 1);
    }).toThrow('begins after 0');
  });

  it('T7: the numbers go on where the last view ended', () => {
    const a = asks('anna');
    for (const member of [anna, bert]) member.delivers(a, 'anna', 1);
    expect(() => {
      anna.enters(viewOf(2, { anna: 1, bert: 0 }, 0));
    }).toThrow('T7: anna#1 in view 1: ends with 1, not 0');
  });

  it('in the end all of one view have delivered the same', () => {
    anna.delivers(asks('anna'), 'anna', 1);
    expect(() => {
      checker.ended(PAGES);
    }).toThrow('bert#1 has delivered 0 of 1');
  });

  it('where all members of a view are lost, so is what they had delivered', () => {
    anna.delivers(asks('anna'), 'anna', 1);
    expect(() => {
      bert.enters(viewOf(2, { carl: 0 }));
    }).not.toThrow();
  });
});

describe('T14: answers', () => {
  it('a send that was answered is delivered there', () => {
    const a = asks('anna');
    bert.delivers(a, 'anna', 1);
    expect(() => {
      checker.answered('anna#1', a, 'ok');
    }).toThrow('T14');
  });

  it('one that surely failed is delivered nowhere', () => {
    const a = asks('anna');
    for (const member of [anna, bert]) member.delivers(a, 'anna', 1);
    checker.answered('anna#1', a, 'fail');
    expect(() => {
      checker.ended(PAGES);
    }).toThrow('T14');
  });
});

it('C9: a room has its texts in the order in which they were delivered', () => {
  const [a, b] = [asks('anna'), asks('bert')];
  anna.delivers(a, 'anna', 1);
  anna.delivers(b, 'bert', 1);
  expect(() => {
    checker.checkOrder([b, a], 'a room');
  }).toThrow('C9');
});
