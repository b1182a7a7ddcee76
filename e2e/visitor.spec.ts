import type { BrowserContext, Page } from '@playwright/test';
import type {
  Entry,
  VisitorGatehouse,
  VisitorState,
  VisitorStatus,
} from '../src/runtime/gatehouse.ts';
import { expectAccessible } from './accessible.ts';
import { expect, insideOf, sharePark, test, type Park, type Tab } from './fixture.ts';

/** A visitor's own tab, as a person and a script see it. */
class VisitorTab {
  constructor(readonly page: Page) {}

  get headline() {
    return this.page.getByTestId('headline');
  }

  get more() {
    return this.page.getByTestId('more');
  }

  get gate() {
    return this.page.getByTestId('gate');
  }

  get ticket() {
    return this.page.getByTestId('ticket');
  }

  async enter(): Promise<void> {
    await this.page.getByRole('button', { name: 'Enter' }).click();
  }

  async leave(): Promise<void> {
    await this.page.getByRole('button', { name: 'Leave' }).click();
  }

  state(): Promise<VisitorState> {
    return this.page.evaluate(() => visitorCalls().state());
  }

  status(): Promise<VisitorStatus> {
    return this.page.evaluate(() => visitorCalls().status());
  }

  /** The gate that serves it. */
  async servedBy(tabs: readonly Tab[]): Promise<Tab> {
    await expect.poll(async () => (await this.state()).gate).not.toBeNull();
    const { gate } = await this.state();
    const statuses = await Promise.all(tabs.map((tab) => tab.status()));
    return tabs[statuses.findIndex(({ id }) => id === gate)]!;
  }
}

declare function visitorCalls(): VisitorGatehouse['visitor'];

async function openVisitor(device?: BrowserContext): Promise<VisitorTab> {
  const page = await (device ?? (await park.newDevice())).newPage();
  await page.addInitScript(() => {
    Object.assign(window, {
      visitorCalls: () => (window as unknown as { gatehouse: VisitorGatehouse }).gatehouse.visitor,
    });
  });
  await page.goto(park.address({ view: 'visitor' }));
  await page.locator('gh-visitor').waitFor({ state: 'attached' });
  return new VisitorTab(page);
}

let park: Park;
/** The last one leads. */
let gates: [Tab, Tab, Tab];

sharePark('Visitors', (made) => {
  park = made;
  return Promise.resolve();
});

/** What the log says that came of a visitor's requests. */
function decisions(log: readonly Entry[], visitor: string): string[] {
  const entries = log.filter((entry) => entry.visitor === visitor && entry.kind !== 'duplicate');
  return entries.map(({ kind, allowed }) => `${kind} ${allowed}`);
}

test("a visitor's tab is no member", async () => {
  const visitor = await openVisitor();
  await expect(visitor.gate).toContainText('No gate is open. Your ticket is kept');
  gates = await park.openAll(3, { capacity: 100 });
  await visitor.servedBy(gates);
  for (const tab of gates) {
    const { members, peers } = await tab.status();
    expect({ members, peers: peers.length }).toEqual({ members: 3, peers: 2 });
  }
  expect(await visitor.page.evaluate(() => Object.keys(window.gatehouse!))).toEqual(['visitor']);
  expect((await park.settle()).filter(({ subject }) => subject === undefined)).not.toHaveLength(0);

  // The same page under another view is another thing, and begins anew.
  await visitor.page.evaluate(() => (location.hash = '#/park'));
  const gate = park.follow(visitor.page, 'a gate for a moment');
  await gate.opened();
  await gate.until(({ quorum, members }) => quorum && members === 4);
  await visitor.page.evaluate(() => (location.hash = '#/visitor'));
  await visitor.page.locator('gh-visitor').waitFor({ state: 'attached' });
  await gates[0].until(({ members }) => members === 3, undefined, 20_000);
  await visitor.page.close();
});

test('a visitor enters and leaves by its own tab', async () => {
  const opening = gates[0].page.context().waitForEvent('page');
  await gates[0].page.getByRole('button', { name: "Open a visitor's tab" }).click();
  const opened = new VisitorTab(await opening);
  await expect(opened.headline).toHaveText('You are outside');
  await opened.page.close();

  const visitor = await openVisitor();
  const gate = await visitor.servedBy(gates);
  await expect(visitor.gate).toContainText((await gate.status()).name);
  expect(await visitor.state()).toEqual({ phase: 'idle', gate: (await gate.status()).id });
  await visitor.enter();
  await expect(visitor.headline).toHaveText('You are inside');
  const { visitor: name } = await visitor.status();
  await Promise.all(
    gates.map((tab) => tab.until(({ visitors }, who) => visitors.includes(who), name)),
  );
  const desk = gate.page.getByRole('list', { name: "Visitors' tabs at this gate" });
  await expect(desk.getByRole('listitem').filter({ hasText: name })).toContainText('came in');
  await expect(gate.page.locator('gh-log')).toContainText('in by own phone');
  await expectAccessible(visitor.page);

  await visitor.leave();
  await expect(visitor.headline).toHaveText('You are outside');
  const again = await visitor.page.evaluate(() => visitorCalls().leave());
  expect(again).toMatchObject({ visitor: name, allowed: false, reason: 'not-inside' });
  const log = await park.settle();
  expect(decisions(log, name)).toEqual(['enter true', 'leave true', 'leave false']);
});

test('a visitor whom the door lets out or in sees it, also one whose page was closed', async () => {
  const [gate] = gates;
  const visitor = await openVisitor();
  await expect.poll(async () => (await visitor.state()).gate).not.toBeNull();
  await visitor.enter();
  await expect(visitor.headline).toHaveText('You are inside');
  const name = (await visitor.status()).visitor;
  await gate.page.evaluate((who) => window.gatehouse!.leave(who), name);
  await expect(visitor.headline).toHaveText('You are outside');
  await expect(visitor.more).toHaveText('You were let out at the door.');
  const address = visitor.page.url();
  await visitor.page.goto('about:blank');
  await gate.page.evaluate((who) => window.gatehouse!.enter(who), name);
  await visitor.page.goto(address);
  await expect(visitor.headline).toHaveText('You are inside');
  await expect(visitor.more).toContainText('let in at the door');
  // Only the start page's address offers it.
  await expect(visitor.page.getByRole('link', { name: 'Open a gate here' })).toHaveCount(0);
  await park.settle();
});

test('refused when the park is full', async () => {
  const [gate] = gates;
  const { visitor: first } = await gate.enter();
  await park.settle();
  const capacity = (await gate.status()).occupancy;
  expect(await gate.setCapacity(capacity)).toMatchObject({ allowed: true });
  const visitor = await openVisitor();
  await visitor.servedBy(gates);
  await visitor.enter();
  await expect(visitor.more).toContainText('the park is full');
  await expect(visitor.headline).toHaveText('You are outside');
  await gate.leave(first!);
  const outcome = await visitor.page.evaluate(() => visitorCalls().enter());
  expect(outcome).toMatchObject({ allowed: true });
  await expect(visitor.headline).toHaveText('You are inside');
  // Door staff let out whoever shows a ticket.
  await gate.leave(outcome.visitor!);
  await expect(visitor.more).toHaveText('You were let out at the door.');
  await park.settle();
  await gate.setCapacity(100);
});

test('a reload keeps the ticket', async () => {
  const visitor = await openVisitor();
  const serving = await visitor.servedBy(gates);
  const code = await visitor.ticket.textContent();
  const { visitor: name } = await visitor.status();
  // What the holder of the mutex asks for itself does not wait.
  const holder = gates.find((tab) => tab !== serving)!;
  await holder.lock();
  await visitor.enter();
  await expect(visitor.headline).toHaveText('Asking to enter …');
  await visitor.page.reload();
  await expect(visitor.ticket).toHaveText(code!);
  // Whichever gate it finds now, its request has the same number.
  expect((await visitor.status()).request).toBe(1);
  await holder.release();
  await expect(visitor.headline).toHaveText('You are inside');
  await visitor.page.reload();
  await expect(visitor.headline).toHaveText('You are inside');
  await expect(visitor.ticket).toHaveText(code!);
  // Another tab of the same phone is another visitor.
  const other = await openVisitor(visitor.page.context());
  await expect(other.headline).toHaveText('You are outside');
  expect(await other.ticket.textContent()).not.toBe(code);
  const log = await park.settle();
  expect(decisions(log, name)).toEqual(['enter true']);
});

test('V2: a page whose ticket was cleared says so, and takes another one', async () => {
  const visitor = await openVisitor();
  await visitor.servedBy(gates);
  const { visitor: name, park: from } = await visitor.status();
  await visitor.page.evaluate(
    (database) =>
      new Promise<void>((done, failed) => {
        const request = indexedDB.deleteDatabase(database);
        request.onsuccess = () => done();
        request.onerror = () => failed(new Error('not deleted'));
      }),
    `gatehouse/${from}/tickets`,
  );
  await visitor.enter();
  await expect(visitor.headline).toHaveText('This page has lost its ticket');
  expect(await visitor.state()).toEqual({ phase: 'idle', gate: null });
  await expectAccessible(visitor.page);
  await visitor.page.getByRole('button', { name: 'Take a new ticket' }).click();
  await expect(visitor.headline).toHaveText('You are outside');
  expect((await visitor.status()).visitor).not.toBe(name);
  expect(decisions(await park.settle(), name)).toEqual([]);
  await visitor.page.close();
});

test('twenty visitors at once through random gates: all recorded', async () => {
  const before = insideOf(await park.settle());
  const phone = await park.newDevice();
  const visitors = await Promise.all(Array.from({ length: 6 }, () => openVisitor(phone)));
  await Promise.all(visitors.map((visitor) => visitor.servedBy(gates)));
  // The phones have found a gate by chance; and so does each of the others.
  const byHand = Array.from({ length: 14 }, () => {
    const gate = gates[Math.floor(Math.random() * gates.length)]!;
    return gate.page.evaluate(() => window.gatehouse!.enter());
  });
  const byPhone = visitors.map(({ page }) => page.evaluate(() => visitorCalls().enter()));
  for (const outcome of await Promise.all([...byHand, ...byPhone]))
    expect(outcome).toMatchObject({ allowed: true });
  const log = await park.settle();
  const inside = insideOf(log).filter((name) => !before.includes(name));
  expect(inside).toHaveLength(20);
  for (const visitor of visitors) expect(inside).toContain((await visitor.status()).visitor);
});

test('its gate dies in the middle of a request: another gate answers, exactly once', async () => {
  const visitor = await openVisitor();
  const gate = await visitor.servedBy(gates);
  const { visitor: name } = await visitor.status();
  const others = gates.filter((tab) => tab !== gate);
  await others[0]!.lock();
  await visitor.enter();
  await expect(visitor.headline).toHaveText('Asking to enter …');
  // It is in this gate's outbox, which is all that is left of the request there.
  await gate.until(({ pending }) => pending > 0);
  await gate.kill();
  const ids = await Promise.all(others.map(async (tab) => (await tab.status()).id));
  await expect.poll(async () => ids.includes((await visitor.state()).gate ?? '')).toBe(true);
  await others[0]!.release();
  await expect(visitor.headline).toHaveText('You are inside', { timeout: 15_000 });
  // Its outbox asks again, for what another gate has asked meanwhile.
  const back = await park.open({ priority: gates.indexOf(gate) + 1 });
  await back.until(({ quorum, pending }) => quorum && pending === 0);
  const log = await park.settle();
  expect(decisions(log, name)).toEqual(['enter true']);
  expect(insideOf(log)).toContain(name);
});
