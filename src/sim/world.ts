import { assert } from '../core/assert.ts';
import type { Reply } from '../core/effects.ts';
import type { Envelope } from '../core/messages.ts';
import type { NodeId, Peer } from '../core/identity.ts';
import type { Node } from '../core/node.ts';
import type { ElectionKind, MulticastKind, ParkSettings, TopologyKind } from '../core/entry.ts';
import type { Trouble } from '../runtime/driver.ts';
import { NOTHING_HELD, type Held } from '../storage/memory-state.ts';
import { MemoryNetwork } from '../transport/memory.ts';
import type { Call, HistoryLine } from './checkers/history.ts';
import type { Lineage } from './checkers/lineage.ts';
import { Violation } from './checkers/violation.ts';
import { Checks } from './checks.ts';
import type { Tally } from './coverage/tally.ts';
import { Gate } from './gate.ts';
import { Hash } from './hash.ts';
import { MessagePolicy } from './network.ts';
import type { Plant } from './plant.ts';
import { Random } from './random.ts';
import { TraceWriter } from './trace-writer.ts';
import { onTick, VirtualClock } from './virtual-clock.ts';
import { swarmOf, type System } from './systems.ts';
import { Workload } from './workload.ts';

export type { HistoryLine } from './checkers/history.ts';

/** More events than this in one simulated second are a loop or a storm. */
const MOST_A_SECOND = 20_000;

/**
 * In every so many-th seed what is sent is frozen, so that who changes it later throws: code that shares state by mistake
 * does so in any seed. The others do without, since frozen objects are slow, but for those whose trace is written.
 */
const FROZEN_SEEDS = 8;

export interface WorldOptions {
  readonly seed: number;
  readonly gates: number;
  readonly plant: Plant;
  /** Only these clients ask for anything; null for all. */
  readonly clients: ReadonlySet<string> | null;
  /** What happens is written to this file. */
  readonly traceFile: string | null;
  /** How the park elects; bully without. */
  readonly election?: ElectionKind | undefined;
  /** Which links the gates keep; mesh without. */
  readonly topology?: TopologyKind | undefined;
  /** How the group orders its messages; null: nobody sends any. */
  readonly multicast: MulticastKind | null;
  /** Besides the park, these have clients; what the seed picks without. */
  readonly systems?: ReadonlySet<System> | null;
  /** Counts what happens, for the coverage table. */
  readonly tally: Tally | null;
  /** Goes on after a violation, so that clients see what comes of it. */
  readonly goesOn?: boolean;
}

/** Everything that one seed consists of: gates, the network between them, who uses them, and who watches. */
export class World {
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly network: MemoryNetwork;
  readonly messages: MessagePolicy;
  readonly gates: Gate[] = [];
  readonly checks: Checks;
  readonly workload: Workload;
  readonly settings: ParkSettings;
  readonly snapshotInterval: number;
  readonly plant: Plant;
  /** What the clients saw. */
  readonly history: HistoryLine[] = [];
  readonly digest = new Hash();
  readonly faults = new Map<string, number>();
  events = 0;
  /** The first rule that was seen broken: the driver would take it for trouble of its own. */
  violation: Violation | null = null;
  /** The faults are over. */
  healed = false;
  /** The coordinator has been up since then, Infinity while it is down. */
  coordinatorSince = 0;
  #isFounded = false;
  /** What people have asked for that divides the park, but for what was refused for sure. */
  #divisions = 0;
  readonly #options: WorldOptions;
  readonly #writer: TraceWriter | null;
  #second = 0;
  #eventsBefore = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.plant = options.plant;
    const { traceFile, seed, election = 'bully', topology = 'mesh' } = options;
    const wall = (): number => this.clock.wall();
    this.#writer =
      traceFile === null ? null : new TraceWriter(traceFile, { seed, election, topology }, wall);
    this.random = new Random(`seed ${options.seed}`);
    const random = this.random.split('world');
    this.messages = new MessagePolicy(this.random.split('messages'), (fault) => {
      this.count(fault);
    });
    this.network = new MemoryNetwork({
      clock: this.clock,
      random: this.random.split('network').next,
      policy: this.messages.decide,
      detectMs: random.logBetween(2000, 15_000),
      copy: options.traceFile || options.seed % FROZEN_SEEDS === 0 ? 'freeze' : 'share',
    });
    const busy = options.systems ?? swarmOf(this.random.split('systems'), this.plant);
    this.workload = new Workload(this, options.clients, options.multicast, busy);
    this.snapshotInterval = 32 * random.int(1, 16);
    this.settings = {
      capacity: random.int(1, this.workload.visitors),
      election,
      topology,
      multicast: options.multicast ?? 'sequencer',
    };
    this.checks = new Checks(
      () => this.clock.now(),
      (lineage, index) => {
        this.#committed(lineage, index);
      },
      (work) => {
        this.check(work);
      },
      options.tally,
      (id, life) => this.#disk(id, life),
    );
    for (let i = 0; i < options.gates; i++) this.gates.push(new Gate(this, i));
  }

  /** There is a park to ask. */
  get isFounded(): boolean {
    return this.#isFounded;
  }

  /**
   * What a page has made durable. When its disk was cleared, or another page of its identity has written there, nothing
   * more comes to that, and what was there still counts: who holds it no more never votes there again (rule S9).
   */
  #disk(id: NodeId, life: string | null): Held {
    const gate =
      this.gates.find((other) => other.life?.name === life) ??
      this.gates.find((other) => other.id === id);
    assert(gate !== undefined, `${id} is a gate's`);
    const storage = gate.life?.storage;
    return gate.lost ?? (storage?.fenced === true ? storage.held : gate.disk.held);
  }

  /** @param twin whose identity and disk it shares */
  addGate(twin: Gate | null = null): Gate {
    const gate = new Gate(this, this.gates.length, twin);
    this.gates.push(gate);
    return gate;
  }

  /** Runs a checker inside of a node's step. */
  check(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof Violation) this.violation ??= error;
      // Once a rule was broken the checkers may be at a loss.
      if (!this.#goesOn) throw error;
    }
  }

  /** A rule was broken, and the run goes on for the sake of its history. */
  get #goesOn(): boolean {
    return this.violation !== null && this.#options.goesOn === true;
  }

  /** Runs until a moment. Throws what is thrown on the way. */
  runUntil(time: number): void {
    const end = onTick(time);
    while (this.clock.nextAt <= end) {
      const handle = this.clock.step();
      if (handle === null) break;
      if (this.violation && !this.#goesOn) throw this.violation;
      this.#countEvent();
      this.digest.number(handle);
    }
    this.clock.waitUntil(end);
    this.digest.number(end);
  }

  #countEvent(): void {
    this.events += 1;
    const second = Math.floor(this.clock.now() / 1000);
    if (second > this.#second) {
      this.#second = second;
      this.#eventsBefore = this.events;
    }
    if (this.events - this.#eventsBefore > MOST_A_SECOND)
      throw new Violation('L1', `a storm: more than ${MOST_A_SECOND} events in a second`);
  }

  /**
   * Two parks came about, or a person asks for what may make two of one, or sets one aside. Returns what is to be called with
   * the answer: a page that crashes gives none, and may have done it.
   */
  divide(): (answer: Reply) => void {
    this.#divisions += 1;
    return (answer) => {
      if (!answer.ok && answer.definite) this.#divisions -= 1;
    };
  }

  /** There may have been more than one park, or generation of one. */
  get isDivided(): boolean {
    return this.#divisions > 0;
  }

  later(ms: number, work: () => void): void {
    this.clock.schedule(ms, work);
  }

  count(fault: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }

  /**
   * A blank page founds a park of its own when the coordinator knows nobody else. Who sets up a new gate sees to it
   * that there is a park to join: two parks would be for a person to decide about.
   */
  startWhenSafe(gate: Gate): void {
    if (gate.status === 'gone' || gate.life) return;
    const now = this.clock.now();
    const settled = now - this.coordinatorSince > 2000;
    const others = this.gates.some(
      (other) =>
        other !== gate &&
        other.awake &&
        other.life?.ready === true &&
        now - other.life.since > 2000 &&
        other.venue === gate.venue &&
        other.generation !== '',
    );
    // Nobody holds anything, as when all crashed before their first write was done: somebody has to begin.
    const nobody = this.gates.every(
      ({ status, life, blank }) => status === 'gone' || (life === null && blank),
    );
    if (!gate.blank || (settled && others) || nobody) gate.start();
    else this.later(500, () => this.startWhenSafe(gate));
  }

  /** A node stopped by itself: whoever owns it starts a new one, as the tab does. */
  stopped(gate: Gate, { code, message }: Trouble): void {
    if (this.violation && !this.#goesOn) throw this.violation;
    if (code === 'internal')
      this.check(() => {
        const rule = /^([SLCK]\d|T\d+)\b/.exec(message)?.[1] ?? 'invariant';
        throw new Violation(rule, `gate ${gate.index} (${gate.id}) stopped: ${message}`);
      });
    this.later(0, () => {
      if (code === 'storage-lost') gate.lost ??= NOTHING_HELD;
      const said = this.random.split(`stopped ${this.clock.now()}`);
      if (said.chance(0.5)) gate.close();
      else gate.crash('done', {});
      if (gate.disk.damaged) gate.moveOut();
      this.later(said.logBetween(10, 3000), () => this.startWhenSafe(gate));
    });
  }

  /** A step of a node has ended. */
  stepped(node: Node): void {
    this.#writer?.stepped(node);
  }

  message(kind: 'sent' | 'received', gate: Gate, peer: NodeId, envelope: Envelope): void {
    this.#writer?.message(kind, gate.id, peer, envelope);
  }

  dropped(gate: Gate, peer: NodeId, what: string, why: string): void {
    this.#writer?.add({ node: gate.id, kind: 'dropped', peer, what, detail: why });
  }

  /** A page of this node opens. */
  introduce(peer: Peer): void {
    this.#writer?.introduce(peer);
  }

  /** For people, and part of the digest. What happens to no gate alone happens at the node ''. */
  trace(
    what: string,
    gate: Gate | null,
    detail: string,
    kind: 'note' | 'refused' | 'command' = 'note',
  ): void {
    this.digest.text(what);
    this.digest.text(detail);
    this.#writer?.add({
      node: gate?.id ?? '',
      kind,
      what,
      ...(detail === '' ? {} : { detail }),
    });
  }

  /** Nothing happens any more. */
  end(): void {
    this.#writer?.close();
  }

  record(call: Call, type: HistoryLine['type'], reason: string | null): void {
    const { operation, outcome } = call;
    // Whoever commits breaks a rule, and the run goes on: the checkers saw no founding, and it has the settings of all.
    if (!this.#isFounded) this.#founded(this.settings.capacity);
    const told = type === 'ok' && outcome ? outcome : null;
    const why = told ? (told.allowed ? null : told.reason) : reason;
    this.#recordLine({
      process: call.process,
      type,
      f: operation.kind,
      operation: call.key,
      ...(operation.kind === 'capacity'
        ? { value: operation.capacity }
        : { visitor: operation.visitor }),
      ...(told ? { allowed: told.allowed } : {}),
      ...(why === null ? {} : { reason: why }),
    });
  }

  #recordLine(line: Omit<HistoryLine, 'seed' | 'time'>): void {
    const { process, type, operation, f, visitor, value, allowed, reason } = line;
    const about = visitor ?? String(value);
    const answer = `${allowed === undefined ? '' : String(allowed)} ${reason ?? ''}`;
    const gate = this.#gateOf(process);
    const kind = type === 'invoke' ? 'command' : 'note';
    this.trace(type, gate, `${process} ${operation} ${f} ${about} ${answer}`, kind);
    this.history.push({ seed: this.#options.seed, time: this.clock.now(), ...line });
  }

  /** A client's process is `g`, the index of its gate, and more after a point. */
  #gateOf(process: string): Gate | null {
    const index = process.slice(1, process.indexOf('.'));
    return process.startsWith('g') ? (this.gates[Number(index)] ?? null) : null;
  }

  #committed(lineage: Lineage, index: number): void {
    const record = lineage.at(index);
    if (!record) return;
    this.digest.text(record.text);
    const { command } = record.entry;
    if (command.kind !== 'founding' || this.#isFounded) return;
    this.#founded(command.settings.capacity);
  }

  #founded(value: number): void {
    this.#isFounded = true;
    const founding = { process: 'founder', f: 'capacity', operation: 'founding', value } as const;
    this.#recordLine({ ...founding, type: 'invoke' });
    this.#recordLine({ ...founding, type: 'ok', allowed: true });
  }
}
