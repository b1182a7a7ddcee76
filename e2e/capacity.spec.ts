import { expect, sharePark, test, type Park, type Tab } from './fixture.ts';

let park: Park;
let tabs: [Tab, Tab, Tab, Tab, Tab];

sharePark('Capacity', async (made) => {
  park = made;
  tabs = await park.openAll(5, { capacity: 1 });
});

test('capacity 1, and five gates that try at once: exactly one gets in, again and again', async () => {
  for (let round = 0; round < 10; round++) {
    const outcomes = await Promise.all(tabs.map((tab) => tab.enter()));
    const winners = outcomes.filter(({ allowed }) => allowed);
    expect(winners, `round ${round}`).toHaveLength(1);
    const losers = outcomes.filter(({ allowed }) => !allowed);
    expect(new Set(losers.map(({ reason }) => reason))).toEqual(new Set(['full']));
    await tabs[round % 5]!.leave(winners[0]!.visitor!);
  }
  await park.settle();
});

test('nobody is inside twice, leaves twice, or leaves without being inside', async () => {
  const entering = await Promise.all(tabs.map((tab) => tab.enter('Ann')));
  const entered = entering.map(({ allowed, reason = 'let in' }) => `${allowed} ${reason}`);
  expect(entered.sort()).toEqual([...Array<string>(4).fill('false already-inside'), 'true let in']);
  const leaving = await Promise.all(tabs.map((tab) => tab.leave('Ann')));
  const left = leaving.map(({ allowed, reason = 'let out' }) => `${allowed} ${reason}`);
  expect(left.sort()).toEqual([...Array<string>(4).fill('false not-inside'), 'true let out']);
  await park.settle();
});

test('the capacity can be changed at any gate, but not below what is inside', async () => {
  await tabs[1].setCapacity(2);
  await tabs[0].enter();
  await tabs[1].enter();
  expect(await tabs[2].enter()).toMatchObject({ allowed: false, reason: 'full' });
  expect(await tabs[2].setCapacity(3)).toMatchObject({ allowed: true });
  expect(await tabs[2].enter()).toMatchObject({ allowed: true });
  expect(await tabs[0].setCapacity(2)).toMatchObject({ allowed: false, reason: 'full' });
  await Promise.all(tabs.map((tab) => tab.until(({ capacity }) => capacity === 3)));
  await park.settle();
});
