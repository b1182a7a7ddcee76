import type { Envelope } from '../core/messages.ts';
import { describe } from './describe.ts';
import type { TraceEvent } from './trace.ts';

/** How many events a tab keeps. */
export const TRACE_LENGTH = 5000;

/** A message's size and words are made when somebody looks: most are never looked at. */
interface Kept {
  event: TraceEvent;
  envelope: Envelope | null;
}

/** The last events of this node, oldest first: a ring, which costs the same however many there are. */
export class TraceLog {
  readonly #ring: Kept[] = [];
  #sequence = 0;

  /** @param envelope the message that the event is about */
  add(event: Omit<TraceEvent, 'sequence'>, envelope: Envelope | null = null): void {
    const place = this.#sequence % TRACE_LENGTH;
    this.#sequence += 1;
    this.#ring[place] = { event: { sequence: this.#sequence, ...event }, envelope };
  }

  events(): TraceEvent[] {
    const oldest = this.#sequence % TRACE_LENGTH;
    return [...this.#ring.slice(oldest), ...this.#ring.slice(0, oldest)].map(complete);
  }
}

function complete(kept: Kept): TraceEvent {
  const { event, envelope } = kept;
  if (!envelope) return event;
  kept.envelope = null;
  kept.event = withMessage(event, envelope);
  return kept.event;
}

/** The event with the message's size and words. */
export function withMessage(event: TraceEvent, envelope: Envelope): TraceEvent {
  const detail = describe(envelope.message);
  return {
    ...event,
    bytes: new TextEncoder().encode(JSON.stringify(envelope)).length,
    ...(detail === undefined ? {} : { detail }),
  };
}
