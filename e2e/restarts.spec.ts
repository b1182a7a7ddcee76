/** `RESTARTS=100 npm run test:e2e restarts` (or `npm run siege`): the signaling server dies again and again. */
import type { Page } from '@playwright/test';
import { expect, test, type Tab } from './fixture.ts';

const RESTARTS = Number(process.env['RESTARTS'] ?? 3);
const GATES = 3;

declare global {
  interface Window {
    /** What a watched page saw that must not be. */
    seenDuringRestarts?: string[];
    /** RTCPeerConnections that the page ever made: a link that closed would be made anew. */
    connectionsMade?: number;
  }
}

/** Before the page's own scripts. */
function countConnections(): void {
  window.connectionsMade = 0;
  window.RTCPeerConnection = new Proxy(window.RTCPeerConnection, {
    construct(target, args: [RTCConfiguration?]) {
      window.connectionsMade = (window.connectionsMade ?? 0) + 1;
      return new target(...args);
    },
  });
}

/** In the page: notes every change of the leader, the term or a link from now on. */
function watch(others: number): void {
  const gatehouse = window.gatehouse!;
  const { leader, term } = gatehouse.status();
  const seen: string[] = [];
  window.seenDuringRestarts = seen;
  gatehouse.subscribe((status) => {
    const open = status.peers.filter(({ link }) => link === 'open').length;
    if (status.leader !== leader) seen.push(`leader ${String(status.leader)}`);
    if (status.term !== term) seen.push(`term ${status.term}`);
    if (open !== others) seen.push(`${open} links`);
    if (!status.quorum) seen.push('no quorum');
  });
}

const seenBy = (page: Page): Promise<unknown> =>
  page.evaluate(() => [window.seenDuringRestarts, window.connectionsMade]);

const registered = (tabs: readonly Tab[], signaling: 'connected' | 'disconnected') =>
  Promise.all(
    tabs.map((tab) =>
      tab.until((status, wanted) => status.signaling === wanted, signaling, 30_000),
    ),
  );

test(`${RESTARTS} restarts of the signaling server: no link closes, no leader changes, admissions go on`, async ({
  park,
  server,
}) => {
  test.setTimeout(60_000 + RESTARTS * 10_000);
  const device = await park.newDevice();
  await device.addInitScript(countConnections);
  const tabs = await park.openAll(GATES, { device, capacity: 100_000 });
  const load = park.load(tabs);
  await load.more(10);
  await Promise.all(tabs.map(({ page }) => page.evaluate(watch, GATES - 1)));
  const before = await Promise.all(tabs.map(({ page }) => seenBy(page)));

  for (let restart = 0; restart < RESTARTS; restart++) {
    await server.stop(restart % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
    await registered(tabs, 'disconnected');
    await load.more(10);
    await server.start();
    await registered(tabs, 'connected');
    await load.more(10);
    expect(await Promise.all(tabs.map(({ page }) => seenBy(page)))).toEqual(before);
  }

  await load.stop();
  await park.settle();
  // A newcomer finds the park by the last server.
  await park.open({ priority: 0, device });
  await park.united();
  const { outcomes } = load;
  const params = { restarts: RESTARTS, gates: GATES };
  console.log(JSON.stringify({ name: 'restarts', params, ok: true, also: { outcomes } }));
  console.log(
    `restarts: held: no link closed and no leader changed (${RESTARTS} restarts, ${GATES} gates, ` +
      `${outcomes} outcomes meanwhile)`,
  );
});
