import { operationKey } from '../core/entry.ts';
import type { Trouble } from '../runtime/driver.ts';
import type { Envelope } from '../core/messages.ts';
import type { NodeId, Peer } from '../core/identity.ts';
import { Driver, type Observer } from '../runtime/driver.ts';
import { VisitorDesk, type DeskGate } from '../runtime/visitor/desk.ts';
import { isCurrent, placeOf } from '../runtime/visitor/place.ts';
import { Chat } from '../machines/chat.ts';
import { Machines } from '../machines/machine.ts';
import { Market } from '../machines/market.ts';
import { Park } from '../machines/park.ts';
import {
  MemoryDisk,
  type Fate,
  type Held,
  type MemoryHandle,
  type Torn,
} from '../storage/memory.ts';
import type { MemoryNode } from '../transport/memory.ts';
import type { RoutedTransport } from '../transport/routed-transport.ts';
import { assert } from '../core/assert.ts';
import { DEFAULT_TIMING } from '../core/timers.ts';
import { readVisit, visitKey } from './checkers/visit-ledger.ts';
import { Violation } from './checkers/violation.ts';
import { CrashPoints } from './crash-points.ts';
import type { Random } from './random.ts';
import type { Checks } from './checks.ts';
import { StreetReception } from './visitors/street.ts';
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
  readonly park: Park;
  readonly market: Market;
  readonly transport: RoutedTransport;
  /** Its place in the network: two pages may go by one id. */
  readonly place: MemoryNode;
  readonly storage: MemoryHandle;
  readonly clock: NodeClock;
  /** Where visitors with tabs of their own come in, and who serves them. */
  readonly reception: StreetReception;
  readonly desk: VisitorDesk;
  readonly points: CrashPoints;
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
  /** Gates of another venue have another signaling server, and never hear of this one. */
  venue: string;
  /** Makes its disk slower by so much. */
  slowness = 1;
  /** Called once, when a slow disk is used. */
  #whenSlow: (() => void) | null = null;
  /** What its disk held when it was cleared under the running page: what starts here next is somebody else. */
  lost: Held | null = null;
  /** How fast its clock runs. */
  #rate = 1;
  #throttleMs: number | null = null;
  readonly #world: World;
  readonly #twin: Gate | null;
  readonly #random: Random;
  readonly #writeMs: number;
  #wallOffset: number;
  #lives = 0;
  #identities = 0;

  /** @param twin whose identity and disk this page has too: its tab was duplicated, and its lock on them was lost */
  constructor(world: World, index: number, twin: Gate | null = null) {
    this.#world = world;
    this.#twin = twin;
    this.index = index;
    this.#random = world.random.split(`gate ${index}`);
    this.#writeMs = this.#random.logBetween(0.3, 5);
    this.#wallOffset = this.#random.between(-2000, 2000);
    this.peer = twin?.peer ?? this.#newPeer();
    this.disk = twin?.disk ?? this.#newDisk();
    this.venue = twin?.venue ?? '';
  }

  get id(): NodeId {
    return this.peer.id;
  }

  /** Its page runs and takes part. */
  get awake(): boolean {
    return this.status === 'running' && this.life !== null;
  }

  /** Of the log that it holds; '' while it holds none. */
  get generation(): string {
    return this.life?.driver.node.replica.membership.generation ?? '';
  }

  /** Messages to that node may arrive. */
  sees(id: NodeId): boolean {
    const other = this.#world.gates.find((gate) => gate.id === id);
    return other?.awake === true && !this.#world.network.blocked(this.id, id);
  }

  /** The second page of two that have one identity. */
  get isSecond(): boolean {
    return this.#twin !== null && this.disk === this.#twin.disk;
  }

  /** Another gate has the same disk, until one of them finds out. */
  get shares(): boolean {
    return this.#world.gates.some((other) => other !== this && other.disk === this.disk);
  }

  /** Nothing was ever written here. */
  get blank(): boolean {
    return this.disk.blank;
  }

  start(): void {
    if (this.life || this.status === 'gone') return;
    this.status = 'running';
    const world = this.#world;
    const { peer } = this;
    world.network.visit(peer.id, this.venue);
    const name = `${peer.id}#${this.index}.${++this.#lives}`;
    const random = this.#random.split(`life ${this.#lives}`);
    const clock = this.#newClock(random);
    const transport = world.network.transport(peer.id, {
      clock,
      random: random.split('transport').next,
    });
    // What is written comes back to a page that runs, and it is no timer of the page.
    const storage = this.disk.open((delayMs, callback) => {
      clock.deliver(delayMs, callback);
    });
    const points = this.#newPoints(storage, random.split('crashes'));
    const ports = points.wrap(world.plant.ports(this, { transport, storage, clock }));
    const park = new Park();
    const market = new Market();
    const driver: Driver = new Driver(
      {
        self: peer,
        settings: world.settings,
        timing: DEFAULT_TIMING,
        random: random.split('core').next,
        machine: new Machines([park, new Chat(), market]),
        snapshotInterval: world.snapshotInterval,
      },
      ports,
      this.#observer(() => life, world.checks, name),
    );
    const reception = new StreetReception();
    const life: Life = {
      name,
      peer,
      driver,
      park,
      market,
      transport,
      place: world.network.node(peer.id),
      storage,
      clock,
      reception,
      desk: new VisitorDesk(reception, clock, this.#deskGate(driver, park)),
      points,
      since: world.clock.now(),
      ready: false,
    };
    this.life = life;
    world.plant.started(this, driver);
    this.#stepped = world.checks.follow(name, driver.node);
    world.introduce(peer);
    world.trace('start', this, name);
    driver.start();
    life.desk.start();
  }

  /** The page is gone from one moment to the next. */
  crash(underWay: Fate | Torn, notice: { noticeMs?: number; closedByPeer?: boolean }): void {
    const { life } = this;
    if (!life) return;
    this.#end(life);
    this.#world.network.kill(life.place, notice);
    life.storage.crash(underWay);
    life.transport.close();
    life.clock.stop();
    this.#world.trace('crash', this, JSON.stringify(underWay));
    if (this.lost) this.renew();
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
    this.#world.network.freeze(this.life.place);
    this.#world.trace('freeze', this, pause);
  }

  thaw(): void {
    if (!this.life || this.status !== 'frozen') return;
    this.status = 'running';
    this.#world.trace('thaw', this, '');
    this.life.clock.resume();
    this.#world.network.thaw(this.life.place);
  }

  /** Its clock runs too fast or too slow from now on, for later lives too; 1 is right. */
  drift(rate: number): void {
    this.#rate = rate;
    this.life?.clock.drift(rate);
    this.#world.trace('drift', this, rate.toFixed(5));
  }

  get drifts(): boolean {
    return this.#rate !== 1;
  }

  /** Its disk takes so many times as long from now on; 1 is right. */
  slowDown(by: number, felt: (() => void) | null = null): void {
    this.slowness = by;
    this.#whenSlow = felt;
  }

  /** The page is hidden: the browser lets its timers fire once in so many ms; null when it is seen again. */
  throttle(everyMs: number | null): void {
    this.#throttleMs = everyMs;
    this.life?.clock.throttle(everyMs);
    this.#world.trace('throttle', this, everyMs === null ? 'ends' : `${everyMs} ms`);
  }

  get throttled(): boolean {
    return this.#throttleMs !== null;
  }

  /** Nothing is wrong with it any more, and nothing is planned against it. */
  heal(): void {
    this.slowDown(1);
    this.disk.calm();
    this.life?.points.plan(null);
    if (this.drifts) this.drift(1);
    if (this.throttled) this.throttle(null);
    this.thaw();
  }

  /** The wall clock jumps, now and for later lives. */
  jump(ms: number): void {
    this.#wallOffset += ms;
    this.life?.clock.jump(ms);
    this.#world.trace('clock-jump', this, `${Math.round(ms)} ms`);
  }

  /** The site's data is cleared, under a running page or while it is closed. */
  wipe(): void {
    const { held } = this.disk;
    // A page that is gone says nothing any more.
    this.#world.checks.wiped(this.id, { end: this.life ? held.end : 0, promised: held.promised });
    this.#world.trace('wipe', this, this.life ? 'live' : 'down');
    this.disk.wipe();
    if (this.life) this.lost = held;
    else this.renew();
  }

  /** What is stored can't be read: it is left as it is, and the page moves into another slot, as somebody new. */
  moveOut(): void {
    this.#world.checks.wiped(this.id, { end: 0, promised: this.disk.held.promised });
    this.#world.trace('moves-out', this, '');
    this.renew();
  }

  /** Another identity on an empty disk (rule S9). */
  renew(): void {
    assert(this.life === null, 'a page keeps its identity');
    if (!this.#world.plant.keepsIdentity) this.peer = this.#newPeer();
    this.disk = this.#newDisk();
    this.lost = null;
  }

  #end(life: Life): void {
    life.driver.halt();
    life.desk.halt();
    life.reception.close();
    life.points.end();
    this.life = null;
    this.status = 'down';
    this.#world.workload.lost(this);
    this.#world.workload.visits.lost(life);
  }

  #deskGate(driver: Driver, park: Park): DeskGate {
    const world = this.#world;
    const { id, name } = this.peer;
    return {
      id,
      name: () => name,
      quorum: () => driver.view().quorum,
      place: (visitor) => placeOf(driver.node, park, visitor),
      isCurrent: () => isCurrent(driver.node),
      submit: (body, done) => {
        const visit = readVisit(body);
        if (visit) world.checks.visitAsked(visitKey(visit), id);
        driver.submit([body], (reply) => {
          if (reply.ok && reply.value.type === 'outcome' && visit) {
            const { sequence, index, outcome } = reply.value;
            const key = operationKey({ node: id, sequence });
            world.check(() => {
              world.checks.visitTold(driver.node, visit, key, index, outcome);
            });
          }
          done(reply);
        });
      },
      refused: (reason) => {
        throw new Violation('invariant', `${id} refuses what a visitor says: ${reason}`);
      },
      changed: () => undefined,
    };
  }

  #stepped: () => void = () => undefined;

  #observer(life: () => Life, checks: Checks, name: string): Observer {
    const world = this.#world;
    // A page that is gone may be in the middle of a step: what it would have done next does not count.
    const isGone = (): boolean => this.life?.name !== name;
    return {
      changed: () => {
        if (!isGone()) life().desk.look();
      },
      stepped: () => {
        if (isGone()) return;
        life().ready = true;
        world.check(this.#stepped);
        world.stepped(life().driver.node);
      },
      sent: (to: NodeId, envelope: Envelope) => {
        if (isGone()) return;
        // Of two pages on one disk the one that is behind says what was true when it wrote last, as a late message does.
        if (!life().storage.fenced)
          world.check(() => {
            checks.sent(life().peer.id, name, to, envelope);
          });
        world.message('sent', this, to, envelope);
      },
      received: (from: NodeId, envelope: Envelope) => {
        world.message('received', this, from, envelope);
      },
      dropped: (to, what, why) => {
        world.dropped(this, to, what, why);
      },
      note: (what: string, detail: string) => {
        if (!isGone()) world.trace(what, this, detail);
        world.checks.noted(life().driver.node, what, detail);
      },
      refused: ({ source, reason }) => {
        world.trace(source, this, reason, 'refused');
      },
      stopped: (trouble: Trouble) => {
        world.trace('stopped', this, `${name} ${trouble.code}: ${trouble.message}`);
        world.stopped(this, trouble);
      },
    };
  }

  #newClock(random: Random): NodeClock {
    const clock = new NodeClock(this.#world.clock, random.between(0, 1000), this.#wallOffset);
    if (this.#rate !== 1) clock.drift(this.#rate);
    if (this.#throttleMs !== null) clock.throttle(this.#throttleMs);
    return clock;
  }

  #newPoints(storage: MemoryHandle, random: Random): CrashPoints {
    return new CrashPoints({
      crash: (underWay) => {
        this.crash(underWay, {
          noticeMs: random.between(1, 5000),
          closedByPeer: random.chance(0.5),
        });
      },
      writing: () => storage.writing,
      later: (ms, work) => {
        this.#world.later(ms, work);
      },
    });
  }

  #newPeer(): Peer {
    const id = this.#random.split(`identity ${this.#identities++}`).name(8);
    // Few values, so that ids decide at times.
    return { id, priority: this.#random.int(0, 3), name: `Gate ${this.index}` };
  }

  #newDisk(): MemoryDisk {
    return new MemoryDisk({
      defer: (delayMs, callback) => {
        this.#world.clock.schedule(delayMs, callback);
      },
      latency: () => {
        this.#whenSlow?.();
        this.#whenSlow = null;
        return this.#writeMs * this.slowness * this.#random.between(0.5, 1.5);
      },
    });
  }
}
