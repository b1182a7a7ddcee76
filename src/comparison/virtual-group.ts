import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { assert } from '../core/assert.ts';
import type { MulticastKind } from '../core/entry.ts';
import { DEFAULT_TIMING } from '../core/timers.ts';
import { Machines } from '../machines/machine.ts';
import { Driver } from '../runtime/driver.ts';
import { MemoryDisk } from '../storage/memory.ts';
import { MemoryNetwork } from '../transport/memory.ts';
import { Timeline } from './timeline.ts';

/** How long every message between two gates takes, ms. */
export const ONE_WAY_MS = 10;
/** Whatever is waited for comes about within this time, or never does, ms. */
const PATIENCE = 60_000;

/** How a gate fails without a word: its page is gone, or it stands still. */
export type Failure = 'dies' | 'hangs';

/**
 * A park in memory and in virtual time, with the protocol and the driver of a tab: what it counts and measures is what the
 * real code does on a network whose every message takes equally long.
 */
export class VirtualGroup {
  readonly #time = new Timeline();
  readonly #network: MemoryNetwork;
  /** In ascending order of identity: the last one leads, and numbers the messages if anybody does. */
  readonly #gates: readonly { readonly id: string; readonly driver: Driver }[];
  readonly #dead = new Set<string>();

  constructor(kind: MulticastKind, size: number, seed: number) {
    const generator = xoroshiro128plus(seed);
    const random = (): number => (generator.next() >>> 0) / 2 ** 32;
    const clock = this.#time;
    this.#network = new MemoryNetwork({
      clock,
      random,
      policy: () => ({ delayMs: ONE_WAY_MS }),
    });
    this.#gates = Array.from({ length: size }, (_, place) => {
      const id = `gate${place + 1}`;
      const disk = new MemoryDisk({ defer: (ms, done) => clock.schedule(ms, done) });
      const config = {
        self: { id, priority: place + 1, name: id },
        settings: { capacity: 0, election: 'bully', topology: 'mesh', multicast: kind } as const,
        timing: DEFAULT_TIMING,
        random,
        machine: new Machines([]),
        snapshotInterval: 50_000,
      };
      const ports = { transport: this.#network.transport(id), storage: disk.open(), clock };
      return { id, driver: new Driver(config, ports) };
    });
  }

  /** Runs until all are in one view, and nothing is under way. */
  gather(): void {
    for (const { driver } of this.#gates) driver.start();
    const everybody = this.#gates.length;
    const greatest = this.#gates.at(-1)?.id;
    const areUnited = (): boolean =>
      this.#gates.every(({ driver }) => {
        const { members, leader, quorum } = driver.view();
        const voters = members.filter(({ voter }) => voter).length;
        return voters === everybody && leader === greatest && quorum;
      });
    assert(this.#time.runUntil(areUnited, PATIENCE), 'all become voters of one park');
    this.#time.run(2000);
    this.sendOne(0);
    const isWhole = (): boolean =>
      this.#alive().every(({ group }) => group.view?.members.length === everybody);
    assert(this.#time.runUntil(isWhole, PATIENCE), 'all come into one view');
    this.#time.run(1000);
  }

  /** One multicast of this gate: how long until it is delivered there, and until it is delivered everywhere, ms. */
  sendOne(place: number): { readonly here: number; readonly everywhere: number } {
    const started = this.#time.now();
    const due = this.#countDelivered() + this.#alive().length;
    this.#send(place);
    const here = this.#untilDelivered(place);
    assert(here !== null, 'it is delivered');
    this.#time.runUntil(() => this.#countDelivered() >= due, PATIENCE);
    return { here, everywhere: this.#time.now() - started };
  }

  /** So many multicasts of each gate at the same moment: runs until all are delivered everywhere. */
  sendAllAtOnce(each: number): void {
    const gates = this.#alive().length;
    const due = this.#countDelivered() + each * gates * gates;
    for (let number = 0; number < each; number++)
      for (let place = 0; place < gates; place++) this.#send(place);
    assert(
      this.#time.runUntil(() => this.#countDelivered() >= due, PATIENCE),
      'all are delivered',
    );
  }

  /** Messages that all gates have sent for the order so far. */
  countMessages(): number {
    return this.#alive()
      .flatMap(({ group }) => Object.values(group.history.messages))
      .reduce((sum, count) => sum + count, 0);
  }

  /**
   * A gate fails, and the least one sends right after: how long until that is delivered, ms. null when it never is, since
   * too few are left to agree on anything.
   */
  fail(place: number, failure: Failure): number | null {
    const gate = this.#gates[place];
    assert(gate !== undefined && place > 0, 'another gate than the least');
    gate.driver.halt();
    if (failure === 'dies') this.#network.kill(gate.id);
    else this.#network.freeze(gate.id);
    this.#dead.add(gate.id);
    this.#send(0);
    return this.#untilDelivered(0);
  }

  #send(place: number): void {
    this.#gates[place]?.driver.command({ type: 'multicast', text: 'x' }, () => undefined);
  }

  /** How long until this gate delivers something more, ms. */
  #untilDelivered(place: number): number | null {
    const history = this.#gates[place]?.driver.node.group.history;
    const before = history?.count ?? 0;
    const started = this.#time.now();
    const isDelivered = this.#time.runUntil(() => (history?.count ?? 0) > before, PATIENCE);
    return isDelivered ? this.#time.now() - started : null;
  }

  #countDelivered(): number {
    return this.#alive().reduce((sum, { group }) => sum + group.history.count, 0);
  }

  #alive(): Driver['node'][] {
    return this.#gates.flatMap(({ id, driver }) => (this.#dead.has(id) ? [] : driver.node));
  }
}
