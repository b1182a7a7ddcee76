/** One thing that happened at a node. One format for the message log, the pictures and the replay. */
export interface TraceEvent {
  /** Counts this node's events from 1. */
  readonly sequence: number;
  /** Wall clock, ms since 1970. */
  readonly at: number;
  /** The node where it happened. */
  readonly node: string;
  /**
   * `sent`, `received`: a message. `dropped`: a message that a fault rule or a missing link lost.
   * `refused`: input that failed its schema; `what` is where it came in, `detail` why. `command`: a person's call. `role`: a change of role, term or leader.
   * `note`: what the core says about its own decisions, e.g. "suspects", "elected", "grants".
   */
  readonly kind: 'sent' | 'received' | 'dropped' | 'refused' | 'command' | 'role' | 'note';
  /** The other node, for messages. */
  readonly peer?: string;
  /** The message's type, the command, or the note's word. */
  readonly what: string;
  /** A short plain sentence for people. */
  readonly detail?: string;
  /** The encoded message's length in bytes, for messages. */
  readonly bytes?: number;
}
