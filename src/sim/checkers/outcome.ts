import type { ParkOutcome } from '../../machines/park.ts';

/** An outcome as the core hands it on, which knows nothing of its shape; null for what is none. */
export function decodeOutcome(value: unknown): ParkOutcome | null {
  if (typeof value !== 'object' || value === null) return null;
  const { allowed, reason } = value as { allowed?: unknown; reason?: unknown };
  if (allowed === true) return { allowed };
  if (allowed !== false) return null;
  if (reason !== 'full' && reason !== 'already-inside' && reason !== 'not-inside') return null;
  return { allowed, reason };
}
