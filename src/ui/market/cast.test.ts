import { expect, test } from 'vitest';
import type { OwnGate } from '../tab-wishes.ts';
import { castOf, type Situation } from './cast.ts';

function own(id: string, priority: number, changes: Partial<OwnGate> = {}): OwnGate {
  return { gate: { id, priority }, runs: true, trades: false, evaluates: false, ...changes };
}

const GATES = [own('anna', 1), own('bert', 2), own('carl', 3), own('dora', 4)];
const RICH = { anna: 1000, bert: 1000, carl: 1000, dora: 1000 };

function situation(changes: {
  status?: Partial<Situation['status']>;
  market?: Partial<Situation['market']>;
  gates?: readonly OwnGate[];
}): Situation {
  return {
    status: { id: 'anna', quorum: true, leader: 'dora', members: 4, inStep: 4, ...changes.status },
    market: { accounts: RICH, stock: [], ...changes.market },
    gates: changes.gates ?? GATES,
    cost: 800,
    nameOf: (id) => `Gate ${id}`,
  };
}

test.each([
  ['this gate buys', 'anna', { buyer: 'anna', seller: 'bert' }],
  ['whichever of the two it is', 'bert', { buyer: 'bert', seller: 'anna' }],
  ['but not the one that takes over', 'carl', { buyer: 'anna', seller: 'bert' }],
  ['nor the trader', 'dora', { buyer: 'anna', seller: 'bert' }],
])('%s', (_, id, parts) => {
  const cast = castOf(situation({ status: { id } }));
  expect(cast).toEqual({ trader: 'dora', product: 'salt', buyUp: [], ...parts });
});

test('the richer of the others buys when this gate has too little', () => {
  const cast = castOf(situation({ market: { accounts: { ...RICH, anna: 200 } } }));
  expect(cast).toMatchObject({ buyer: 'bert', seller: 'anna' });
});

test('it trades in what nobody has; else the seller buys up what is worth the least', () => {
  const lot = (seller: string, product: string, quantity: number, price: number) => {
    return { seller, product, quantity, price };
  };
  const some = [lot('anna', 'salt', 4, 1), lot('bert', 'fish', 1, 5000)];
  expect(castOf(situation({ market: { stock: some } }))).toMatchObject({
    product: 'boar',
    buyUp: [],
  });
  const all = [
    ...some,
    lot('anna', 'boar', 90, 9),
    lot('carl', 'salt', 2, 9),
    lot('carl', 'salt', 3, 9),
  ];
  expect(castOf(situation({ market: { stock: all } }))).toMatchObject({
    product: 'salt',
    buyUp: [5, 4],
  });
});

test.each<[string, Parameters<typeof situation>[0], string]>([
  [
    'too few tabs',
    { gates: GATES.slice(1) },
    'It takes four gates in tabs of this browser: the trader, which fails, the one that takes over, a seller and a buyer. 3 are running here: open 1 more.',
  ],
  [
    'one that is down',
    { gates: [...GATES.slice(1), own('anna', 1, { runs: false })] },
    '3 are running here',
  ],
  ['no trader', { status: { leader: null } }, 'There is no trader now.'],
  [
    'a trader on another device',
    { status: { leader: 'emil' } },
    'The trader, Gate emil, is no tab of this browser',
  ],
  [
    'another evaluation',
    { gates: [...GATES, own('emil', 0, { evaluates: true })] },
    'An evaluation is under way in the tab of Gate emil.',
  ],
  [
    'automatic trading',
    { gates: [...GATES, own('emil', 0, { trades: true })] },
    'Stop automatic trading first: at Gate emil.',
  ],
  ['too many away', { status: { members: 6 } }, 'Only 4 of 6 gates are in step'],
  [
    'no money',
    { market: { accounts: { ...RICH, anna: 10, bert: 20 } } },
    'The purchases cost 800, and none of Gate bert and Gate anna has as much.',
  ],
  [
    'full shelves',
    {
      market: {
        stock: ['salt', 'boar', 'fish'].map((product) => ({
          seller: 'carl',
          product,
          quantity: 1,
          price: 2000,
        })),
      },
    },
    'Too much is in stock of everything: Gate bert',
  ],
])('it says in plain words what is in the way: %s', (_, changes, words) => {
  expect(castOf(situation(changes))).toContain(words);
});
