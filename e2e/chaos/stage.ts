import path from 'node:path';
import type { Random } from '../../src/sim/random.ts';
import { Park } from '../park.ts';
import type { TestServer } from '../server.ts';
import { now, within, type Tab } from '../tab.ts';
import { BrowserProcess, clearData, killRenderer, setFrozen } from './browser-process.ts';
import { FAULTS, type FaultKind } from './faults.ts';
import { crash, cutFrom, disturb, mend } from './in-page.ts';
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

/** What is left of the kinds when browsers and the server have theirs. */
type GateFault = Exclude<
  FaultKind,
  'kill-browser' | 'stop-browser' | 'wipe' | 'kill-server' | 'stop-server'
>;

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
  /** These tabs are about to go away, or to be loaded anew. Never rejects. */
  leaving(kind: FaultKind, tabs: readonly Tab[]): Promise<void>;
  /** The data of these identities was cleared; `at`: when that was done, ms since 1970. */
  wiped(identities: readonly string[], at: number): void;
  told(what: string): void;
}

/** A park over several browsers and a server, and everything that can be done to them. */
export class Stage {
  readonly park: Park;
  /** How often each kind of fault was done, and changed something. */
  readonly counts = new Map<FaultKind, number>();
  readonly #browsers: readonly BrowserProcess[];
  readonly #gates: readonly Gate[];
  /** What is done to one browser, or to the server, is done one thing after the other. */
  readonly #queues = new Map<string, Promise<void>>();
  /** By how much each fault that is on came later than planned, ms: its browser had something else to do. */
  readonly #late = new WeakMap<Fault, number>();
  /** Copies of tabs, by the gate that they were made of. */
  readonly #copies = new Map<number, Tab>();
  /** Tabs whose page was loaded once. */
  readonly #announced = new WeakSet<Tab>();
  /** Resolves when the server runs. */
  #serverUp = Promise.resolve();
  /** Resolves that; null while it runs. */
  #serverStarts: (() => void) | null = null;
  #mendedAt = 0;

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

  /** When the last fault that had an effect ended, or the last page was opened again, ms since 1970. */
  get mendedAt(): number {
    return this.#mendedAt;
  }

  /** Begins or ends a fault as soon as what was asked before of the same browser is done. */
  perform({ phase, fault }: Step): void {
    const askedAt = now();
    this.events.told(`${phase} ${nameOf(fault)}`);
    const { scope } = FAULTS[fault.kind];
    const browser = scope === 'gate' ? this.#gateAt(fault.target).browser : fault.target;
    this.#enqueue(scope === 'server' ? 'server' : `browser ${browser}`, () =>
      phase === 'begin' ? this.#beginAndCount(fault, askedAt) : this.#endInTime(fault, askedAt),
    );
  }

  /**
   * Mends whatever is broken, in random order. Resolves when every gate's page is open, its links are whole, and one
   * page of each browser is in front.
   */
  async heal(random: Random): Promise<void> {
    this.#enqueue('server', () => this.#startServer());
    for (const number of random.shuffle([...this.#browsers.keys()])) {
      const front = random.pick(this.#gates.filter(({ browser }) => browser === number));
      this.#enqueue(`browser ${number}`, async () => {
        await this.#orKill(number, this.#mendBrowser(number), 'mending');
        // If that was of no avail, it is killed now, and starts again.
        await this.#mendBrowser(number);
        await front?.tab?.page.bringToFront();
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

  /** What has no effect, or fails halfway, is not counted. */
  async #beginAndCount(fault: Fault, askedAt: number): Promise<void> {
    const begunAt = now();
    const hasEffect = await this.#done(fault, this.#begin(fault), 'begin');
    if (hasEffect !== true) {
      this.events.told(`${nameOf(fault)} changed nothing`);
      return;
    }
    this.counts.set(fault.kind, (this.counts.get(fault.kind) ?? 0) + 1);
    this.#late.set(fault, now() - askedAt);
    if (FAULTS[fault.kind].lasts === null) this.#mended(begunAt);
  }

  /** What began late ends as much later: it lasts as long as it was planned to, or longer. */
  async #endInTime(fault: Fault, askedAt: number): Promise<void> {
    const late = this.#late.get(fault);
    if (late !== undefined) {
      await pause(askedAt + late - now());
      this.#late.delete(fault);
      this.#mended(now());
    }
    await this.#done(fault, this.#end(fault), 'end');
  }

  #mended(at: number): void {
    this.#mendedAt = Math.max(this.#mendedAt, at);
  }

  async #done<T>(fault: Fault, work: Promise<T>, phase: Step['phase']): Promise<T | undefined> {
    const { scope } = FAULTS[fault.kind];
    if (scope === 'server') return work;
    const browser = scope === 'gate' ? this.#gateAt(fault.target).browser : fault.target;
    return this.#orKill(browser, work, `${phase} ${nameOf(fault)}`);
  }

  /** What fails halfway was met by another fault: what it left is mended at the end of the round. */
  async #orKill<T>(browser: number, work: Promise<T>, what: string): Promise<T | undefined> {
    try {
      return await within(PATIENCE, work, async () => what);
    } catch (error) {
      this.events.told(`browser ${browser + 1}: ${what} failed: ${firstLine(error)}`);
      if (firstLine(error).startsWith('After ')) await this.#browserAt(browser).kill();
      return undefined;
    }
  }

  /** Resolves with whether it changed anything. */
  async #begin(fault: Fault): Promise<boolean> {
    const { kind, target } = fault;
    switch (kind) {
      case 'kill-browser':
        await this.events.leaving(kind, this.#tabsIn(target));
        return this.#browserAt(target).kill();
      case 'stop-browser':
        return this.#browserAt(target).stop();
      case 'wipe':
        return this.#wipe(target);
      case 'kill-server':
      case 'stop-server':
        return this.#stopServer(kind);
      default:
        return this.#beginOnGate(kind, fault);
    }
  }

  async #beginOnGate(kind: GateFault, { target, from, amount }: Fault): Promise<boolean> {
    const { tab, browser } = this.#gateAt(target);
    if (tab?.isOpen !== true) return false;
    const { page } = tab;
    switch (kind) {
      case 'kill-renderer':
        await this.events.leaving(kind, [tab]);
        await killRenderer(page);
        return true;
      case 'close':
        await this.events.leaving(kind, [tab]);
        await tab.close();
        return true;
      case 'reload':
        await this.events.leaving(kind, [tab]);
        await page.reload({ timeout: LOADING });
        return true;
      case 'duplicate':
        await this.#duplicate(target, tab);
        return true;
      case 'freeze':
        // Only a hidden page can be frozen.
        await this.#browserAt(browser).hideAll();
        await setFrozen(page, true);
        return true;
      case 'hide':
        return this.#browserAt(browser).hideAll();
      case 'crash':
        return crash(tab, 'stop');
      case 'hang':
        return crash(tab, 'hang');
      case 'cut':
        return cutFrom(
          tab,
          from.map((gate) => this.#gateAt(gate).label),
        );
      case 'drop':
        return disturb(tab, { drop: amount });
      case 'delay':
        return disturb(tab, { delayMs: [0, amount] });
    }
  }

  async #end({ kind, target }: Fault): Promise<void> {
    if (FAULTS[kind].scope === 'server') return this.#startServer();
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
    if (!browser.isRunning) {
      await browser.start();
      this.#mended(now());
    }
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
    // It was hidden to be frozen.
    if (kind === 'hide' || kind === 'freeze') await page.bringToFront();
    const begunAt = now();
    const hadFault = await mend(tab);
    if (hadFault === null) return this.#load(gate, tab);
    if (hadFault) this.#mended(begunAt);
    // It may have come after its loading was given up.
    this.#announce(tab);
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
    this.#mended(now());
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

  #tabsIn(browser: number): Tab[] {
    return this.tabs.filter((tab) =>
      this.#gates.some((gate) => gate.tab === tab && gate.browser === browser),
    );
  }

  async #wipe(number: number): Promise<boolean> {
    const tabs = this.#tabsIn(number);
    const statuses = await Promise.all(tabs.map((tab) => tab.status()));
    if (!tabs[0]) return false;
    await clearData(tabs[0].page);
    this.events.wiped(
      statuses.map(({ id }) => id),
      now(),
    );
    return true;
  }

  async #stopServer(kind: FaultKind): Promise<boolean> {
    if (this.#serverStarts !== null) return false;
    this.#serverUp = new Promise((resolve) => (this.#serverStarts = resolve));
    await this.server.stop(kind === 'kill-server' ? 'SIGKILL' : 'SIGTERM');
    return true;
  }

  async #startServer(): Promise<void> {
    if (this.#serverStarts === null) return;
    await this.server.start();
    this.#mended(now());
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

function nameOf({ kind, target }: Fault): string {
  const { scope } = FAULTS[kind];
  return scope === 'server' ? kind : `${kind} ${scope} ${target + 1}`;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? '';
}
