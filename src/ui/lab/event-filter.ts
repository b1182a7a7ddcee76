import type { TraceEvent } from '../../runtime/trace.ts';

export const EVENT_KINDS = {
  all: 'All kinds',
  sent: 'sent',
  received: 'received',
  dropped: 'lost',
  refused: 'refused',
  command: 'command',
  role: 'role',
  note: 'note',
} as const;

/** What the message log shows; `all` stands for no restriction. */
export interface EventFilter {
  readonly kind: string;
  readonly type: string;
  readonly peer: string;
}

export function eventMatcher({ kind, type, peer }: EventFilter): (event: TraceEvent) => boolean {
  return (event) =>
    (kind === 'all' || event.kind === kind) &&
    (type === 'all' || event.what === type) &&
    (peer === 'all' || event.peer === peer);
}
