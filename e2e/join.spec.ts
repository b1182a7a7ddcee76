import { expect, test } from './fixture.ts';

test('three tabs are one park with one leader, the greatest', async ({ park }) => {
  const tabs = [
    await park.open({ priority: 2 }),
    await park.open({ priority: 3 }),
    await park.open({ priority: 1 }),
  ];
  await park.united(tabs);
  const statuses = await Promise.all(tabs.map((tab) => tab.status()));
  expect(statuses.map(({ role }) => role)).toEqual(['follower', 'leader', 'follower']);
  expect(new Set(statuses.map(({ leader }) => leader))).toEqual(new Set([statuses[1]!.id]));
  expect(new Set(statuses.map(({ term }) => term)).size).toBe(1);
  expect(new Set(statuses.map(({ generation }) => generation)).size).toBe(1);
});

test('five tabs are one park within 5 s of opening the last', async ({ park }) => {
  const opening = [1, 2, 3, 4, 5].map((priority) => park.open({ priority }));
  const tabs = await Promise.all(opening);
  await park.united(tabs, 5000);
  await park.settle(tabs);
});

test('an admission at any gate appears at all of them', async ({ park }) => {
  const tabs = await park.openAll(5);
  for (const tab of tabs) {
    const visitor = tab.newVisitor();
    const { allowed, index } = await tab.enter(visitor);
    expect(allowed).toBe(true);
    await Promise.all(
      tabs.map((other) =>
        other.until(({ visitors }, who) => visitors.includes(who), visitor, 1000),
      ),
    );
    await Promise.all(
      tabs.map((other) => other.until(({ commitIndex }, least) => commitIndex >= least, index)),
    );
  }
  const log = await park.settle(tabs);
  expect(log.filter(({ kind }) => kind === 'enter')).toHaveLength(5);
});

test('gates on different devices are one park', async ({ park }) => {
  const tabs = [
    await park.open({ priority: 1, device: await park.newDevice() }),
    await park.open({ priority: 2, device: await park.newDevice() }),
    await park.open({ priority: 3, device: await park.newDevice() }),
  ];
  await park.united(tabs);
  await Promise.all(tabs.map((tab) => tab.enter()));
  await park.settle(tabs);
});

test('a gate that joins late catches up with 2000 operations', async ({ park }) => {
  const tabs = await park.openAll(2, { capacity: 5000 });
  const result = await tabs[0].page.evaluate(() => window.gatehouse!.stress(2000));
  expect(result).toMatchObject({ allowed: 2000, refused: 0, failed: 0 });
  const late = await park.open({ priority: 3 });
  await late.until(({ occupancy }) => occupancy === 2000, undefined, 5000);
  await park.united();
  await late.enter();
  const log = await park.settle();
  expect(log.filter(({ kind }) => kind === 'enter')).toHaveLength(2001);
});

test('the capacity of the founder counts, and later ones are ignored', async ({ park }) => {
  await park.open({ priority: 1, capacity: 7 }).then((tab) => tab.ready());
  const second = await park.open({ priority: 2, capacity: 9 });
  await park.united();
  expect((await second.status()).capacity).toBe(7);
});
