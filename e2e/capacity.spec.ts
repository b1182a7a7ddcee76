import { expect, insideOf, sharePark, test, type Park, type Tab } from './fixture.ts';
import type { Outcome } from '../src/runtime/gatehouse.ts';

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

/** So many visitors at once, each at a gate at random. */
function atRandomGates(visitors: number): Promise<Outcome[]> {
  const gates = Array.from({ length: visitors }, () => Math.floor(Math.random() * tabs.length));
  return Promise.all(gates.map((gate) => tabs[gate]!.enter()));
}

function namesOf(outcomes: readonly Outcome[], allowed: boolean): (string | undefined)[] {
  return outcomes.filter((one) => one.allowed === allowed).map(({ visitor }) => visitor);
}

/** Lets so many out who are inside, at the gates in turn. */
async function letOut(visitors: number): Promise<void> {
  const inside = insideOf(await park.settle()).slice(0, visitors);
  await Promise.all(inside.map((name, at) => tabs[at % tabs.length]!.leave(name)));
}

test('the stress test: capacity 30 in an empty park, twenty requests at random gates, and twenty more: exactly as many get in as fit', async () => {
  await tabs[0].setCapacity(30);
  expect(insideOf(await park.settle())).toEqual([]);

  const first = await atRandomGates(20);
  expect(namesOf(first, true), 'all of them fit').toHaveLength(20);
  const second = await atRandomGates(20);
  expect(namesOf(second, true), 'ten fit').toHaveLength(10);
  const refused = second.filter(({ allowed }) => !allowed);
  expect(refused.map(({ reason }) => reason)).toEqual(Array<string>(10).fill('full'));
  const inside = insideOf(await park.settle());
  expect(inside.sort()).toEqual([...namesOf(first, true), ...namesOf(second, true)].sort());

  await test.step('the same from the lab, at random gates of this browser', async () => {
    await letOut(15);
    const { page } = tabs[0];
    await page.goto(page.url().replace('#/park', '#/lab'));
    await page.getByLabel("Each at a random gate of this browser's tabs").check();
    await page.getByRole('button', { name: 'Admit 20 at once' }).click();
    await page.getByRole('button', { name: 'Admit them' }).click();
    await expect(page.getByTestId('stress')).toHaveText(
      /^15 let in, 5 refused, 0 failed, in \d+ ms, through [2-5] gates\.$/,
    );
    const log = await park.settle();
    expect(insideOf(log)).toHaveLength(30);
    const asked = log.filter(({ kind }) => kind === 'enter').slice(-20);
    expect(new Set(asked.map(({ node }) => node)).size).toBeGreaterThan(1);
    await page.goto(page.url().replace('#/lab', '#/park'));
  });
  await letOut(30);
  await tabs[0].setCapacity(1);
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
