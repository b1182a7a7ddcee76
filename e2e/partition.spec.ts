import type { Status } from '../src/runtime/gatehouse.ts';
import { expect, sharePark, test, type Park, type Tab } from './fixture.ts';
import { undisturbed } from './undisturbed.ts';

let park: Park;
let tabs: [Tab, Tab, Tab, Tab, Tab];

sharePark('Partition', async (made) => {
  park = made;
  tabs = await park.openAll(5, { capacity: 1 });
});

test('a capacity of 1 holds across two sides', async () => {
  const [a, b, c, d, e] = tabs;
  await d.cutFrom(a, b, c);
  await e.cutFrom(a, b, c);
  const answers = await Promise.all(tabs.map((tab) => tab.tryEnter()));
  expect(answers.filter((answer) => answer.ok && answer.outcome.allowed)).toHaveLength(1);
  await Promise.all([d, e].map((tab) => tab.heal()));
  await park.united(tabs);
  const log = await park.settle(tabs);
  expect(log.filter(({ kind, allowed }) => kind === 'enter' && allowed)).toHaveLength(1);
  await a.setCapacity(1000);
});

test('of two sides the minority admits nobody, the majority goes on, and healing brings both together', async () => {
  const [a, b, c, d, e] = tabs;
  await e.cutFrom(a, b, c);
  await d.cutFrom(a, b, c);
  const majority = [a, b, c];
  const minority = [d, e];
  const tries = Promise.all(minority.map((tab) => tab.tryEnter()));

  const third = (await c.status()).id;
  await Promise.all(
    majority.map((tab) => tab.until(({ leader, quorum }, id) => quorum && leader === id, third)),
  );
  await Promise.all(minority.map((tab) => tab.until(({ quorum }) => !quorum)));
  for (const tab of majority) expect(await tab.enter()).toMatchObject({ allowed: true });
  for (const answer of await tries) expect(answer.ok).toBe(false);
  const late = await e.tryEnter();
  expect(late).toMatchObject({ ok: false, code: 'no-quorum', definite: true });
  await park.expectSound(tabs);

  await Promise.all(minority.map((tab) => tab.heal()));
  await park.united(tabs);
  await Promise.all(tabs.map((tab) => tab.enter()));
  await park.settle(tabs);
});

test('a missing link between two followers disturbs nobody', async () => {
  const [a, b] = tabs;
  const other = (await b.status()).id;
  const round = async (): Promise<string[]> => {
    const { term } = await a.status();
    await a.cutFrom(b);
    const load = park.load();
    await load.more(300);
    await load.stop();
    await a.heal();
    await a.until(
      ({ peers }, id) => peers.some((peer) => peer.id === id && !peer.suspected),
      other,
    );
    await park.settle();
    return [term, ...(await Promise.all(tabs.map((tab) => tab.status()))).map((now) => now.term)];
  };
  expect(new Set(await undisturbed(tabs, round, [a, b])).size).toBe(1);
});

test('a missing link between a follower and the leader disturbs nobody else', async () => {
  const [cutOff, ...others] = tabs;
  const leader = tabs[4];
  const round = async (): Promise<{ before: Status; during: Status[]; after: Status[] }> => {
    const before = await cutOff.status();
    await cutOff.cutFrom(leader);
    await cutOff.until(({ quorum }) => !quorum);
    const load = park.load(others);
    // Longer than it takes to evict: the cut-off gate is heard by all the others, but not by the leader.
    await leader.until(
      ({ peers }, id) => peers.some((peer) => peer.id === id && peer.suspected),
      before.id,
    );
    await load.more(300);
    const during = await Promise.all(others.map((tab) => tab.status()));
    await cutOff.heal();
    await park.united(tabs);
    await load.stop();
    await park.settle(tabs);
    return { before, during, after: await Promise.all(tabs.map((tab) => tab.status())) };
  };
  const { before, during, after } = await undisturbed(tabs, round, [cutOff, leader]);
  for (const status of during) {
    expect(status).toMatchObject({ term: before.term, leader: before.leader, quorum: true });
  }
  for (const { term } of after) expect(term).toBe(before.term);
});

test('loss and delay on every link lose nothing', async () => {
  for (const { page } of tabs) {
    await page.evaluate(() => window.gatehouse!.faults([{ drop: 0.1, delayMs: [0, 20] }]));
  }
  const load = park.load();
  await load.more(100);
  await load.stop();
  await Promise.all(tabs.map((tab) => tab.heal()));
  await park.united(tabs);
  await park.settle(tabs);
});
