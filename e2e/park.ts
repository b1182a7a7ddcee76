import {
  expect,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
} from '@playwright/test';
import type { Entry, Status } from '../src/runtime/gatehouse.ts';
import { brokenPromises, brokenRules } from './checks.ts';
import { Load, type LoadOptions } from './load.ts';
import type { TestServer } from './server.ts';
import { Ledger, Tab } from './tab.ts';

export interface TabOptions {
  readonly priority?: number;
  readonly name?: string;
  readonly capacity?: number;
  readonly election?: 'bully' | 'ring' | 'wireless';
  readonly multicast?: 'sequencer' | 'lamport';
  readonly topology?: 'mesh' | 'sample' | 'ring' | 'grid' | 'random';
  /** The view, e.g. `lab`. */
  readonly view?: string;
  /** Where the tab lives; by default all tabs of a test share one device that keeps nothing. */
  readonly device?: BrowserContext;
}

/** `Count` tabs, so that a test may name each. */
type Tabs<Count extends number, Sofar extends Tab[] = []> = number extends Count
  ? Tab[]
  : Sofar['length'] extends Count
    ? Sofar
    : Tabs<Count, [...Sofar, Tab]>;

/** One park of one test: its tabs, and what all of them were asked and told. */
export class Park {
  readonly ledger = new Ledger();
  readonly tabs: Tab[] = [];
  readonly #closers: (() => Promise<void>)[] = [];
  #device: Promise<BrowserContext> | undefined;

  constructor(
    readonly name: string,
    readonly server: TestServer,
    /** Where devices are made; null when every tab is opened on a device of its own making. */
    private readonly browser: Browser | null,
  ) {}

  /** Another device: its tabs share no storage with others, and what they keep is gone with the test. */
  async newDevice(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    if (!this.browser) throw new Error('this park has no browser to make devices in');
    const device = await this.browser.newContext(options);
    this.#closers.push(() => device.close());
    return device;
  }

  /** Does this too when the test has ended. */
  afterwards(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  address(options: TabOptions = {}): string {
    const { view = 'park', device: _, ...asked } = options;
    const query = new URLSearchParams({ park: this.name });
    for (const [name, value] of Object.entries(asked)) query.set(name, String(value));
    return `${this.server.url}/?${query.toString()}#/${view}`;
  }

  /** Opens a tab. It need not be a member yet: see `Tab.ready`. */
  async open(options: TabOptions = {}): Promise<Tab> {
    this.#device ??= this.newDevice();
    const page = await (options.device ?? (await this.#device)).newPage();
    const tab = this.follow(page, options.name ?? `P${options.priority ?? this.tabs.length + 1}`);
    await page.goto(this.address(options));
    return tab.opened();
  }

  /** Makes a page that is there already a tab of this park. */
  follow(page: Tab['page'], label: string): Tab {
    const tab = new Tab(page, label, this.ledger);
    this.tabs.push(tab);
    return tab;
  }

  /** Opens `count` tabs with the priorities 1 to `count`, one after the other, and waits until all are one park. */
  async openAll<Count extends number>(
    count: Count,
    options: Omit<TabOptions, 'priority'> = {},
  ): Promise<Tabs<Count>> {
    const tabs: Tab[] = [];
    for (let priority = 1; priority <= count; priority++) {
      tabs.push(await this.open({ ...options, priority }));
    }
    await this.united(tabs);
    return tabs as Tabs<Count>;
  }

  /** The tabs that are still there. */
  get present(): Tab[] {
    return this.tabs.filter(({ isOpen }) => isOpen);
  }

  /** The greatest identity of these tabs. */
  async greatest(tabs: readonly Tab[] = this.present): Promise<Tab> {
    const statuses = await Promise.all(tabs.map((tab) => tab.status()));
    const order = statuses.map((status, place) => ({ ...status, place }));
    order.sort((a, b) => b.priority - a.priority || (a.id < b.id ? 1 : -1));
    return tabs[order[0]!.place]!;
  }

  /** Resolves when all these tabs are voters of one park, see each other, and follow the greatest of them. */
  async united(tabs: readonly Tab[] = this.present, timeout = 15_000): Promise<void> {
    const leader = (await (await this.greatest(tabs)).status()).id;
    const others = tabs.length - 1;
    const isUnited = (status: Status, wanted: { leader: string; others: number }): boolean =>
      status.leader === wanted.leader &&
      status.quorum &&
      (status.role === 'leader' || status.role === 'follower') &&
      status.peers.filter(({ voter, suspected, link }) => voter && !suspected && link === 'open')
        .length >= wanted.others;
    await Promise.all(tabs.map((tab) => tab.until(isUnited, { leader, others }, timeout)));
  }

  /** Visitors who come and go at these tabs until the test stops it. */
  load(tabs: readonly Tab[] = this.present, options: LoadOptions = {}): Load {
    return new Load(tabs, options);
  }

  /** As `united`, in a topology where most others are reached by way of somebody. At most nine are voters (M4). */
  async connected(tabs: readonly Tab[] = this.present, timeout = 30_000): Promise<void> {
    const leader = (await (await this.greatest(tabs)).status()).id;
    const isConnected = (status: Status, wanted: { leader: string; others: number }): boolean =>
      status.leader === wanted.leader &&
      status.quorum &&
      status.peers.length === wanted.others &&
      status.peers.filter(({ voter }) => voter).length + (status.role === 'learner' ? 0 : 1) ===
        Math.min(9, wanted.others + 1) &&
      status.peers.every(
        ({ suspected, link }) => !suspected && (link === 'open' || link === 'relayed'),
      );
    const wanted = { leader, others: tabs.length - 1 };
    await Promise.all(tabs.map((tab) => tab.until(isConnected, wanted, timeout)));
  }

  /**
   * Resolves when nothing is under way at these tabs and all have the same log, and then holds it against the rules
   * and against everything that was told. Returns it.
   */
  async settle(tabs: readonly Tab[] = this.present, timeout = 20_000): Promise<Entry[]> {
    const statuses = await Promise.all(
      tabs.map((tab) =>
        tab.until(({ quorum, pending }) => quorum && pending === 0, undefined, timeout),
      ),
    );
    const logs = await this.equalLogs(
      tabs,
      Math.max(...statuses.map(({ lastIndex }) => lastIndex)),
    );
    const log = logs[0]!;
    for (const [place, other] of logs.entries()) {
      expect(other, `the logs of ${tabs[0]!.label} and ${tabs[place]!.label}`).toEqual(log);
    }
    expect(brokenRules(log), 'rules broken by the log').toEqual([]);
    expect(brokenPromises(log, this.ledger.asked), 'promises not kept by the log').toEqual([]);
    return log;
  }

  /** Holds the logs of these tabs, as they are now, against the rules and each other: one is a prefix of the other. */
  async expectSound(tabs: readonly Tab[] = this.present): Promise<void> {
    const logs = await Promise.all(tabs.map((tab) => tab.log()));
    logs.sort((a, b) => b.length - a.length);
    const longest = logs[0] ?? [];
    expect(brokenRules(longest)).toEqual([]);
    for (const log of logs) expect(log).toEqual(longest.slice(0, log.length));
  }

  async close(): Promise<void> {
    await Promise.all(this.#closers.map((close) => close()));
  }

  /**
   * The committed logs of these tabs, once they are equally long and have that many entries at the least. A new
   * leader's opening or a change of the membership may come at any time: then it looks again.
   */
  async equalLogs(tabs: readonly Tab[], least = 0): Promise<Entry[][]> {
    let target = least;
    for (;;) {
      await Promise.all(
        tabs.map((tab) => tab.until(({ commitIndex }, index) => commitIndex >= index, target)),
      );
      const logs = await Promise.all(tabs.map((tab) => tab.log()));
      const lengths = logs.map(({ length }) => length);
      if (Math.min(...lengths) === Math.max(...lengths)) return logs;
      target = Math.max(...lengths);
    }
  }
}
