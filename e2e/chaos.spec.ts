/**
 * Random failures of five gates, with visitors coming and going. `ROUNDS=200 SEED=7 npm run test:e2e chaos` does more
 * of it, and STORY=1 tells it while it happens. The seed fixes what is done to whom, not how the browsers race.
 */
import type { BrowserContext } from '@playwright/test';
import { Random } from '../src/sim/random.ts';
import { expect, test, within, type Load, type Park, type Tab } from './fixture.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 6);
const SEED = Number(process.env['SEED'] ?? 1);
const GATES = 5;
/** Fewer than want in: the capacity is felt all the time. */
const CAPACITY = 12;
/** A majority that can talk must go on within this time, ms. */
const PROGRESS = 10_000;

type Trouble = 'crash' | 'hang' | 'cut' | 'reload' | 'close' | 'kill';
const TROUBLES: readonly Trouble[] = ['crash', 'hang', 'cut', 'reload', 'close', 'kill'];

class Chaos {
  /** What was done, for people who look into a failure. */
  readonly story: string[] = [];
  readonly #random = new Random(`chaos ${SEED}`);
  readonly #troubled = new Map<number, Trouble>();
  readonly #tabs: Tab[] = [];
  readonly #devices: BrowserContext[] = [];
  #load!: Load;

  constructor(private readonly park: Park) {}

  async start(): Promise<void> {
    for (let gate = 0; gate < GATES; gate++) {
      this.#devices.push(await this.park.newDevice());
      this.#tabs.push(await this.#open(gate));
    }
    await this.park.united(this.#tabs);
    this.#load = this.park.load(this.#tabs);
  }

  /** From five healthy gates, over some troubles, to five healthy gates. */
  async round(number: number): Promise<void> {
    this.#tell(`round ${number}`);
    const affected = new Set<number>();
    const withoutServer = this.#below(5) === 0;
    if (withoutServer) {
      this.#tell('the server stops');
      await this.park.server.stop('SIGKILL');
    }
    for (let step = this.#below(4); step >= 0; step--) {
      const gate = this.#below(GATES);
      affected.add(gate);
      if (this.#troubled.has(gate)) await this.#mend(gate);
      // Without the server nobody who lost all links finds the others again.
      else await this.#trouble(gate, TROUBLES[this.#below(withoutServer ? 3 : TROUBLES.length)]!);
      if (this.#below(2) === 0 && this.#majorityGoesOn(affected)) await this.#progress();
    }
    if (this.#majorityGoesOn(affected)) await this.#progress();
    if (withoutServer) {
      this.#tell('the server starts');
      await this.park.server.start();
    }
    for (const gate of this.#random.shuffle([...this.#troubled.keys()])) await this.#mend(gate);
    await this.park.united(this.#tabs, 30_000);
    await this.#progress();
    await this.park.expectSound(this.#tabs);
  }

  async end(): Promise<void> {
    await this.#load.stop();
    await this.park.settle(this.#tabs, 30_000);
  }

  #majorityGoesOn(affected: ReadonlySet<number>): boolean {
    return affected.size <= Math.floor((GATES - 1) / 2);
  }

  async #progress(): Promise<void> {
    await within(PROGRESS, this.#load.more(10), async () => {
      const statuses = this.#tabs.map(async (tab) => (tab.isOpen ? tab.status() : 'closed'));
      return `no progress: ${JSON.stringify(await Promise.all(statuses))}`;
    });
  }

  async #trouble(gate: number, trouble: Trouble): Promise<void> {
    const tab = this.#tabs[gate]!;
    this.#tell(`${trouble} ${tab.label}`);
    this.#troubled.set(gate, trouble);
    switch (trouble) {
      case 'crash':
        return tab.crash('stop');
      case 'hang':
        return tab.crash('hang');
      case 'cut': {
        const others = this.#tabs.filter((other) => other !== tab && other.isOpen);
        return tab.cutFrom(
          ...this.#random.shuffle(others).slice(0, 1 + this.#below(others.length)),
        );
      }
      case 'reload':
        await tab.page.reload();
        return;
      case 'close':
        return tab.close();
      case 'kill':
        return tab.kill();
    }
  }

  async #mend(gate: number): Promise<void> {
    const tab = this.#tabs[gate]!;
    const trouble = this.#troubled.get(gate);
    this.#tell(`mend ${tab.label}`);
    this.#troubled.delete(gate);
    switch (trouble) {
      case undefined:
      case 'reload':
        return;
      case 'crash':
      case 'hang':
        return tab.recover();
      case 'cut':
        return tab.heal();
      case 'close':
      case 'kill':
        await tab.page.close();
        this.#tabs[gate] = await this.#open(gate);
        this.#load.add(this.#tabs[gate]);
    }
  }

  #open(gate: number): Promise<Tab> {
    const device = this.#devices[gate]!;
    return this.park.open({ priority: gate + 1, name: `G${gate + 1}`, capacity: CAPACITY, device });
  }

  /** From 0 to `limit` - 1. */
  #below(limit: number): number {
    return this.#random.int(0, limit - 1);
  }

  #tell(what: string): void {
    const line = `${new Date().toISOString().slice(11, 23)} ${what}`;
    this.story.push(line);
    if (process.env['STORY'] !== undefined) console.log(line);
  }
}

const NAME = `${ROUNDS} rounds of random failures: never over capacity, nothing told is lost or doubled, all logs equal`;

test(NAME, { tag: '@long' }, async ({ park }, testInfo) => {
  test.setTimeout(60_000 + ROUNDS * 20_000);
  const chaos = new Chaos(park);
  try {
    await chaos.start();
    for (let number = 1; number <= ROUNDS; number++) await chaos.round(number);
    await chaos.end();
  } finally {
    const body = [`seed ${SEED}`, ...chaos.story].join('\n');
    await testInfo.attach('chaos.txt', { body, contentType: 'text/plain' });
  }
  expect(ROUNDS).toBeGreaterThan(0);
});
