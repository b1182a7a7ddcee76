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
import { MemoryNetwork, type Policy } from '../transport/memory.ts';
import { Driver } from './driver.ts';

interface Gate {
  readonly id: NodeId;
  readonly priority: number;
  readonly disk: MemoryDisk;
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
    policy: Policy = () => ({ delayMs: 1 }),
  ) {
    this.#random = seeded(seed);
    this.network = new MemoryNetwork({ clock: this.clock, random: this.#random, policy });
    for (let i = 0; i < count; i++) {
      this.open(`gate${i.toString(36)}x`, Math.floor(this.#random() * 1000));
      this.run(100);
    }
  }

  open(id: NodeId, priority: number, topology = this.topology): void {
    const disk = new MemoryDisk({ defer: (ms, done) => this.clock.schedule(ms, done) });
    this.#start({ id, priority, disk }, topology);
  }

  /** A new page on its disk. */
  reopen(gate: Gate): void {
    this.gates.splice(this.gates.indexOf(gate), 1);
    this.#start(gate, this.topology);
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

  /** Who was ever taken for dead for good, as the leader knows: who was away itself may not have heard of it yet. */
  get evicted(): NodeId[] {
    const entries = this.greatest?.driver.committed(1, Infinity) ?? [];
    return entries.flatMap(({ entry: { command } }) =>
      command.kind === 'membership' && command.change === 'evict' ? command.subject : [],
    );
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

  #start({ id, priority, disk }: Omit<Gate, 'clock' | 'driver'>, topology: TopologyKind): void {
    const kinds = { election: this.election, topology, multicast: 'sequencer' } as const;
    const self = { id, priority, name: `Gate ${id}` };
    const machine = new Machines([new Park()]);
    const settings = { capacity: 10, ...kinds };
    const config = { self, settings, machine, random: this.#random, timing: DEFAULT_TIMING };
    const clock = new NodeClock(this.clock, 0, 0);
    const transport = this.network.transport(id, { clock });
    const ports = { transport, storage: disk.open(), clock };
    const driver = new Driver({ ...config, snapshotInterval: 50_000 }, ports);
    this.gates.push({ id, priority, disk, clock, driver });
    driver.start();
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

  it.each(['closed', 'silent'] as const)('N7 survives three that are gone at once, %s', (how) => {
    const park = founded(topology, 'wireless', 12, 4);
    const gates = park.alive;
    for (const place of [2, 3, 7]) park.kill(gates[place]!, how);
    park.until(() => park.isSettled, 60_000, 'all follow the greatest');
    park.until(() => park.isSparse, 60_000, 'links as in the graph of those that are left');
    expect(park.evicted).toHaveLength(3);
  });

  it('N7 a gate that hangs is passed over, and comes back when it goes on', () => {
    const park = founded(topology, 'wireless', 9, 5);
    const hung = [...park.alive].sort(compareIdentity)[4]!;
    park.freeze(hung);
    const awake = park.alive.filter((gate) => gate !== hung);
    const isEvicted = (): boolean =>
      awake.every(({ driver }) => driver.view().members.length === awake.length);
    park.until(isEvicted, 60_000, 'it is evicted');
    park.thaw(hung);
    park.until(() => park.isSettled && park.isSparse, 60_000, 'it is back');
    expect(park.evicted, 'nobody behind it was taken for dead for long').toEqual([hung.id]);
  });

  it('N3 one gate that expects a mesh joins, and keeps the links of the graph only', () => {
    const park = founded(topology, 'wireless', 8, 6);
    park.open('latecomer', 2000, 'mesh');
    park.until(() => park.isSettled && park.isSparse, 60_000, 'it has joined and leads');
  });

  it('N7 most gates stay away when the park is opened again: the others find each other', () => {
    const park = founded(topology, 'wireless', 9, 7);
    // Else those that come back may be no majority.
    park.until(
      () => park.alive.every(({ driver }) => driver.node.replica.membership.voters().length === 9),
      60_000,
      'all vote',
    );
    const gates = [...park.gates];
    for (const gate of gates) park.kill(gate);
    for (const place of [0, 2, 4, 6, 8]) park.reopen(gates[place]!);
    park.until(() => park.isElected, 60_000, 'all follow the greatest of them');
  });
});

describe('elections over a sparse topology', () => {
  it.each([1, 2, 3])(
    'E9 20 gates on sample elect by the wireless algorithm while 3 of them crash, seed %i',
    (seed) => {
      const park = founded('sample', 'wireless', 20, seed);
      const gates = [...park.alive].sort(compareIdentity).reverse();
      park.kill(gates[0]!);
      park.run(30 * seed);
      expect(park.isElected).toBe(false);
      park.kill(gates[1]!);
      park.run(40);
      park.kill(gates[5 + seed]!);
      park.until(() => park.isElected, 60_000, 'all follow the greatest');
    },
    20_000,
  );

  it.each(['closed', 'silent'] as const)(
    'E9 the ring elects on a ring with two dead neighbours in a row, %s',
    (how) => {
      for (let dead = 0; dead < 7; dead++) {
        const park = founded('ring', 'ring', 7, 1);
        const inOrder = [...park.alive].sort(compareIdentity).reverse();
        for (const place of [dead, (dead + 1) % 7]) park.kill(inOrder[place]!, how);
        park.alive[0]!.driver.command({ type: 'start-election' }, () => undefined);
        park.until(() => park.isElected, 60_000, 'all follow the greatest');
        park.until(() => park.isSettled && park.isSparse, 60_000, 'the ring is closed again');
      }
    },
  );
});

it.each(['wireless', 'bully'] as const)(
  'F3 a park of 16 that is slow, a busy machine say, elects and keeps its leader: %s',
  (election) => {
    const random = seeded(77);
    let mostMs = 2;
    const slow: Policy = () => ({ delayMs: (mostMs * (1 + random())) / 2 });
    const park = new SparsePark('sample', election, 16, 3, slow);
    park.until(() => park.isSettled, 60_000, 'all follow the greatest');
    mostMs = 250;
    park.kill(park.greatest!);
    park.until(() => park.isElected, 60_000, 'all follow the greatest that is left');
    park.run(10_000);
    const leader = park.greatest!.driver.node;
    const { term } = leader.leadership!;
    park.run(30_000);
    expect(leader.leadership?.term).toBe(term);
    expect(park.isElected).toBe(true);
  },
  20_000,
);

it('N5 two parks that were founded apart find each other, though neither lists the other', () => {
  const park = new SparsePark('ring', 'ring', 0, 1);
  for (let i = 0; i < 8; i++) {
    park.network.visit(`gate${i}`, i < 4 ? 'here' : 'there');
    park.open(`gate${i}`, i);
    park.run(100);
  }
  park.run(10_000);
  const generations = (): number =>
    new Set(park.alive.map(({ driver }) => driver.view().generation)).size;
  expect(generations()).toBe(2);
  for (const { id } of park.gates) park.network.visit(id, 'together');
  park.until(() => park.isSettled && park.isSparse, 60_000, 'they are one park');
  expect(generations()).toBe(1);
});
