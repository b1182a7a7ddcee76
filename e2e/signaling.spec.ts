import { expect, test } from './fixture.ts';

test('the signaling server stops and starts again under load: the gates go on, and a new one joins', async ({
  park,
  server,
}) => {
  const tabs = await park.openAll(3, { capacity: 1000 });
  const { term } = await tabs[0].status();
  const load = park.load();
  await load.more(30);
  await server.stop('SIGKILL');
  await Promise.all(tabs.map((tab) => tab.until(({ signaling }) => signaling === 'disconnected')));
  await load.more(200);
  for (const tab of tabs) {
    const status = await tab.status();
    expect(status).toMatchObject({ term, quorum: true });
    expect(status.peers.map(({ link }) => link)).toEqual(['open', 'open']);
  }

  await server.start();
  await Promise.all(
    tabs.map((tab) => tab.until(({ signaling }) => signaling === 'connected', undefined, 30_000)),
  );
  const { peers } = await tabs[0].status();
  expect(peers).toHaveLength(2);
  expect((await tabs[0].status()).term).toBe(term);
  await park.open({ priority: 0 });
  await park.united();
  expect((await tabs[0].status()).term).toBe(term);
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
