import { afterEach, expect, it } from 'vitest';
import { FakeGatehouse } from './dev/fake-gatehouse.ts';
import { TabWishes } from './tab-wishes.ts';

const open: TabWishes[] = [];
afterEach(() => {
  for (const tabs of open.splice(0)) tabs.close();
});

function tab(status: { id: string; park?: string }): { fake: FakeGatehouse; wishes: TabWishes } {
  // Nobody else in reach: a roll call ends when this one has answered.
  const fake = new FakeGatehouse({ status: { peers: [{ ...PEER, id: 'bert' }], ...status } });
  const wishes = new TabWishes(fake);
  open.push(wishes);
  return { fake, wishes };
}

const PEER = {
  name: 'Gate Bert',
  priority: 2,
  voter: true,
  suspected: false,
  link: 'open',
} as const;

it('knows the gates of its park in the tabs of this browser, and how they are', async () => {
  const [anna, bert] = [tab({ id: 'anna' }), tab({ id: 'bert' })];
  tab({ id: 'bert', park: 'other' });
  bert.fake.crash();
  bert.wishes.evaluates = true;
  const gates = await anna.wishes.rollCall();
  expect(gates.map(({ gate, runs, evaluates }) => [gate.id, runs, evaluates])).toEqual([
    ['anna', true, false],
    ['bert', false, true],
  ]);
});

it('has the gate in another tab deposit, buy and fail, and tells what became of it', async () => {
  const [anna, bert] = [tab({ id: 'anna' }), tab({ id: 'bert' })];
  const lot = { kind: 'deposit', product: 'salt', quantity: 2, price: 10 } as const;
  expect(await anna.wishes.ask('bert', lot)).toEqual({ kind: 'done' });
  const want = { kind: 'buy', product: 'salt', quantity: 1 } as const;
  const told = await anna.wishes.ask('bert', want);
  expect(told).toMatchObject({ kind: 'bought', result: 'bought', trader: 'herona1b2c3' });
  expect(bert.fake.market.state().stock).toMatchObject([{ quantity: 1, price: 10 }]);
  expect(await anna.wishes.ask('bert', { kind: 'hang', forMs: 10 })).toEqual({ kind: 'done' });
  expect(bert.fake.calls).toEqual(['crash hang']);
  expect(anna.fake.calls).toEqual([]);
});

it('has the gate in another tab let a crowd in, and tells how many came in', async () => {
  const [anna, bert] = [tab({ id: 'anna' }), tab({ id: 'bert' })];
  await bert.fake.setCapacity(bert.fake.status().occupancy + 3);
  const told = await anna.wishes.ask('bert', { kind: 'stress', visitors: 5 });
  expect(told).toEqual({ kind: 'stressed', allowed: 3, refused: 2, failed: 0 });
  expect(bert.fake.calls).toEqual(['stress 5']);
  expect(anna.fake.calls).toEqual([]);
});

it('asks its own gate without a channel, and tells why something was not done', async () => {
  const { fake, wishes } = tab({ id: 'anna' });
  fake.crash = () => {
    throw new Error('not now');
  };
  const told = await wishes.ask('anna', { kind: 'hang', forMs: 10 });
  expect(told).toEqual({ kind: 'not-done', message: 'not now' });
});

it.each([
  null,
  'who',
  { kind: 'wish', to: 'bert', wish: 'x', asks: { kind: 'terminate' } },
  { kind: 'wish', to: 'bert', wish: 'x', asks: { kind: 'hang', forMs: 1e9 } },
  { kind: 'wish', to: 'bert', wish: 'x', asks: { kind: 'hang', forMs: 10 }, more: true },
  { kind: 'wish', to: 'bert', wish: 'x', asks: { kind: 'stress', visitors: 257 } },
])('takes nothing that does not fit: %j', async (said) => {
  const [anna, bert] = [tab({ id: 'anna' }), tab({ id: 'bert' })];
  const stranger = new BroadcastChannel('gatehouse wishes main');
  stranger.postMessage(said);
  // What is asked later is heard later.
  await anna.wishes.ask('bert', { kind: 'buy', product: 'fish', quantity: 1 });
  expect(bert.fake.calls).toEqual([]);
  stranger.close();
});
