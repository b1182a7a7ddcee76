import { describe, expect, it } from 'vitest';
import type { ElectionKind, TopologyKind } from '../core/entry.ts';
import { graphOf } from '../core/topology.ts';
import { compareIdentity, type NodeId } from '../core/identity.ts';
import { seeded } from '../core/testing/random.ts';
import { DEFAULT_TIMING } from '../core/timers.ts';
import { Machines } from '../machines/machine.ts';
import { Park } from '../machines/park.ts';
import { NodeClock, VirtualClock } from '../sim/virtual-clock.ts';
import { MemoryDisk } from '../storage/memory.ts';
import { MemoryNetwork } from '../transport/memory.ts';
import { Driver } from './driver.ts';

interface Gate {
  readonly id: NodeId;
  readonly priority: number;
  readonly clock: NodeClock;
  readonly driver: Driver;
}

/** Gates with the routing and links of a tab, over a virtual network. */
class SparsePark {
  readonly clock = new VirtualClock();
  readonly gates: Gate[] = [];
  readonly network: MemoryNetwork;
  readonly #random: () => number;

  constructor(
    readonly topology: TopologyKind,
    readonly election: ElectionKind,
    count: number,
    seed: number,
  ) {
    this.#random = seeded(seed);
    this.network = new MemoryNetwork({ clock: this.clock, random: this.#random });
    for (let i = 0; i < count; i++) {
      this.open(`gate${i.toString(36)}x`, Math.floor(this.#random() * 1000));
      this.run(100);
    }
  }

  open(id: NodeId, priority: number): Gate {
    const clock = new NodeClock(this.clock, 0, 0);
    const gate = { id, priority, clock, driver: this.#start(id, priority, clock) };
    this.gates.push(gate);
    return gate;
  }

  /** Its page is gone, as its links tell, or only silence does. */
  kill({ id, driver, clock }: Gate, how: 'closed' | 'silent' = 'closed'): void {
    driver.halt();
    clock.stop();
    const closedByPeer = how === 'closed';
    this.network.kill(id, { closedByPeer, noticeMs: closedByPeer ? 10 : 30_000 });
  }

  freeze({ id, clock }: Gate): void {
    this.network.freeze(id);
    clock.pause('hang');
  }

  thaw({ id, clock }: Gate): void {
    clock.resume();
    this.network.thaw(id);
  }

  get alive(): Gate[] {
    return this.gates.filter(({ driver }) => driver.running);
  }

  get greatest(): Gate | undefined {
    return [...this.alive].sort(compareIdentity).at(-1);
  }

  /** All follow the greatest, who has a quorum. */
  get isElected(): boolean {
    const leader = this.greatest?.id;
    return this.alive.every(({ driver }) => {
      const view = driver.view();
      return view.leader === leader && view.quorum && view.role !== 'joining';
    });
  }

  /** And the members are those that are alive. */
  get isSettled(): boolean {
    const count = this.alive.length;
    return (
      this.isElected && this.alive.every(({ driver }) => driver.view().members.length === count)
    );
  }

  links({ id }: Gate): NodeId[] {
    const others = this.gates.map((gate) => gate.id);
    return others.filter((other) => other !== id && this.network.openLinks(id, other) > 0).sort();
  }

  /** Nobody has a link but those of the topology. */
  get isSparse(): boolean {
    const [first] = this.alive;
    if (first === undefined || this.topology === 'mesh') return false;
    const { membership } = first.driver.node.replica;
    const graph = graphOf(this.topology, membership.members, membership.generations[0]?.id ?? '');
    return this.alive.every((gate) => {
      const wanted = [...(graph.get(gate.id) ?? [])].sort();
      return String(this.links(gate)) === String(wanted);
    });
  }

  run(ms: number): void {
    const end = this.clock.now() + ms;
    while (this.clock.nextAt <= end) this.clock.step();
    this.clock.waitUntil(end);
  }

  until(condition: () => boolean, withinMs: number, what: string): void {
    const end = this.clock.now() + withinMs;
    while (!condition()) {
      if (this.clock.now() > end) throw new Error(`never: ${what}\n${this.describe()}`);
      this.run(20);
    }
  }

  describe(): string {
    return this.alive
      .map((gate) => {
        const view = gate.driver.view();
        return `${gate.id} p${gate.priority} ${view.role} leader ${view.leader ?? '-'} ${String(view.quorum)} members ${view.members.length} links ${this.links(gate).join(' ')}`;
      })
      .join('\n');
  }

  #start(id: NodeId, priority: number, clock: NodeClock): Driver {
    const disk = new MemoryDisk({ defer: (ms, done) => this.clock.schedule(ms, done) });
    const settings = {
      capacity: 10,
      election: this.election,
      topology: this.topology,
      multicast: 'sequencer',
    } as const;
    const self = { id, priority, name: `Gate ${id}` };
    const machine = new Machines([new Park()]);
    const config = { self, settings, machine, random: this.#random, timing: DEFAULT_TIMING };
    const transport = this.network.transport(id, { clock });
    const ports = { transport, storage: disk.open(), clock };
    const driver = new Driver({ ...config, snapshotInterval: 50_000 }, ports);
    driver.start();
    return driver;
  }
}

const SPARSE = ['sample', 'ring', 'grid', 'random'] as const;

function founded(
  topology: TopologyKind,
  election: ElectionKind,
  count: number,
  seed: number,
): SparsePark {
  const park = new SparsePark(topology, election, count, seed);
  park.until(() => park.isSettled, 60_000, 'all follow the greatest');
  park.until(() => park.isSparse, 60_000, 'links as in the graph');
  return park;
}

describe.each(SPARSE)('a park founded with the topology %s', (topology) => {
  it('N1 of twelve gates has the links of its graph and no others, and all follow the greatest', () => {
    founded(topology, 'wireless', 12, 3);
  });

  it.each(['closed', 'silent'] as const)('N2 survives three that are gone at once, %s', (how) => {
    const park = founded(topology, 'wireless', 12, 4);
    const others = [...park.alive];
    for (const place of [2, 3, 7]) park.kill(others[place]!, how);
    park.until(() => park.isSettled, 60_000, 'all follow the greatest');
    park.until(() => park.isSparse, 60_000, 'links as in the graph of those that are left');
    console.log(topology, how, park.clock.now());
  });

  it('N4 what is relayed goes round a gate that hangs, and over it again when it goes on', () => {
    const park = founded(topology, 'wireless', 9, 5);
    const hung = [...park.alive].sort(compareIdentity)[4]!;
    park.freeze(hung);
    park.run(20_000);
    const awake = park.alive.filter((gate) => gate !== hung);
    console.log(
      awake.map((g) => g.driver.view().members.length),
      park.describe(),
    );
    park.thaw(hung);
    park.until(() => park.isSettled && park.isSparse, 60_000, 'it is back');
  });
});

describe('elections over a sparse topology', () => {
  it('E9 20 gates on sample elect by the wireless algorithm while 3 of them crash', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const park = founded('sample', 'wireless', 20, seed);
      const [leader, ...others] = [...park.alive].sort(compareIdentity).reverse();
      const t = park.clock.now();
      park.kill(leader!);
      park.run(40 * seed);
      park.kill(others[0]!);
      park.run(30 * seed);
      park.kill(others[5 + seed]!);
      park.until(() => park.isElected, 60_000, 'all follow the greatest');
      console.log('elect', seed, park.clock.now() - t);
    }
  });

  it('E9 the ring elects on a ring with two dead neighbours in a row', () => {
    for (let seed = 1; seed <= 5; seed++) {
      for (const how of ['closed', 'silent'] as const) {
        const park = founded('ring', 'ring', 7, seed);
        const inOrder = [...park.alive].sort(compareIdentity).reverse();
        const t = park.clock.now();
        for (const gate of inOrder.slice(0, 2)) park.kill(gate, how);
        park.until(() => park.isElected, 60_000, 'all follow the greatest');
        console.log('ring', how, seed, park.clock.now() - t);
      }
    }
  });
});
