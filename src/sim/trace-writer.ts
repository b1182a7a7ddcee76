import { closeSync, openSync, writeSync } from 'node:fs';
import type { Envelope } from '../core/messages.ts';
import type { Node } from '../core/node.ts';
import type { Peer } from '../core/identity.ts';
import type { TraceHead, TraceNode } from '../runtime/trace-file.ts';
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
  readonly #introduced = new Set<string>();
  #lines: string[] = [];

  /** @param wall the true time of the simulation: a node's own clock may be wrong */
  constructor(
    file: string,
    run: Pick<TraceHead, 'seed' | 'election' | 'topology'>,
    wall: () => number,
  ) {
    this.#handle = openSync(file, 'w');
    this.#wall = wall;
    const head: TraceHead = { format: 'gatehouse-trace', version: 2, ...run, began: wall() };
    this.#lines.push(JSON.stringify(head));
  }

  /** Before its first event, and again only where its id is another. */
  introduce({ id, name, priority }: Peer): void {
    if (this.#introduced.has(id)) return;
    this.#introduced.add(id);
    const node: TraceNode = { introduces: id, name, priority };
    this.#line(node);
  }

  add(told: Told): void {
    this.#line(this.#dated(told));
  }

  message(kind: 'sent' | 'received', node: string, peer: string, envelope: Envelope): void {
    const told = { node, kind, peer, what: envelope.message.type };
    this.#line(withMessage(this.#dated(told), envelope));
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

  #line(line: TraceEvent | TraceNode): void {
    this.#lines.push(JSON.stringify(line));
    if (this.#lines.length >= BUFFER) this.#flush();
  }

  #flush(): void {
    writeSync(this.#handle, this.#lines.map((line) => `${line}\n`).join(''));
    this.#lines = [];
  }
}
