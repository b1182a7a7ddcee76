import { DEFAULT_TIMING } from '../src/core/timers.ts';
import { expect, sharePark, test, type Park, type Tab } from './fixture.ts';

let park: Park;

test.describe('three gates', () => {
  let tabs: [Tab, Tab, Tab];

  sharePark('Commands', async (made) => {
    park = made;
    tabs = await park.openAll(3, { capacity: 1000 });
  });

  /** Who was let in by the entries after so many, once nothing is under way. */
  async function enteredSince(count: number): Promise<(string | undefined)[]> {
    const log = await park.settle();
    const entered = log.slice(count).filter(({ kind }) => kind === 'enter');
    return entered.map(({ visitor }) => visitor);
  }

  test('bad calls are refused as invalid and definite, and do no harm', async () => {
    const [a] = tabs;
    const errors = await a.page.evaluate(async () => {
      const gatehouse = window.gatehouse! as unknown as Record<
        string,
        (...values: unknown[]) => unknown
      >;
      const calls: [string, unknown][] = [
        ['enter', ''],
        ['enter', 7],
        ['enter', 'x'.repeat(1000)],
        ['setCapacity', -1],
        ['setCapacity', 1.5],
        ['stress', 0],
        ['crash', 'gently'],
        ['faults', 'all'],
        ['faults', [{ drop: 2 }]],
        ['proceedWithout', []],
        ['adopt', 'nothing'],
        ['rename', ' '],
        ['log', 'first'],
        ['feign', { failAfterMs: [5, 1] }],
      ];
      const told: unknown[] = [];
      for (const [name, value] of calls) {
        try {
          await gatehouse[name]!.call(gatehouse, value);
          told.push(`${name} was taken`);
        } catch (error) {
          const { code, definite } = error as { code: string; definite: boolean };
          told.push(`${name} ${code} ${definite}`);
        }
      }
      return told;
    });
    for (const told of errors) expect(told).toMatch(/ invalid true$/);
    await a.enter();
    await park.settle();
  });

  test('a gate that is renamed has its new name everywhere, and after a reload', async () => {
    const [a, b] = tabs;
    const { id } = await a.status();
    await a.page.evaluate(() => window.gatehouse!.rename('North door'));
    await b.until(
      ({ peers }, gate) => peers.some((peer) => peer.id === gate && peer.name === 'North door'),
      id,
    );
    await a.page.reload();
    await a.opened();
    await park.united();
    expect((await a.status()).name).toBe('North door');
  });

  test('a leader that is removed leaves the office empty until somebody starts an election', async () => {
    const { term } = await tabs[0].status();
    await tabs[0].page.evaluate(() => window.gatehouse!.removeLeader());
    await Promise.all(tabs.map((tab) => tab.until(({ vacant }) => vacant)));
    // Longer than any failure would take to be noticed: the refusal comes after five seconds.
    const answers = await Promise.all(tabs.map((tab) => tab.tryEnter()));
    for (const answer of answers) {
      expect(answer).toMatchObject({ ok: false, code: 'no-quorum', definite: true });
    }
    for (const tab of tabs)
      expect(await tab.status()).toMatchObject({ vacant: true, quorum: false });

    await tabs[1].page.evaluate(() => window.gatehouse!.startElection());
    await park.united(tabs);
    expect((await tabs[0].status()).term > term).toBe(true);
    await Promise.all(tabs.map((tab) => tab.enter()));
    await park.settle();
  });

  test('an election while there is a leader leaves the greatest in office', async () => {
    const load = park.load();
    for (const tab of tabs) {
      await tab.page.evaluate(() => window.gatehouse!.startElection());
      await park.united(tabs);
      await load.more(10);
    }
    await load.stop();
    await park.settle();
  });

  test('who holds the mutex comes first; the others wait in turn, each with a greater token', async () => {
    const [a, b, c] = tabs;
    const before = (await park.settle()).length;
    const tokens = [await a.lock()];
    const order: string[] = [];
    const later = b.lock().then(async (token) => {
      order.push('b holds');
      tokens.push(token);
      await b.release();
    });
    const section = c.enter('waits').then(() => order.push('c entered'));
    // All three have passed through the leader, after what the others asked for before.
    for (let n = 0; n < 3; n++) await a.enter(`first ${n}`);
    order.push('a releases');
    await a.release();
    await later;
    await section;
    expect(order[0]).toBe('a releases');
    tokens.push(await c.lock());
    await c.release();
    const [first, second, third] = tokens.map(
      ({ term, number }) => `${term} ${String(number).padStart(9, '0')}`,
    );
    expect(first! < second! && second! < third!).toBe(true);
    expect(await enteredSince(before)).toEqual(['first 0', 'first 1', 'first 2', 'waits']);
  });

  test('what comes under an old token is refused', async () => {
    const [a, b, c] = tabs;
    const before = (await park.settle()).length;
    const asked = Date.now();
    await a.lock();
    await a.cutFrom(b, c);
    // The leader takes the holder for dead, and the mutex passes on; the holder does not know.
    await b.lock();
    const late = a.tryEnter('too late');
    await a.until(({ pending }) => pending === 1);
    // Before the holder is back: it may have asked for promises alone, and a leader who hears of its greater term begins one more.
    await b.enter('in time');
    await a.heal();
    expect(await late).toMatchObject({ ok: false, code: 'invalid', definite: true });
    await b.release();
    // Whoever was granted it stays refused, whoever leads by now, until they give it back or the lease ends.
    const still = await a.tryEnter('still too late');
    if (Date.now() - asked < DEFAULT_TIMING.lease) {
      expect(still).toMatchObject({ ok: false, code: 'invalid', definite: true });
    }
    await a.release();
    await a.enter('without the mutex');
    const afterLease = still.ok ? ['still too late'] : [];
    expect(await enteredSince(before)).toEqual(['in time', ...afterLease, 'without the mutex']);
  });

  test('gates that feign failure under load lose nothing', async () => {
    // They stand long enough, mostly, to link, to elect and to serve somebody.
    const load = park.load(tabs);
    for (const { page } of tabs) {
      await page.evaluate(() =>
        window.gatehouse!.feign({ failAfterMs: [500, 4000], failForMs: [100, 800] }),
      );
    }
    await Promise.all(tabs.map((tab) => tab.until(({ role }) => role === 'crashed')));
    await load.more(50);
    for (const { page } of tabs) {
      await page.evaluate(async () => {
        window.gatehouse!.feign(false);
        await window.gatehouse!.recover();
      });
    }
    await park.united(tabs);
    await load.more(20);
    await load.stop();
    await park.settle();
  });

  test('the mutex of a holder that crashed passes on long before its lease ends', async () => {
    const [a, b, c] = tabs;
    const old = await a.lock();
    const next = b.lock();
    await a.kill();
    const started = Date.now();
    const token = await next;
    expect(Date.now() - started).toBeLessThan(5000);
    expect(token.term > old.term || token.number > old.number).toBe(true);
    await b.enter();
    await b.release();
    await c.enter();
    await park.settle([b, c]);
  });
});

test.describe('four gates, of which fewer and fewer are left', () => {
  let left: Tab[];

  sharePark('Fewer gates', async (made) => {
    park = made;
    left = await park.openAll(4);
  });

  test('a follower that terminates leaves the membership, and takes nothing more', async () => {
    const [gone, ...others] = left as [Tab, Tab, Tab, Tab];
    left = others;
    await gone.page.evaluate(() => window.gatehouse!.terminate());
    expect((await gone.status()).role).toBe('terminated');
    expect(await gone.tryEnter()).toMatchObject({ ok: false, code: 'terminated', definite: true });
    await Promise.all(others.map((tab) => tab.until(({ members }) => members === 3)));
    await Promise.all(others.map((tab) => tab.enter()));
    await park.settle(others);
  });

  test('a leader that terminates is followed by the next, and with two gates the other goes on alone', async () => {
    const [a, b, c] = left as [Tab, Tab, Tab];
    await c.page.evaluate(() => window.gatehouse!.terminate());
    await park.united([a, b]);
    await Promise.all([a, b].map((tab) => tab.until(({ members }) => members === 2)));
    await b.enter();
    await b.page.evaluate(() => window.gatehouse!.terminate());
    await a.until(({ role, quorum, members }) => role === 'leader' && quorum && members === 1);
    expect(await a.enter()).toMatchObject({ allowed: true });
    const log = await park.settle([a]);
    expect(log.filter(({ kind }) => kind === 'enter')).toHaveLength(5);
  });

  test('two gates: the leader closes its tab, and the other goes on alone and then takes it back', async () => {
    const [a] = left as [Tab];
    const b = await park.open({ priority: 3 });
    await park.united([a, b]);
    await park.settle([a, b]);
    await b.close();
    await a.until(({ role, quorum }) => role === 'leader' && quorum, undefined, 3000);
    await a.enter();
    const again = await park.open({ priority: 3 });
    left = [a, again];
    await park.united([a, again]);
    await again.enter();
    await park.settle([a, again]);
  });

  test('two gates: the follower is killed, and the leader goes on alone after it evicted it', async () => {
    const [a, b] = left as [Tab, Tab];
    // Before its term is open the leader may evict nobody (M2), and of two voters it opens none alone.
    await b.enter();
    await a.kill();
    await b.until(({ quorum }) => !quorum);
    await b.until(({ quorum, members }) => quorum && members === 1, undefined, 20_000);
    await b.enter();
    await park.settle([b]);
  });
});
