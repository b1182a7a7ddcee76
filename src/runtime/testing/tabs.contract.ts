/** Tabs without a browser, on virtual time: for tests of the console over a whole park. */
import type { Peer } from '../../core/identity.ts';
import { SETTINGS } from '../../core/testing/fixtures.ts';
import { seeded } from '../../core/testing/random.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';
import { MemoryDisk } from '../../storage/memory.ts';
import { MemoryNetwork } from '../../transport/memory.ts';
import { Console } from '../console.ts';
import type { Ports } from '../driver.ts';
import { Host, type Home } from '../host.ts';

/** Any condition that a test waits for comes true within this virtual time, ms. */
const PATIENCE = 60_000;

/** The network and the time that some tabs share. */
export class Stage {
  readonly clock = new VirtualClock();
  readonly random: () => number;
  readonly network: MemoryNetwork;
  readonly tabs: StagedTab[] = [];

  constructor(seed = 4) {
    this.random = seeded(seed);
    const { clock, random } = this;
    this.network = new MemoryNetwork({ clock, random, detectMs: 2000, copy: 'json' });
  }

  /** Opens tabs one after the other; the last one leads in the end, being the greatest. */
  async park(...ids: readonly string[]): Promise<StagedTab[]> {
    for (const id of ids) {
      const tab = this.open(id, this.tabs.length + 1);
      await this.until(() => tab.gatehouse.status().quorum);
    }
    const members = this.tabs.length;
    await this.until(() =>
      this.tabs.every(({ gatehouse }) => {
        const status = gatehouse.status();
        return status.leader === ids.at(-1) && status.quorum && status.members === members;
      }),
    );
    return this.tabs;
  }

  open(id: string, priority: number): StagedTab {
    const tab = new StagedTab(this, { id, priority, name: `Gate ${id}` });
    this.tabs.push(tab);
    return tab;
  }

  /** Virtual time passes, and promises get their turns in between. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    for (;;) {
      for (let i = 0; i < 8; i++) await Promise.resolve();
      if (this.clock.nextAt > end) break;
      this.clock.step();
    }
    this.clock.waitUntil(end);
  }

  async until(holds: () => boolean): Promise<void> {
    const end = this.clock.now() + PATIENCE;
    while (!holds()) {
      if (this.clock.now() >= end) throw new Error(`not within ${PATIENCE} ms: ${String(holds)}`);
      await this.pass(10);
    }
  }

  /** Time passes until the promise has ended. */
  async ended<T>(promise: Promise<T>): Promise<T> {
    const state = { done: false };
    const settled = (): void => {
      state.done = true;
    };
    promise.then(settled, settled);
    await this.until(() => state.done);
    return promise;
  }
}

/** A host at home on a disk in memory, and its console. */
export class StagedTab implements Home {
  readonly park = 'main';
  readonly settings = SETTINGS;
  readonly disk: MemoryDisk;
  readonly host: Host;
  readonly gatehouse: Console;

  constructor(
    private readonly stage: Stage,
    public self: Peer,
  ) {
    const { clock, random } = stage;
    this.disk = new MemoryDisk({ defer: (ms, done) => clock.schedule(ms, done) });
    this.host = new Host(this);
    this.gatehouse = new Console(this.host, clock, random);
    this.host.start();
  }

  open(): Ports {
    const { clock, network } = this.stage;
    return { clock, storage: this.disk.open(), transport: network.transport(this.self.id) };
  }

  async renew(): Promise<void> {
    this.disk.wipe();
    this.self = { ...this.self, id: `${this.self.id}2` };
  }

  async save(self: Peer): Promise<'kept'> {
    this.self = self;
    return 'kept';
  }

  random(): () => number {
    return seeded(Math.floor(this.stage.random() * 2 ** 32));
  }
}
