import type { Reply } from '../core/effects.ts';
import type { ParkSettings } from '../core/entry.ts';
import type { Peer } from '../core/identity.ts';
import type { Refusal } from '../core/refusal.ts';
import { DEFAULT_TIMING } from '../core/timers.ts';
import { Chat } from '../machines/chat.ts';
import { Machines } from '../machines/machine.ts';
import { Market } from '../machines/market.ts';
import { Park } from '../machines/park.ts';
import type { FaultRule } from '../transport/transport.ts';
import type { Reception } from '../transport/visitors.ts';
import { Driver, type Observer, type Ports, type Trouble } from './driver.ts';
import { Refusals } from './refusals.ts';
import { TraceLog } from './trace-log.ts';
import { VisitorDesk } from './visitor/desk.ts';
import { isCurrent, placeOf } from './visitor/place.ts';

/** Entries between two snapshots: between one and two times as many stay in the log. */
const SNAPSHOT_INTERVAL = 50_000;

export interface HomePorts extends Ports {
  readonly reception?: Reception;
}

/** Where a node lives, and what it keeps from one life to the next. */
export interface Home {
  readonly park: string;
  readonly settings: ParkSettings;
  /** Who lives here now. */
  readonly self: Peer;
  /** Fresh ports for a new life. Without a reception no visitors' tabs are served. */
  open(): HomePorts;
  /** Moves in as somebody new, after the data was lost (rule S9). */
  renew(): Promise<void>;
  /** `lost`: somebody else lives here by now, or the data is gone. */
  save(self: Peer): Promise<'kept' | 'lost'>;
  /** Uniform in [0, 1), seeded anew for each life. */
  random(): () => number;
}

/**
 * `lost`: memory lost and links closed. `hung`: links open, nothing answered. `terminated`: left for good.
 */
type Condition = 'running' | 'lost' | 'hung' | 'terminated';

interface Life {
  readonly driver: Driver;
  readonly park: Park;
  readonly chat: Chat;
  readonly market: Market;
  readonly desk: VisitorDesk | null;
  readonly ports: HomePorts;
}

/** A node across its lives: starts it, crashes it, and brings it back from its disk. */
export class Host {
  readonly trace = new TraceLog();
  readonly refusals = new Refusals();
  coordinator: 'connected' | 'disconnected' = 'disconnected';
  trouble: Trouble | null = null;
  #life: Life | null = null;
  #condition: Condition = 'lost';
  #faults: readonly FaultRule[] = [];
  /** It is moving in as somebody new, and starts by itself then: before, it would start as who it was. */
  #renewing = false;
  readonly #listeners = new Set<() => void>();
  #told = false;

  constructor(readonly home: Home) {}

  get condition(): Condition {
    return this.#condition;
  }

  /** The node that is running, or null. */
  get life(): Omit<Life, 'ports'> | null {
    return this.#condition === 'running' ? this.#life : null;
  }

  get faults(): readonly FaultRule[] {
    return this.#faults;
  }

  start(): void {
    const ports = this.home.open();
    const park = new Park();
    const chat = new Chat();
    const market = new Market();
    const config = {
      self: this.home.self,
      settings: this.home.settings,
      timing: DEFAULT_TIMING,
      random: this.home.random(),
      machine: new Machines([park, chat, market]),
      snapshotInterval: SNAPSHOT_INTERVAL,
    };
    const driver = new Driver(config, ports, this.#observer());
    const desk = this.#openDesk(driver, park, ports);
    this.#life = { driver, park, chat, market, desk, ports };
    this.#condition = 'running';
    this.trouble = null;
    driver.start();
    desk?.start();
    if (this.#faults.length > 0) ports.transport.setFaults(this.#faults);
    this.#changed();
  }

  /** Memory is lost. `hang` leaves the links open, and nothing that comes over them is answered. */
  crash(mode: 'stop' | 'hang'): void {
    if (!this.#life || this.#condition === 'terminated' || this.#condition === 'lost') return;
    this.#life.driver.halt();
    this.#life.desk?.halt();
    if (mode === 'stop') this.#closePorts();
    this.#condition = mode === 'stop' ? 'lost' : 'hung';
    this.note(
      'crashed',
      mode === 'stop' ? 'memory lost, links closed' : 'links open, nothing answered',
    );
    this.#changed();
  }

  /** Starts again from the disk. Does nothing while the node runs, or is about to as somebody new. */
  recover(): void {
    if (this.#condition === 'running' || this.#renewing) return;
    if (this.#condition === 'hung') this.#closePorts();
    this.note('recovers', 'from its disk');
    this.start();
  }

  /** Says goodbye, synchronously: also for the moment in which the page goes away. */
  leave(): void {
    if (!this.#life || this.#condition === 'terminated') return;
    if (this.#condition === 'running') {
      this.#life.driver.command({ type: 'leave' }, (_: Reply) => undefined);
      this.#life.driver.halt();
      this.#life.desk?.halt();
    }
    if (this.#condition !== 'lost') this.#closePorts();
    this.#condition = 'terminated';
    this.#changed();
  }

  /** Keeps a changed name. Where somebody else lives by now this life ends, as when its own write finds that (rule S9). */
  async save(self: Peer): Promise<'kept' | 'lost'> {
    const life = this.#life;
    const result = await this.home.save(self);
    if (result === 'lost' && this.#life === life && this.#condition === 'running') {
      life?.driver.halt();
      this.#stopped({ code: 'storage-lost', message: 'somebody else lives in this store' });
    }
    return result;
  }

  setFaults(rules: readonly FaultRule[]): void {
    this.#faults = rules;
    if (this.#condition === 'running') this.#life?.ports.transport.setFaults(rules);
    this.#changed();
  }

  /** Something that is shown has changed, outside of the node. */
  changed(): void {
    this.#changed();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Counts and shows input that some boundary refused. */
  refuse(refusal: Refusal): void {
    const at = Date.now();
    const { source, reason, from } = this.refusals.add(refusal, at);
    const node = this.home.self.id;
    const peer = from === null ? {} : { peer: from };
    this.trace.add({ at, node, kind: 'refused', what: source, detail: reason, ...peer });
    this.#changed();
  }

  note(what: string, detail: string): void {
    this.trace.add({ at: Date.now(), node: this.home.self.id, kind: 'note', what, detail });
  }

  command(what: string): void {
    this.trace.add({ at: Date.now(), node: this.home.self.id, kind: 'command', what });
  }

  #closePorts(): void {
    this.#life?.ports.transport.close();
    this.#life?.ports.reception?.close();
    this.#life?.ports.storage.close();
    this.coordinator = 'disconnected';
  }

  #openDesk(driver: Driver, park: Park, { reception, clock }: HomePorts): VisitorDesk | null {
    if (!reception) return null;
    return new VisitorDesk(reception, clock, {
      id: this.home.self.id,
      name: () => driver.node.self.name,
      quorum: () => driver.view().quorum,
      place: (visitor) => placeOf(driver.node, park, visitor),
      isCurrent: () => isCurrent(driver.node),
      submit: (body, done) => {
        driver.submit([body], done);
      },
      refused: (reason, from) => {
        this.refuse({ source: 'peer', reason, from });
      },
      changed: () => {
        this.#changed();
      },
    });
  }

  #observer(): Observer {
    const about = (): { at: number; node: string } => ({ at: Date.now(), node: this.home.self.id });
    return {
      changed: () => {
        this.#life?.desk?.look();
        this.#changed();
      },
      stopped: (trouble) => {
        this.#stopped(trouble);
      },
      sent: (peer, envelope) => {
        const what = envelope.message.type;
        this.trace.add({ ...about(), kind: 'sent', peer, what }, envelope);
      },
      received: (peer, envelope) => {
        const what = envelope.message.type;
        this.trace.add({ ...about(), kind: 'received', peer, what }, envelope);
      },
      dropped: (peer, what, why) => {
        this.trace.add({ ...about(), kind: 'dropped', peer, what, detail: why });
      },
      refused: (refusal) => {
        this.refuse(refusal);
      },
      note: (what, detail) => {
        this.trace.add({ ...about(), kind: 'note', what, detail });
      },
      coordinator: (state) => {
        this.coordinator = state;
        this.#changed();
      },
    };
  }

  /** The node stopped by itself. After data loss it comes back as a new member; anything else a person must see. */
  #stopped(trouble: Trouble): void {
    this.trouble = trouble;
    this.#life?.desk?.halt();
    this.#closePorts();
    this.#condition = 'lost';
    this.note(trouble.code, trouble.message);
    this.#changed();
    if (trouble.code === 'storage-lost') this.#renew();
  }

  #renew(): void {
    this.#renewing = true;
    this.home.renew().then(
      () => {
        this.#renewing = false;
        if (this.#condition === 'lost') this.start();
      },
      (error: unknown) => {
        this.#renewing = false;
        this.trouble = { code: 'storage-failed', message: String(error) };
        this.#changed();
      },
    );
  }

  /** Listeners are told once per turn, however much changed in it. */
  #changed(): void {
    if (this.#told) return;
    this.#told = true;
    queueMicrotask(() => {
      this.#told = false;
      for (const listener of [...this.#listeners]) tell(listener);
    });
  }
}

/** One listener that throws must not keep the others from hearing. */
function tell(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    reportError(error);
  }
}
