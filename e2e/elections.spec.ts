import { beganWith, startAtOnce } from './elections.ts';
import { expect, test } from './fixture.ts';

const ALGORITHMS = [
  { election: 'bully', messages: ['ELECT'] },
  { election: 'ring', messages: ['TOKEN'] },
  { election: 'wireless', messages: ['ELECTION_STARTED', 'ELECTION_VOTE', 'ELECTION_FINISHED'] },
] as const;

for (const { election, messages } of ALGORITHMS) {
  test(`${election}: the greatest leads; it is killed, and the next one leads; it returns, and leads again`, async ({
    park,
  }) => {
    const tabs = await park.openAll(4, { election });
    const [a, b, c, d] = tabs;
    expect((await a.status()).election).toBe(election);
    await a.enter();
    await d.crash('hang');
    await park.united([a, b, c]);
    const { id } = await c.status();
    await a.until(({ leader }, next) => leader === next, id);
    await a.enter();
    await d.recover();
    await d.until(({ role, quorum }) => role === 'leader' && quorum);
    await park.united(tabs);
    await Promise.all(tabs.map((tab) => tab.enter()));
    await park.settle();
    // Who fails may be missed first by the next one, which asks nobody. An election that begins at another gate asks.
    await b.page.evaluate(async () => {
      await window.gatehouse!.removeLeader();
      await window.gatehouse!.startElection();
    });
    const seen = () =>
      b.page.evaluate(() => window.gatehouse!.trace().map(({ what }): string => what));
    await expect.poll(seen).toEqual(expect.arrayContaining([...messages]));
  });
  test(`${election}: three gates start an election at once, and the greatest leads`, async ({
    park,
  }) => {
    const tabs = await park.openAll(4, { election });
    const starters = tabs.slice(0, 3);
    for (const { page } of tabs)
      await page.evaluate(() => window.gatehouse!.faults([{ delayMs: [60, 60] }]));
    // Each begins before it can have heard of the others. Where a busy machine was slower than that, they begin again.
    await expect(async () => {
      await tabs[0].page.evaluate(() => window.gatehouse!.removeLeader());
      await Promise.all(tabs.map((tab) => tab.until(({ vacant }) => vacant)));
      const since = await Promise.all(starters.map((tab) => tab.lastSequence()));
      await startAtOnce(starters);
      await park.united();
      for (const [place, tab] of starters.entries())
        expect(await beganWith(tab, since[place]!, messages), tab.label).toBe('sent');
    }).toPass();
    await Promise.all(tabs.map((tab) => tab.enter()));
    await park.settle();
  });
}
