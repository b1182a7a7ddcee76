/**
 * The ports between visitors' tabs and gates. A visitor is no member of the park: its links carry what it and the gate
 * tell each other, and nothing for others.
 */
import type { Identity, NodeId } from '../core/identity.ts';

/** What a reception tells its gate. Never called from inside a call to it. */
export interface ReceptionEvents {
  arrived(visitor: NodeId): void;
  departed(visitor: NodeId): void;
  /** JSON data from outside, not checked. Only between `arrived` and `departed`. */
  message(visitor: NodeId, data: unknown): void;
  refused(reason: string, visitor: NodeId | null): void;
}

/** A gate's links with visitors, who ask for them. */
export interface Reception {
  /** Called once. */
  start(self: NodeId, events: ReceptionEvents): void;
  /** Never blocks and never throws. Without a link it is dropped. */
  send(visitor: NodeId, message: unknown): void;
  /** Ends the link, after what was sent. No `departed` comes of it. */
  dismiss(visitor: NodeId): void;
  /** Ends all links for good. */
  close(): void;
}

/** What a visitor's tab is told of gates. Never called from inside a call to `Gates`. */
export interface GatesEvents {
  /** The gates that the coordinator knows of, without names. Some may be dead. */
  listed(gates: readonly Identity[]): void;
  /** The coordinator saw this gate's socket close: a hint, not a fact. */
  hint(gate: NodeId): void;
  coordinator(state: 'connected' | 'disconnected'): void;
  /** A link that `link` asked for opened. */
  opened(gate: NodeId): void;
  /** It ended, but for one that `unlink` ended. */
  ended(gate: NodeId): void;
  /** JSON data from outside, not checked. */
  message(gate: NodeId, data: unknown): void;
  refused(reason: string, gate: NodeId | null): void;
}

/** A visitor's way to gates. */
export interface Gates {
  /** Registers as a visitor. Called once. */
  start(self: Identity, events: GatesEvents): void;
  /** Tries to link to this gate, until `unlink`. */
  link(gate: NodeId): void;
  unlink(gate: NodeId): void;
  /** Never blocks and never throws. Without a link it is dropped. */
  send(gate: NodeId, message: unknown): void;
  close(): void;
}
