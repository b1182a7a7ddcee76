/** How often the server refused what, and why: a closed list of reasons, so that no name of a park or a person is in it. */
import { ERROR_CODES } from './protocol.ts';

export const REFUSALS = [
  // Messages, by the code of the error that answers them.
  ...ERROR_CODES,
  // Sockets that were dropped.
  'bad-frame',
  'frame-too-large',
  'no-howdy',
  'no-pong',
  'too-many-messages',
  'reads-too-slowly',
  // Upgrades and connections.
  'wrong-path',
  'foreign-origin',
  'bad-handshake',
  'sockets',
  'sockets-per-address',
  'connections',
  'connections-per-address',
  // Requests.
  'bad-request',
  'slow-request',
  'pipelined',
  'barred',
  'bad-method',
  'not-found',
  // The listening socket itself: out of file descriptors, say.
  'accept-error',
] as const;

export type Refusal = (typeof REFUSALS)[number];

export class Refusals {
  readonly #counts = new Map<Refusal, number>();

  count(reason: Refusal): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  /** Every reason, those that never occurred included. */
  toJSON(): Record<Refusal, number> {
    const entries = REFUSALS.map((reason) => [reason, this.#counts.get(reason) ?? 0]);
    return Object.fromEntries(entries) as Record<Refusal, number>;
  }
}
