import type { Trouble } from '../runtime/driver.ts';
import type { Envelope } from '../core/messages.ts';
import type { NodeId, Peer } from '../core/identity.ts';
import { Driver, type Observer } from '../runtime/driver.ts';
import { Machines } from '../machines/machine.ts';
import { Park } from '../machines/park.ts';
import { MemoryDisk, type Fate } from '../storage/memory.ts';
import type { RoutedTransport } from '../transport/routed-transport.ts';
import { assert } from '../core/assert.ts';
import { DEFAULT_TIMING } from '../core/timers.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';
import { NodeClock, type Pause } from './virtual-clock.ts';

/**
 * `absent`: not there yet. `gone`: left for good. A `down` gate comes back from its disk, a `frozen` one from where
 * it stopped.
 */
export type GateStatus = 'absent' | 'running' | 'frozen' | 'down' | 'gone';

/** One run of a gate's page: memory that a crash ends. */
export interface Life {
  readonly name: string;
  readonly peer: Peer;
  readonly driver: Driver;
  readonly transport: RoutedTransport;
  readonly clock: NodeClock;
  readonly since: number;
  /** It has loaded what was stored. */
  ready: boolean;
}

/** A device at a door: a disk, and a page that is open on it or not. */
export class Gate {
  readonly index: number;
  peer: Peer;
  status: GateStatus = 'absent';
  life: Life | null = null;
  disk: MemoryDisk;
  /** Makes its disk slower by so much. */
  slowness = 1;
  /** Its data was cleared under the running page: what starts here next is somebody else. */
  cleared = false;
  readonly #world: World;
  readonly #random: Random;
  readonly #writeMs: number;
  #wallOffset: number;
  #lives = 0;
  #identities = 0;

  constructor(world: World, index: number) {
    this.#world = world;
    this.index = index;
    this.#random = world.random.split(`gate ${index}`);
    this.#writeMs = this.#random.logBetween(0.3, 5);
    this.#wallOffset = this.#random.between(-2000, 2000);
    this.peer = this.#newPeer();
    this.disk = this.#newDisk();
  }

  get id(): NodeId {
    return this.peer.id;
  }

  /** Its page runs and takes part. */
  get awake(): boolean {
    return this.status === 'running' && this.life !== null;
  }

  /** Messages to that node may arrive. */
  sees(id: NodeId): boolean {
    const other = this.#world.gates.find((gate) => gate.id === id);
    return other?.awake === true && !this.#world.network.blocked(this.id, id);
  }

  /** Nothing was ever written here. */
  get blank(): boolean {
    return this.disk.peek() === null;
  }

  start(): void {
    if (this.life || this.status === 'gone') return;
    this.status = 'running';
    const world = this.#world;
    const { peer } = this;
    const name = `${peer.id}#${++this.#lives}`;
    const random = this.#random.split(`life ${this.#lives}`);
    const clock = new NodeClock(world.clock, random.between(0, 1000), this.#wallOffset);
    const transport = world.network.transport(peer.id, {
      clock,
      random: random.split('transport').next,
    });
    const ports = world.plant.ports(this, { transport, storage: this.disk.open(), clock });
    const driver: Driver = new Driver(
      {
        self: peer,
        settings: world.settings,
        timing: DEFAULT_TIMING,
        random: random.split('core').next,
        machine: new Machines([new Park()]),
        snapshotInterval: world.snapshotInterval,
      },
      ports,
      this.#observer(() => life, name),
    );
    const life: Life = {
      name,
      peer,
      driver,
      transport,
      clock,
      since: world.clock.now(),
      ready: false,
    };
    this.life = life;
    world.plant.started(this, driver);
    this.#stepped = world.checks.follow(name, driver.node);
    world.trace('start', this, name);
    driver.start();
  }

  /** The page is gone from one moment to the next. */
  crash(underWay: Fate, notice: { noticeMs?: number; closedByPeer?: boolean }): void {
    const { life } = this;
    if (!life) return;
    this.#end(life);
    this.#world.network.kill(life.peer.id, notice);
    this.disk.crash(underWay);
    life.transport.close();
    life.clock.stop();
    this.#world.trace('crash', this, underWay);
    if (this.cleared) this.renew();
  }

  /** The page closes in good order: its links say so. */
  close(): void {
    const { life } = this;
    if (!life) return;
    life.transport.close();
    this.crash('done', { noticeMs: 0, closedByPeer: true });
  }

  freeze(pause: Pause): void {
    if (!this.life || this.status !== 'running') return;
    this.status = 'frozen';
    this.life.clock.pause(pause);
    this.#world.network.freeze(this.id);
    this.#world.trace('freeze', this, pause);
  }

  thaw(): void {
    if (!this.life || this.status !== 'frozen') return;
    this.status = 'running';
    this.#world.trace('thaw', this, '');
    this.life.clock.resume();
    this.#world.network.thaw(this.id);
  }

  /** The wall clock jumps, now and for later lives. */
  jump(ms: number): void {
    this.#wallOffset += ms;
    this.life?.clock.jump(ms);
    this.#world.trace('clock-jump', this, `${Math.round(ms)} ms`);
  }

  /** The site's data is cleared, under a running page or while it is closed. */
  wipe(): void {
    const promised = this.disk.peek()?.meta.promised ?? '';
    this.#world.checks.wiped(this.id, this.life?.driver.node ?? null, promised);
    this.#world.trace('wipe', this, this.life ? 'live' : 'down');
    this.disk.wipe();
    if (this.life) this.cleared = true;
    else this.renew();
  }

  /** Another identity on an empty disk (rule S9). */
  renew(): void {
    assert(this.life === null, 'a page keeps its identity');
    if (!this.#world.plant.keepsIdentity) this.peer = this.#newPeer();
    this.disk = this.#newDisk();
    this.cleared = false;
  }

  #end(life: Life): void {
    life.driver.halt();
    this.life = null;
    this.status = 'down';
    this.#world.workload.lost(this);
  }

  #stepped: () => void = () => undefined;

  #observer(life: () => Life, name: string): Observer {
    const world = this.#world;
    return {
      stepped: () => {
        life().ready = true;
        world.check(this.#stepped);
      },
      sent: (to: NodeId, envelope: Envelope) => {
        world.check(() => {
          world.checks.sent(life().peer.id, to, envelope);
        });
        world.sent(this, to, envelope);
      },
      note: (what: string, detail: string) => {
        world.trace(what, this, detail);
      },
      refused: (reason: string) => {
        world.trace('refused', this, reason);
      },
      stopped: (trouble: Trouble) => {
        world.trace('stopped', this, `${name} ${trouble.code}: ${trouble.message}`);
        world.stopped(this, trouble);
      },
    };
  }

  #newPeer(): Peer {
    const id = this.#random.split(`identity ${this.#identities++}`).name(8);
    // Few values, so that ids decide at times.
    return { id, priority: this.#random.int(0, 3), name: `Gate ${this.index}` };
  }

  #newDisk(): MemoryDisk {
    const world = this.#world;
    return new MemoryDisk({
      // A page that stands still hears of no write.
      defer: (delayMs, callback) => {
        (this.life?.clock ?? world.clock).schedule(delayMs, callback);
      },
      latency: () => this.#writeMs * this.slowness * this.#random.between(0.5, 1.5),
    });
  }
}
