import { closeSync, openSync, writeSync } from 'node:fs';
import type { Envelope } from '../core/messages.ts';
import type { Node } from '../core/node.ts';
import type { TraceHead } from '../runtime/trace-file.ts';
import { withMessage } from '../runtime/trace-log.ts';
import type { TraceEvent } from '../runtime/trace.ts';

/** An event without what the writer knows itself. */
export type Told = Omit<TraceEvent, 'sequence' | 'at'>;

/** So many lines are kept back. */
const BUFFER = 500;

/** Writes a trace file (see runtime/trace-file.ts): what happened at every node, in the order of time. */
export class TraceWriter {
  readonly #handle: number;
  readonly #wall: () => number;
  readonly #sequences = new Map<string, number>();
  readonly #roles = new Map<string, string>();
  #lines: string[] = [];

  /** @param wall the true time of the simulation: a node's own clock may be wrong */
  constructor(file: string, seed: number, wall: () => number) {
    this.#handle = openSync(file, 'w');
    this.#wall = wall;
    const head: TraceHead = { format: 'gatehouse-trace', version: 1, seed, began: wall() };
    this.#lines.push(JSON.stringify(head));
  }

  add(told: Told): void {
    this.#write(this.#dated(told));
  }

  message(kind: 'sent' | 'received', node: string, peer: string, envelope: Envelope): void {
    const told = { node, kind, peer, what: envelope.message.type };
    this.#write(withMessage(this.#dated(told), envelope));
  }

  /** After a step: tells when the node's role, term or leader is another than before. */
  stepped(node: Node): void {
    const { self, role, term, leader } = node.view();
    const detail = `term ${term}, ${leader === null ? 'no leader' : `leader ${leader}`}`;
    if (this.#roles.get(self.id) === role + detail) return;
    this.#roles.set(self.id, role + detail);
    this.add({ node: self.id, kind: 'role', what: role, detail });
  }

  close(): void {
    this.#flush();
    closeSync(this.#handle);
  }

  #dated(told: Told): TraceEvent {
    const sequence = (this.#sequences.get(told.node) ?? 0) + 1;
    this.#sequences.set(told.node, sequence);
    return { sequence, at: this.#wall(), ...told };
  }

  #write(event: TraceEvent): void {
    this.#lines.push(JSON.stringify(event));
    if (this.#lines.length >= BUFFER) this.#flush();
  }

  #flush(): void {
    writeSync(this.#handle, this.#lines.map((line) => `${line}\n`).join(''));
    this.#lines = [];
  }
}
