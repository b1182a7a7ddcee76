import { expect, test } from './fixture.ts';
import { undisturbed } from './undisturbed.ts';

test('the signaling server stops and starts again under load: the gates go on, and a new one joins', async ({
  park,
  server,
}) => {
  // Rounds that a busy machine has disturbed are done again.
  test.setTimeout(120_000);
  const members = await park.openAll(3, { capacity: 1000 });
  const load = park.load();
  const termOf = async (): Promise<string> => (await members[0].status()).term;
  const terms = await undisturbed(members, async () => {
    const before = await termOf();
    await load.more(30);
    await server.stop('SIGKILL');
    await Promise.all(
      members.map((tab) => tab.until(({ signaling }) => signaling === 'disconnected')),
    );
    await load.more(200);
    const without = await Promise.all(members.map((tab) => tab.status()));
    for (const { quorum, peers } of without) {
      expect(quorum).toBe(true);
      expect(peers.map(({ link }) => link)).toEqual(['open', 'open']);
    }

    await server.start();
    await Promise.all(
      members.map((tab) =>
        tab.until(({ signaling }) => signaling === 'connected', undefined, 30_000),
      ),
    );
    const again = await members[0].status();
    expect(again.peers).toHaveLength(2);
    return [before, again.term, ...without.map(({ term }) => term)];
  });
  expect(new Set(terms).size).toBe(1);

  const [before, after] = await undisturbed(members, async () => {
    const term = await termOf();
    await park.open({ priority: 0 });
    await park.united();
    return [term, await termOf()];
  });
  expect(after).toBe(before);
  await load.more(30);
  await load.stop();
  await park.settle();
});

test('a leader crashes and recovers right after the server came back', async ({ park, server }) => {
  const tabs = await park.openAll(3);
  await server.stop();
  await Promise.all(tabs.map((tab) => tab.until(({ signaling }) => signaling === 'disconnected')));
  await tabs[2].crash();
  await park.united(tabs.slice(0, 2));
  await server.start();
  await tabs[2].recover();
  await park.united(tabs, 30_000);
  await Promise.all(tabs.map((tab) => tab.enter()));
  await park.settle();
});

test('parks on one server know nothing of each other', async ({ park, server, browser }) => {
  const { Park } = await import('./fixture.ts');
  const other = new Park(`${park.name} too`, server, browser);
  park.afterwards(() => other.close());
  await park.openAll(2);
  await other.openAll(2);
  await park.tabs[0]!.enter('Ann');
  await other.tabs[0]!.enter('Bob');
  await park.settle();
  await other.settle();
  expect((await park.tabs[1]!.status()).visitors).toEqual(['Ann']);
  expect((await other.tabs[1]!.status()).visitors).toEqual(['Bob']);
});
