import type { TraceEvent } from '../../runtime/trace.ts';
import { isHeartbeat } from '../chat/heartbeats.ts';

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
  /** Where it happened. */
  readonly node: string;
  /** Heartbeats and their answers are shown: ten a second drown everything else. */
  readonly heartbeats: boolean;
}

export function eventMatcher({
  kind,
  type,
  peer,
  node,
  heartbeats,
}: EventFilter): (event: TraceEvent) => boolean {
  return (event) =>
    (kind === 'all' || event.kind === kind) &&
    (type === 'all' || event.what === type) &&
    (peer === 'all' || event.peer === peer) &&
    (node === 'all' || event.node === node) &&
    (heartbeats || !(isHeartbeat(event) || isAnswer(event)));
}

/** To a heartbeat. */
function isAnswer({ what, detail = '' }: TraceEvent): boolean {
  return what === 'APPENDED' && detail.endsWith('to a heartbeat');
}
