import { closeSync, openSync } from 'node:fs';
import { UsageError } from './options.ts';

/** Found out before the run, which may take an hour. */
export function checkWritable(option: string, file: string | null): void {
  if (file === null) return;
  try {
    closeSync(openSync(file, 'a'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${option} can't be written: ${why}`);
  }
}
