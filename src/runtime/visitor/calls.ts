/** The public contract of a visitor's tab: `window.gatehouse` under `#/visitor`. */
import type { Outcome } from '../gatehouse.ts';
import type { RefusedInput } from '../refusals.ts';

/** What a visitor's tab offers: it is no member, so it has nothing of what a gate's console can do. */
export interface VisitorGatehouse {
  readonly visitor: VisitorCalls;
}

export interface VisitorCalls {
  state(): VisitorState;
  /**
   * Asks a gate to let this visitor in. Resolves with the park's decision. Rejects with `GatehouseError` after 5 s:
   * definite when no gate has the request, else this tab goes on asking until it knows.
   */
  enter(): Promise<Outcome>;
  leave(): Promise<Outcome>;
  /** All that the page shows. */
  status(): VisitorStatus;
  /** Calls back after every change. Returns the function that ends it. */
  subscribe(listener: () => void): () => void;
}

/** `entering`, `leaving`: a request is open. `entered`: inside, as far as this tab was told; `idle`: not. */
export type VisitorPhase = 'idle' | 'entering' | 'entered' | 'leaving';

export interface VisitorState {
  phase: VisitorPhase;
  /** The id of the gate that serves this tab; null while none does. */
  gate: string | null;
}

export interface VisitorStatus extends VisitorState {
  park: string;
  /** What this visitor goes by in the park: its ticket. */
  visitor: string;
  /** `lost`: another page has it by now, or it was cleared. This one is `idle` then; a reload takes another ticket. */
  ticket: 'held' | 'lost';
  /** The number of its last request; 0 before the first. */
  request: number;
  gateName: string | null;
  /** How many gates the signaling server knows of. */
  gates: number;
  signaling: 'connected' | 'disconnected';
  /** What happened last on this page: how a request ended, whether nobody knows yet, or what the door did. */
  last: VisitorResult | null;
  /** Input that was refused at a boundary of this tab, since it was opened: the most frequent reason first. */
  refused: RefusedInput[];
}

export type VisitorResult =
  | {
      readonly kind: 'decided';
      readonly wish: 'enter' | 'leave';
      readonly outcome: Outcome;
    }
  /** Somebody else let this visitor in or out, by its name. */
  | { readonly kind: 'at-door'; readonly inside: boolean }
  /** It did not happen, and will not. */
  | { readonly kind: 'failed'; readonly wish: 'enter' | 'leave'; readonly message: string }
  /** Nobody was told in time: the tab is finding out. */
  | { readonly kind: 'finding-out'; readonly wish: 'enter' | 'leave' };
