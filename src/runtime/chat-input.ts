import { decode } from '../core/decode.ts';
import { chatName } from '../machines/chat-operations.ts';
import { GatehouseError } from './gatehouse.ts';
import { typedName } from './typed-name.ts';

/** A name of a user or a room. */
export function parseChatName(value: unknown, what: 'name' | 'room' | 'user'): string {
  if (typeof value !== 'string') throw invalid(`${what}: a name`);
  const decoded = decode(chatName, typedName(value));
  if (!decoded.ok) throw invalid(`${what}: ${decoded.reason}`);
  return decoded.value;
}

export function invalid(message: string): GatehouseError {
  return new GatehouseError('invalid', true, message);
}
