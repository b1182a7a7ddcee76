import path from 'node:path';
import type { Random } from '../../src/sim/random.ts';
import { Park } from '../park.ts';
import type { TestServer } from '../server.ts';
import { now, within, type Tab } from '../tab.ts';
import { BrowserProcess, clearData, killRenderer, setFrozen } from './browser-process.ts';
import { FAULTS, type FaultKind } from './faults.ts';
import type { Fault, Step } from './plan.ts';

/** For each gate the number of its browser: no browser has a majority of the gates. */
export const BROWSER_OF = [0, 0, 1, 1, 2] as const;
/** Fewer than want in: the capacity is felt all the time. */
export const CAPACITY = 12;
/** How long anything that is done to a page may take before its browser is killed instead, ms. */
const PATIENCE = 90_000;
/** How long one try to load a page may take, ms. */
const LOADING = 20_000;
const TRIES = 3;

/** A gate: a tab that is opened again whenever it is gone. */
interface Gate {
  readonly label: string;
  readonly priority: number;
  readonly browser: number;
  tab: Tab | null;
}

export interface StageEvents {
  /** A tab was opened. */
  opened(tab: Tab): void;
  /** The data of these identities was cleared; `at`: when that was done, ms since 1970. */
  wiped(identities: readonly string[], at: number): void;
  told(what: string): void;
}

/** A park over several browsers and a server, and everything that can be done to them. */
export class Stage {
  readonly park: Park;
  /** How often each kind of fault was done. */
  readonly counts = new Map<FaultKind, number>();
  readonly #browsers: readonly BrowserProcess[];
  readonly #gates: readonly Gate[];
  /** What is done to one browser, or to the server, is done one thing after the other. */
  readonly #queues = new Map<string, Promise<void>>();
  /** Copies of tabs, by the gate that they were made of. */
  readonly #copies = new Map<number, Tab>();
  /** Tabs whose page was loaded once. */
  readonly #announced = new WeakSet<Tab>();
  /** Resolves when the server runs. */
  #serverUp = Promise.resolve();
  /** Resolves that; null while it runs. */
  #serverStarts: (() => void) | null = null;

  constructor(
    folder: string,
    private readonly server: TestServer,
    private readonly events: StageEvents,
  ) {
    this.park = new Park('chaos', server, null);
    this.#browsers = [...new Set(BROWSER_OF)].map(
      (number) => new BrowserProcess(path.join(folder, `profile-${number}`)),
    );
    this.#gates = BROWSER_OF.map((browser, gate) => ({
      label: `G${gate + 1}`,
      priority: gate + 1,
      browser,
      tab: null,
    }));
  }

  /** Opens all gates and resolves when they are one park. */
  async start(): Promise<void> {
    await this.server.start();
    for (const browser of this.#browsers) await browser.start();
    for (const gate of this.#gates) await this.#open(gate);
    await this.park.united(this.tabs, PATIENCE);
  }

  /** The tabs that are there. */
  get tabs(): Tab[] {
    return this.#gates.flatMap(({ tab }) => (tab?.isOpen === true ? [tab] : []));
  }

  /** Begins or ends a fault as soon as what was asked before of the same browser is done. */
  perform({ phase, fault }: Step): void {
    const { kind, target } = fault;
    const scope = FAULTS[kind].scope;
    this.events.told(`${phase} ${kind}${scope === 'server' ? '' : ` ${scope} ${target + 1}`}`);
    if (phase === 'begin') this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    if (scope === 'server') {
      this.#enqueue('server', () =>
        phase === 'begin' ? this.#stopServer(kind) : this.#startServer(),
      );
      return;
    }
    const browser = scope === 'gate' ? this.#gateAt(target).browser : target;
    this.#enqueue(`browser ${browser}`, async () => {
      const work = phase === 'begin' ? this.#begin(fault) : this.#end(fault);
      await this.#orKill(browser, work, `${phase} ${kind}`);
    });
  }

  /** Mends whatever is broken, in random order. Resolves when every gate's page is open and its links are whole. */
  async heal(random: Random): Promise<void> {
    this.#enqueue('server', () => this.#startServer());
    for (const number of random.shuffle([...this.#browsers.keys()])) {
      this.#enqueue(`browser ${number}`, async () => {
        await this.#orKill(number, this.#mendBrowser(number), 'mending');
        // If that was of no avail, it is killed now, and starts again.
        await this.#mendBrowser(number);
      });
    }
    await Promise.all(this.#queues.values());
  }

  async close(): Promise<void> {
    await Promise.all(this.#browsers.map((browser) => browser.kill()));
    await this.server.stop('SIGKILL');
  }

  #enqueue(queue: string, work: () => Promise<void>): void {
    const before = this.#queues.get(queue) ?? Promise.resolve();
    const done = before.then(work);
    this.#queues.set(queue, done);
    // Whoever heals the stage is told.
    done.catch(() => undefined);
  }

  /** What fails halfway was met by another fault: what it left is mended at the end of the round. */
  async #orKill(browser: number, work: Promise<void>, what: string): Promise<void> {
    try {
      await within(PATIENCE, work, async () => what);
    } catch (error) {
      this.events.told(`browser ${browser + 1}: ${what} failed: ${firstLine(error)}`);
      if (!firstLine(error).startsWith('After ')) return;
      await this.#browserAt(browser).kill();
    }
  }

  async #begin(fault: Fault): Promise<void> {
    const { kind, target } = fault;
    switch (kind) {
      case 'kill-browser':
        return this.#browserAt(target).kill();
      case 'stop-browser':
        this.#browserAt(target).stop();
        return;
      case 'wipe':
        return this.#wipe(target);
      case 'kill-server':
      case 'stop-server':
        return;
      default:
        return this.#beginOnGate(kind, fault);
    }
  }

  async #beginOnGate(kind: FaultKind, { target, from, amount }: Fault): Promise<void> {
    const { tab, browser } = this.#gateAt(target);
    if (tab?.isOpen !== true) return;
    const { page } = tab;
    switch (kind) {
      case 'kill-renderer':
        return killRenderer(page);
      case 'close':
        return tab.close();
      case 'reload':
        await page.reload({ timeout: LOADING });
        return;
      case 'duplicate':
        return this.#duplicate(target, tab);
      case 'freeze':
        // Only a hidden page can be frozen.
        await this.#browserAt(browser).hideAll();
        return setFrozen(page, true);
      case 'hide':
        return this.#browserAt(browser).hideAll();
      case 'crash':
        return tab.crash('stop');
      case 'hang':
        return tab.crash('hang');
      case 'cut':
        return cutFrom(
          tab,
          from.map((gate) => this.#gateAt(gate).label),
        );
      case 'drop':
        return tab.page.evaluate((drop) => window.gatehouse!.faults([{ drop }]), amount);
      case 'delay':
        return tab.page.evaluate((most) => {
          window.gatehouse!.faults([{ delayMs: [0, most] }]);
        }, amount);
      case 'kill-browser':
      case 'stop-browser':
      case 'wipe':
      case 'kill-server':
      case 'stop-server':
        return;
    }
  }

  async #end({ kind, target }: Fault): Promise<void> {
    if (FAULTS[kind].scope === 'browser') return this.#mendBrowser(target, kind);
    const gate = this.#gateAt(target);
    if (kind !== 'duplicate') return this.#mendGate(gate, kind);
    const copy = this.#copies.get(target);
    this.#copies.delete(target);
    await copy?.close();
  }

  /** @param kind of the only fault to be mended; all of them, without it */
  async #mendBrowser(number: number, kind?: FaultKind): Promise<void> {
    const browser = this.#browserAt(number);
    if (browser.isStopped) browser.continue();
    if (kind === 'stop-browser') return;
    await browser.start();
    for (const [target, gate] of this.#gates.entries()) {
      if (gate.browser !== number) continue;
      await this.#mendGate(gate);
      const copy = this.#copies.get(target);
      this.#copies.delete(target);
      if (copy?.isOpen === true) await copy.close();
    }
  }

  async #mendGate(gate: Gate, kind?: FaultKind): Promise<void> {
    const { tab } = gate;
    if (tab?.isOpen !== true) return this.#open(gate);
    const { page } = tab;
    if (kind === undefined || kind === 'freeze') await setFrozen(page, false);
    if (kind === 'hide') await page.bringToFront();
    const isThere = await page.evaluate(() => window.gatehouse !== undefined);
    if (!isThere) return this.#load(gate, tab);
    // It may have come after its loading was given up.
    this.#announce(tab);
    await page.evaluate(async () => {
      window.gatehouse!.faults([]);
      // Nothing happens where the node runs.
      await window.gatehouse!.recover();
    });
  }

  async #open(gate: Gate): Promise<void> {
    const page = await this.#browserAt(gate.browser).device.newPage();
    const tab = this.park.follow(page, gate.label);
    gate.tab = tab;
    await this.#load(gate, tab);
  }

  /** Loads the page of a gate, again when the server went away meanwhile. */
  async #load({ label, priority }: Gate, tab: Tab): Promise<void> {
    const address = this.park.address({ name: label, priority, capacity: CAPACITY });
    for (let tries = 1; ; tries++) {
      await this.#serverUp;
      try {
        await tab.page.goto(address, { timeout: LOADING });
        await tab.page.locator('gatehouse-app').waitFor({ state: 'attached', timeout: LOADING });
        break;
      } catch (error) {
        if (!tab.isOpen || tries === TRIES) throw error;
      }
    }
    this.#announce(tab);
  }

  #announce(tab: Tab): void {
    if (this.#announced.has(tab)) return;
    this.#announced.add(tab);
    this.events.opened(tab);
  }

  async #duplicate(target: number, tab: Tab): Promise<void> {
    const opening = tab.page.context().waitForEvent('page', { timeout: LOADING });
    // It starts with a copy of this tab's sessionStorage, as a duplicated tab does.
    await tab.page.evaluate(() => void window.open(location.href));
    const copy = this.park.follow(await opening, `${tab.label} copy`);
    this.#copies.set(target, copy);
    await copy.opened();
    this.events.opened(copy);
  }

  async #wipe(number: number): Promise<void> {
    const tabs = this.tabs.filter((tab) =>
      this.#gates.some((gate) => gate.tab === tab && gate.browser === number),
    );
    const statuses = await Promise.all(tabs.map((tab) => tab.status()));
    if (!tabs[0]) return;
    await clearData(tabs[0].page);
    this.events.wiped(
      statuses.map(({ id }) => id),
      now(),
    );
  }

  async #stopServer(kind: FaultKind): Promise<void> {
    this.#serverUp = new Promise((resolve) => (this.#serverStarts = resolve));
    await this.server.stop(kind === 'kill-server' ? 'SIGKILL' : 'SIGTERM');
  }

  async #startServer(): Promise<void> {
    if (this.#serverStarts === null) return;
    await this.server.start();
    this.#serverStarts();
    this.#serverStarts = null;
  }

  #gateAt(number: number): Gate {
    const gate = this.#gates[number];
    if (!gate) throw new Error(`there is no gate ${number}`);
    return gate;
  }

  #browserAt(number: number): BrowserProcess {
    const browser = this.#browsers[number];
    if (!browser) throw new Error(`there is no browser ${number}`);
    return browser;
  }
}

/** By the names of the others, as the gate knows them: they may be in no state to be asked for their ids. */
function cutFrom(tab: Tab, names: readonly string[]): Promise<void> {
  return tab.page.evaluate((others) => {
    const { peers } = window.gatehouse!.status();
    const to = peers.filter(({ name }) => others.includes(name)).map(({ id }) => id);
    window.gatehouse!.faults([{ to, cut: true }]);
  }, names);
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? '';
}
