/** What travels on a link between a visitor's tab and a gate: what travels on others, for its other end. */
import type { NodeId } from '../core/identity.ts';
import { decodeWire, isNodeId, type DataMessage } from './wire.ts';

export function dataOf(source: NodeId, target: NodeId, body: unknown): DataMessage {
  return { kind: 'data', source, target, hops: 0, body };
}

type Read =
  { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly reason: string };

export function bodyOf(data: unknown, from: NodeId, self: NodeId): Read {
  const decoded = decodeWire(data);
  if (!decoded.ok) return decoded;
  const { message } = decoded;
  const isOurs =
    message.kind === 'data' &&
    message.hops === 0 &&
    isNodeId(from) &&
    message.source === from &&
    message.target === self;
  if (!isOurs) return { ok: false, reason: `visitor: ${message.kind} for somebody else` };
  return { ok: true, body: message.body };
}
