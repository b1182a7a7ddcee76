import { writeFile } from 'node:fs/promises';
import { runJob } from '../src/sim/job.ts';
import { expectAccessibleInLightAndDark, sticksOut } from './accessible.ts';
import { Chatter } from './chatter.ts';
import { silence } from './elections.ts';
import { expect, test, type Park, type Tab } from './fixture.ts';
import { Post } from './market-post.ts';

/**
 * Who starts an election in a park of four, with how many messages by the formula, and how many are measured: those of
 * its authors for bully, from the best case (P = 4) to the worst (P = 1). A ring that is sorted takes 2N-P, since the
 * greatest is N-P steps away, and the page sets that against n log n and n². A mesh of four has E = 6 links, and a wave takes 2E.
 */
const COUNTS = {
  bully: [
    { p: 4, formula: ['3'], measured: '3' },
    { p: 1, formula: ['15'], measured: '15' },
  ],
  ring: [
    { p: 4, formula: ['8', '16'], measured: '4' },
    { p: 1, formula: ['8', '16'], measured: '7' },
  ],
  wireless: [{ p: 2, formula: ['12'], measured: '12' }],
} as const;

async function expectCounts(park: Park, election: keyof typeof COUNTS): Promise<void> {
  // Elections that a busy machine has disturbed are held again.
  test.setTimeout(120_000);
  const tabs = await park.openAll(4, { view: 'lab', election });
  const { page } = tabs[0];
  // What the formulas count on: all messages take equally long, however busy the machine is.
  for (const tab of tabs)
    await tab.page.evaluate(() => window.gatehouse!.faults([{ delayMs: [60, 60] }]));
  for (const { p, formula, measured } of COUNTS[election]) {
    await electUndisturbed(park, tabs, tabs[p - 1]!);
    const newest = page.getByTestId('election').first();
    await expect(newest).toContainText(`, ${p} of 4`);
    await expect(newest.getByTestId('expected')).toHaveText([...formula]);
    await expect(newest.getByTestId('measured')).toHaveText(measured);
  }
  const last = COUNTS[election].at(-1)!.measured;
  const plot = page.getByRole('img', { name: new RegExp(`${last} messages among 4`) });
  await expect(plot).toBeVisible();
}

/**
 * An election that this gate starts, and in which no time-out ran: the formulas count on that as well. A busy machine
 * can keep a tab waiting for longer than a node waits for another; then one more election is held.
 */
async function electUndisturbed(park: Park, tabs: readonly Tab[], starter: Tab): Promise<void> {
  await expect(async () => {
    await starter.page.evaluate(() => window.gatehouse!.removeLeader());
    await Promise.all(tabs.map((tab) => tab.until(({ vacant }) => vacant)));
    await Promise.all(tabs.map(silence));
    // An election that was under way may have filled the office meanwhile (rule E6).
    for (const tab of tabs) expect((await tab.status()).vacant).toBe(true);
    const before = await Promise.all(tabs.map((tab) => tab.lastSequence()));
    await starter.page.getByRole('button', { name: 'Start election' }).click();
    await park.united();
    const disturbed = await Promise.all(
      tabs.map((tab, index) => disturbances(tab, before[index]!)),
    );
    expect(disturbed.flat()).toEqual([]);
  }).toPass();
}

/** What this gate noted since then of others that were late, and of ballots and elections beside the first. */
function disturbances(tab: Tab, since: number): Promise<string[]> {
  return tab.page.evaluate((after) => {
    const notes = window
      .gatehouse!.trace()
      .filter(({ kind, sequence }) => kind === 'note' && sequence > after)
      .map(({ what }) => what);
    const again = ['elects', 'ballot'].filter(
      (what) => notes.filter((note) => note === what).length > 1,
    );
    return [...again, ...notes.filter((what) => /suspects|failed|slept|ballot-lost/.test(what))];
  }, since);
}

test('bully: election message counts equal the formula', async ({ park }) => {
  await expectCounts(park, 'bully');
});

test('ring: election message counts are 2N-P, beside n log n and n²', async ({ park }) => {
  await expectCounts(park, 'ring');
});

test('wireless: election message counts equal the formula', async ({ park }) => {
  await expectCounts(park, 'wireless');
});

test('feigned failure on one tab and on all of this browser, from the page, with shorter times', async ({
  park,
}) => {
  const tabs = await park.openAll(3, { view: 'lab' });
  const { page } = tabs[0];
  for (const [field, ms] of [
    ['Fails after, at most, ms', '300'],
    ['Fails for, at least, ms', '300'],
    ['Fails for, at most, ms', '600'],
  ] as const) {
    await page.getByLabel(field).fill(ms);
  }
  const feign = page.getByRole('button', { name: 'Feign failure' });
  await feign.click();
  await tabs[0].until(({ role, feigning }) => feigning && role === 'crashed');
  await tabs[0].until(({ role }) => role !== 'crashed');
  for (const other of tabs.slice(1)) expect((await other.status()).feigning).toBe(false);

  await page.getByRole('button', { name: 'Feign on all tabs' }).click();
  await page.getByRole('button', { name: 'Let them fail' }).click();
  await Promise.all(
    tabs.map(async (tab) => {
      await tab.until(({ role, feigning }) => feigning && role === 'crashed');
      await tab.until(({ role }) => role !== 'crashed');
    }),
  );
  await page.getByRole('button', { name: 'Stop all' }).click();
  await Promise.all(tabs.map((tab) => tab.until(({ feigning }) => !feigning)));
  await park.united(tabs, 30_000);
  await tabs[0].enter();

  await page.getByRole('button', { name: 'Greet the neighbours' }).click();
  await expect(page.getByText('2 of 2 neighbours greeted back.')).toBeVisible();
  await park.settle();
});

/** Something that each system does, by clicking in two of its tabs. */
const SYSTEMS: readonly {
  readonly link: string;
  readonly view: string;
  readonly run: (first: Tab, second: Tab) => Promise<void>;
}[] = [
  {
    link: 'Open the park',
    view: 'Park',
    async run(first, second) {
      await first.page.getByRole('button', { name: 'Let in' }).click();
      await expect(second.page.getByTestId('occupancy')).toHaveText('1');
    },
  },
  {
    link: 'Open the laboratory',
    view: 'Lab',
    async run(first, second) {
      await first.page.getByRole('button', { name: 'Start election' }).click();
      for (const { page } of [first, second])
        await expect(page.getByTestId('election').first()).toContainText('of 2');
    },
  },
  {
    link: 'Open GroupCast',
    view: 'Multicast',
    async run(first, second) {
      await first.page.getByLabel('A message to all gates').fill('To all');
      await first.page.keyboard.press('Enter');
      for (const { page } of [first, second]) {
        const row = page.getByRole('row').filter({ hasText: 'To all' });
        await expect(row.getByText('delivered', { exact: true })).toHaveCount(2);
      }
    },
  },
  {
    link: 'Open the chat',
    view: 'Chat',
    async run(first, second) {
      const [ada, bob] = [new Chatter(first, 'Ada'), new Chatter(second, 'Bob')];
      await ada.arrive();
      await bob.arrive();
      await ada.makeRoom('Hall');
      await bob.join('Hall');
      await ada.write('Hello');
      await expect(bob.messages).toContainText(['Hello']);
    },
  },
  {
    link: 'Open the trading post',
    view: 'Market',
    async run(first, second) {
      await new Post(second).deposit('salt', 5, 20);
      const buyer = new Post(first);
      await expect(buyer.shelf('salt')).toContainText('5 at 20');
      await buyer.buy('salt', 2);
      await expect(buyer.answer).toContainText('Bought 2 salt for 40');
    },
  },
];

// A test has a minute: here for all five.
test('each of the five systems is found from the start page and runs by clicking', async ({
  park,
  server,
}) => {
  const device = await park.newDevice({ viewport: { width: 360, height: 640 } });
  const page = await device.newPage();
  const tab = park.follow(page, 'first');
  for (const { link, view, run } of SYSTEMS) {
    await test.step(link, async () => {
      await page.goto(server.url);
      await expect(page.getByRole('heading', { name: 'Gatehouse' })).toBeVisible();
      expect(await sticksOut(page), 'start').toEqual([]);
      await page.getByRole('link', { name: link }).click();
      await expect(page.getByText('This gate is alone: open more tabs.')).toBeVisible();
      await expect(
        page.getByRole('main', { name: view }).getByRole('heading').first(),
      ).toBeVisible();
      expect(await sticksOut(page), view).toEqual([]);
      const opening = device.waitForEvent('page');
      await page.getByRole('link', { name: 'Open another tab here' }).click();
      const second = await park.follow(await opening, 'second').opened();
      for (const gate of [tab, second]) {
        await gate.until(({ members, quorum }) => quorum && members === 2);
      }
      await expect(second.page.getByRole('main', { name: view })).toBeVisible();
      await expect(page.getByText('This gate is alone: open more tabs.')).toBeHidden();
      await run(tab, second);
      await second.close();
    });
  }
});

test('axe finds nothing wrong with the start page and a lab that has elected, light and dark', async ({
  park,
  server,
}) => {
  const device = await park.newDevice({ reducedMotion: 'reduce' });
  const start = await device.newPage();
  await start.goto(server.url);
  await expect(start.getByRole('heading', { name: 'Gatehouse' })).toBeVisible();
  await expectAccessibleInLightAndDark(start);
  await start.close();
  const options = { device, view: 'lab', topology: 'sample', election: 'wireless' } as const;
  // Two blank gates that meet found a park without an election (J1): the second finds a leader there, and challenges it.
  const first = await park.open({ ...options, priority: 1 });
  await first.ready();
  const { page } = first;
  await park.open({ ...options, priority: 2 });
  await park.connected();
  await expect(page.getByTestId('election').first()).toBeVisible();
  await page.getByRole('button', { name: 'Greet the neighbours' }).click();
  await expect(page.getByText('1 of 1 neighbour greeted back.')).toBeVisible();
  await expectAccessibleInLightAndDark(page);
});

test('a trace of the simulator is opened, played and closed, and the park knows nothing of it', async ({
  park,
}, testInfo) => {
  const file = testInfo.outputPath('trace.jsonl');
  const run = runJob({
    ...{ seed: 7, nodes: 4, seconds: 20, faults: ['crash'], only: null },
    ...{ election: 'bully', topology: 'mesh', clients: null, plant: null, scenario: null },
    ...{ multicast: null, systems: null, history: false, trace: file },
  });
  expect(run.violation).toBeNull();
  const tab = await park.open({ view: 'lab' });
  const before = await tab.ready();
  const { page } = tab;
  const input = page.getByLabel('Open a trace');
  await input.setInputFiles(file);
  const what = page.getByTestId('trace');
  await expect(what).toHaveText(/Trace of seed 7, 4 nodes, [\d,]+ events/);
  const back = page.getByRole('button', { name: 'Back to this park' });
  await expect(back).toBeFocused();
  await expect(page.getByRole('button', { name: 'Start election' })).toBeHidden();

  const picture = page.getByRole('img', { name: /Picture of the network/ });
  await expect(picture).toHaveAccessibleName(/Gate 0: not started/);
  const time = page.getByLabel('Time in the trace');
  const step = page.getByRole('button', { name: 'Step' });
  for (let steps = 0; steps < 3; steps++) await step.press('Enter');
  await expect(time).not.toHaveAttribute('aria-valuetext', /^0\.000 s/);
  await expect(picture).toHaveAccessibleName(/Gate 0: (follower|candidate|leader)/);
  await page.getByLabel('Speed').selectOption('10 times faster');
  await page.getByRole('button', { name: 'Play' }).click();
  await expect(picture).toHaveAccessibleName(/Gate \d: leader/);
  await page.getByRole('button', { name: 'Pause' }).click();

  await time.press('End');
  const log = page.getByRole('region', { name: 'Message log' });
  await expect(log.getByRole('listitem').first()).toBeVisible();
  await page.getByLabel('Type', { exact: true }).selectOption('I_AM_LEADER');
  await page.getByLabel('Kind', { exact: true }).selectOption('sent');
  await expect(log.getByRole('listitem').first()).toContainText('I_AM_LEADER');
  await page.getByTestId('election').last().getByRole('button', { name: 'Show' }).click();
  await expect(time).not.toHaveJSProperty('value', await time.getAttribute('max'));
  await expectAccessibleInLightAndDark(page);
  expect(await sticksOut(page)).toEqual([]);

  await back.click();
  await expect(input).toBeFocused();
  const { refused, term, generation, lastIndex, peers } = await tab.status();
  expect(before).toMatchObject({ term, generation, lastIndex, peers, refused: [] });
  expect(refused).toEqual([]);

  const broken = testInfo.outputPath('broken.jsonl');
  for (const [text, reason] of [
    ['', 'the file is empty'],
    ['no trace', 'line 1: not an object'],
  ] as const) {
    await writeFile(broken, text);
    await input.setInputFiles(broken);
    await expect(page.getByRole('alert')).toHaveText(`broken.jsonl can't be opened: ${reason}.`);
  }
  await expect(what).toBeHidden();
  expect((await tab.status()).refused).toMatchObject([
    { source: 'file', reason: 'trace: not an object', count: 1 },
    { source: 'file', reason: 'trace: the file is empty', count: 1 },
  ]);
  await expect(
    page.getByRole('region', { name: 'Refused input by reason' }).getByRole('row'),
  ).toHaveCount(3);
  await expectAccessibleInLightAndDark(page);
});
