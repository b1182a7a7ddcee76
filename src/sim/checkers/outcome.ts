import {
  ALLOWED,
  ALREADY_INSIDE,
  FULL,
  NOT_INSIDE,
  OLD_REQUEST,
  type Outcome,
} from './park-model.ts';

/** An outcome as the core hands it on, which knows nothing of its shape; null for what is none. */
export function decodeOutcome(value: unknown): Outcome | null {
  if (typeof value !== 'object' || value === null || !('allowed' in value)) return null;
  if (value.allowed === true) return ALLOWED;
  if (value.allowed !== false || !('reason' in value)) return null;
  switch (value.reason) {
    case 'full':
      return FULL;
    case 'already-inside':
      return ALREADY_INSIDE;
    case 'not-inside':
      return NOT_INSIDE;
    case 'old-request':
      return OLD_REQUEST;
    default:
      return null;
  }
}
