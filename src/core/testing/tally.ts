import type { LogEntry } from '../entry.ts';
import type { Json } from '../json.ts';
import type { StateMachine } from '../state-machine.ts';

/** The smallest machine that shows order and repetition: it keeps every body, and the outcome is its number. */
export class Tally implements StateMachine {
  bodies: Json[] = [];

  reset(): void {
    this.bodies = [];
  }

  apply({ command }: LogEntry): Json {
    if (command.kind !== 'operation') return null;
    this.bodies.push(command.operation.body);
    return this.bodies.length;
  }

  refuse(body: Json): string | null {
    return body === 'nonsense' ? 'nonsense is refused' : null;
  }

  snapshot(): Json {
    return [...this.bodies];
  }

  refuseSnapshot(snapshot: Json): string | null {
    return Array.isArray(snapshot) ? null : 'not a list';
  }

  restore(snapshot: Json): void {
    this.bodies = [...(snapshot as readonly Json[])];
  }
}
