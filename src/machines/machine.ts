import { assert } from '../core/assert.ts';
import type { LogEntry } from '../core/entry.ts';
import type { Json } from '../core/json.ts';
import type { StateMachine } from '../core/state-machine.ts';

/**
 * One of the deterministic machines on the log, under its own name. An operation's body is `{ machine, ... }`: the
 * machine of that name applies it. Entries that are no operations are shown to all machines.
 */
export interface Machine extends StateMachine {
  readonly name: string;
}

/** All machines of a park as the one that the core drives. */
export class Machines implements StateMachine {
  readonly #machines: ReadonlyMap<string, Machine>;

  constructor(machines: readonly Machine[]) {
    this.#machines = new Map(machines.map((machine) => [machine.name, machine]));
  }

  reset(): void {
    for (const machine of this.#machines.values()) machine.reset();
  }

  apply(entry: LogEntry): Json {
    const { command } = entry;
    if (command.kind === 'operation') {
      // Unknown to this version: applied by nobody, but the log goes on.
      return this.#of(command.operation.body)?.apply(entry) ?? null;
    }
    for (const machine of this.#machines.values()) machine.apply(entry);
    return null;
  }

  refuse(body: Json): string | null {
    const machine = this.#of(body);
    return machine ? machine.refuse(body) : 'no such machine';
  }

  snapshot(): Json {
    return Object.fromEntries(
      [...this.#machines].map(([name, machine]) => [name, machine.snapshot()]),
    );
  }

  refuseSnapshot(snapshot: Json): string | null {
    if (!isRecord(snapshot)) return 'not an object';
    for (const [name, machine] of this.#machines) {
      const part = snapshot[name];
      const problem = part === undefined ? null : machine.refuseSnapshot(part);
      if (problem !== null) return `${name}: ${problem}`;
    }
    return null;
  }

  restore(snapshot: Json): void {
    assert(isRecord(snapshot), 'a snapshot of the machines is an object');
    for (const [name, machine] of this.#machines) {
      const part = snapshot[name];
      if (part === undefined) machine.reset();
      else machine.restore(part);
    }
  }

  #of(body: Json): Machine | undefined {
    const name = isRecord(body) ? body['machine'] : undefined;
    return typeof name === 'string' ? this.#machines.get(name) : undefined;
  }
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether an operation's body is meant for the machine of this name. */
export function isFor(name: string, body: Json): boolean {
  return isRecord(body) && body['machine'] === name;
}
