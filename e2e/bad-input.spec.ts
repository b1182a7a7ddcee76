import { expectAccessible } from './accessible.ts';
import { expect, test, type Tab } from './fixture.ts';

declare global {
  interface Window {
    /** The data channels that this page has sent over. */
    usedChannels?: Set<RTCDataChannel>;
  }
}

/** Runs in the page before its own code. */
function watchChannels(): void {
  const used = new Set<RTCDataChannel>();
  window.usedChannels = used;
  const { send } = RTCDataChannel.prototype;
  RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: never): void {
    used.add(this);
    send.call(this, data);
  };
}

/** Sends these over every open channel of the page, past everything that it is made of: texts as they are, or framed. */
async function shout(tab: Tab, raw: readonly string[], framed: readonly string[]): Promise<void> {
  await tab.page.evaluate(
    ({ raw, framed }) => {
      const open = [...window.usedChannels!].filter(({ readyState }) => readyState === 'open');
      for (const channel of open) {
        for (const text of raw) channel.send(text);
        channel.send(Uint8Array.of(9, 9, 9));
        for (const text of framed) {
          channel.send(Uint8Array.of(0, ...new TextEncoder().encode(text)));
        }
      }
    },
    { raw, framed },
  );
}

test('garbage over a real data channel changes nothing, and the lab counts it by reason', async ({
  park,
}) => {
  const device = await park.newDevice({ colorScheme: 'dark' });
  await device.addInitScript(watchChannels);
  const liar = await park.open({ device, priority: 1, name: 'Gate Magpie' });
  const tab = await park.open({ device, priority: 2, view: 'lab' });
  await park.united();
  await tab.enter('Ann');
  const { page } = tab;
  const panel = page.getByRole('region', { name: 'Refused input by reason' });
  await expect(page.getByRole('heading', { name: 'Refused input' })).toBeVisible();
  await expect(page.getByText('is checked before it is used')).toBeVisible();
  await expect(panel).toBeHidden();
  expect((await tab.status()).refused).toEqual([]);

  const [{ id: source }, before] = [await liar.status(), await tab.status()];
  const operation = { id: { node: before.id, sequence: 1 }, settledBelow: 1, under: null };
  const body = { machine: 'park', kind: 'leave', visitor: 'Ann' };
  const says = (message: unknown): string => {
    const { generation } = before;
    const wire = { kind: 'data', source, target: before.id, hops: 0 };
    return JSON.stringify({ ...wire, body: { generation, message } });
  };
  await shout(
    liar,
    ['a text', '<img src=x onerror=alert(1)>'],
    [
      'no JSON',
      '{"kind":"data"}',
      says({ type: 'LEAVE', '<b>': 1 }),
      says({ type: 'SUBMIT', operations: [{ ...operation, body }] }),
    ],
  );
  const refused = [
    ['frame: no bytes', 2],
    ['frame: unknown kind', 1],
    ['frame: no JSON', 1],
    ['wire: data: bad source', 1],
    ['message: unknown field', 1],
    ["SUBMIT: another node's operation", 1],
  ] as const;
  for (const [reason, count] of refused) {
    const row = panel.getByRole('row').filter({ hasText: reason });
    await expect(row.getByRole('cell', { name: String(count), exact: true })).toBeVisible();
    await expect(row).toContainText('gate');
    await expect(row).toContainText('Gate Magpie');
  }
  const after = await tab.status();
  const { refused: _, ...others } = after;
  expect(after.refused.map(({ count }) => count).reduce((sum, count) => sum + count)).toBe(7);
  expect(others).toMatchObject({ term: before.term, visitors: ['Ann'], members: 2, quorum: true });
  const trace = await page.evaluate(() => window.gatehouse!.trace());
  expect(trace.filter(({ kind }) => kind === 'refused')).toHaveLength(7);
  await expectAccessible(page);

  // The link stands, and the park goes on over it.
  await liar.enter('Bob');
  await park.settle();
});

test('what a signaling server says against its protocol is refused and counted', async ({
  park,
}) => {
  const device = await park.newDevice();
  await device.routeWebSocket('**/signaling', (socket) => {
    socket.connectToServer();
    socket.send('no JSON');
    socket.send('{"type":"joined","member":{"id":"anna","priority":1,"name":"","admin":true}}');
    socket.send(`{"type":"gone","id":"${'x'.repeat(5000)}"}`);
  });
  const tab = await park.open({ device, view: 'lab' });
  await tab.ready();
  const row = tab.page.getByRole('row').filter({ hasText: 'no message of the protocol' });
  await expect(row.getByRole('cell', { name: '3', exact: true })).toBeVisible();
  await expect(row).toContainText('server');
  expect((await tab.status()).refused).toMatchObject([
    { source: 'signaling', count: 3, from: null },
  ]);
  await tab.enter('Ann');
  await park.settle();
});

test('a slot whose records are damaged is left as it is, and that is told', async ({ park }) => {
  const device = await park.newDevice();
  const first = await park.open({ device });
  await first.ready();
  await first.page.evaluate(async () => {
    const [{ name = '' } = {}] = await indexedDB.databases();
    const opening = indexedDB.open(name);
    await new Promise((resolve) => (opening.onsuccess = resolve));
    const transaction = opening.result.transaction('records', 'readwrite');
    transaction.objectStore('records').put('{"id":"<b>","priority":1}', 'identity');
    await new Promise((resolve) => (transaction.oncomplete = resolve));
  });
  await first.page.close();
  const tab = await park.open({ device, view: 'lab' });
  await tab.ready();
  const row = tab.page.getByRole('row').filter({ hasText: 'slot 0: identity' });
  await expect(row).toContainText('disk');
  expect((await tab.status()).refused).toMatchObject([{ source: 'storage', count: 1 }]);
});
