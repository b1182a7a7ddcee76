import type { Refusal } from '../core/refusal.ts';

/** Input that the page itself refused. Whoever put the page together counts it with all else that its tab refuses. */
export class RefusedEvent extends Event {
  readonly refusal: Refusal;

  constructor(source: 'address' | 'file', reason: string) {
    super('refused-input', { bubbles: true, composed: true });
    this.refusal = { source, reason, from: null };
  }
}

declare global {
  interface HTMLElementEventMap {
    'refused-input': RefusedEvent;
  }
}
