import type { MulticastKind } from '../core/entry.ts';
import type { Gate } from './gate.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** People who send messages to the whole group, one at each gate, and do not wait for the answers. */
export class Multicasting {
  readonly active = new Set<string>();
  readonly #world: World;
  readonly #random: Random;
  /** Of the whole group. */
  readonly #everyMs: number;
  readonly #burst: number;
  #gates = 0;
  #stopped = false;

  /** @param only the clients that send anything; null for all */
  constructor(
    world: World,
    private readonly only: ReadonlySet<string> | null,
    private readonly order: MulticastKind,
  ) {
    this.#world = world;
    this.#random = world.random.split('multicasts');
    this.#everyMs = this.#random.logBetween(200, 3000);
    this.#burst = this.#random.chance(0.3) ? this.#random.int(2, 30) : 1;
  }

  join(gate: Gate): void {
    this.#gates += 1;
    const name = `m${gate.index}`;
    if (this.only?.has(name) !== false) this.#think(gate, name, this.#random.split(name));
  }

  stop(): void {
    this.#stopped = true;
  }

  #think(gate: Gate, name: string, random: Random): void {
    this.#world.clock.schedule(random.exponential(this.#everyMs * this.#gates), () => {
      if (this.#stopped) return;
      this.#act(gate, name, random);
      this.#think(gate, name, random);
    });
  }

  #act(gate: Gate, name: string, random: Random): void {
    const { life } = gate;
    const isFounded = (life?.driver.node.replica.commitIndex ?? 0) > 0;
    if (!life || !gate.awake || !life.ready || gate.isSecond || !isFounded) return;
    this.active.add(name);
    const count = random.int(1, this.#burst);
    if (random.chance(0.1)) {
      const ms = random.logBetween(10, 3000);
      life.driver.command({ type: 'delay-next', ms }, () => undefined);
    }
    for (let i = 0; i < count; i++) this.#send(gate, name);
  }

  #send(gate: Gate, name: string): void {
    const { life } = gate;
    if (!life) return;
    const world = this.#world;
    const multicasts = world.checks.multicasts[this.order];
    const text = multicasts.asked(life.name, life.peer.id, name);
    world.trace('multicast', gate, text, 'command');
    life.driver.command({ type: 'multicast', text }, (reply) => {
      if (gate.life !== life) return;
      const told = reply.ok ? 'ok' : reply.definite ? 'fail' : 'info';
      world.trace(`multicast-${told}`, gate, `${text}${reply.ok ? '' : ` ${reply.code}`}`);
      world.check(() => {
        multicasts.answered(life.name, text, told);
      });
    });
  }
}
