import type { Status } from '../../runtime/gatehouse.ts';
import { isDown } from '../words.ts';

/** The gates can't help themselves: somebody has to decide or do something. */
export function needsPerson(status: Status): boolean {
  const { vacant, quorum, missing, conflict } = status;
  if (isDown(status)) return true;
  return vacant || conflict !== null || (!quorum && missing.length > 0);
}
