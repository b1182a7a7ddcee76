import { parseArgs } from 'node:util';
import { UsageError } from '../options.ts';

/** What the table in the repository is made with: it changes only when what it counts does. */
const SEEDS = 120;
const TABLE = 'src/core/COVERAGE.md';

export const HELP = `Counts how often tests and the simulator cover each rule, message and refusal, and prints the table.

  npm run coverage -- [options]

  --seeds N    how many seeds of the simulator to run (default ${SEEDS})
  --out FILE   writes the table to this file (default: ${TABLE} with ${SEEDS} seeds, none with another number)
  --help       this text

Exit status 1 when something is not covered or a rule was violated, 2 for wrong options.`;

export interface CoverageOptions {
  readonly seeds: number;
  /** Where the table goes, besides the screen. */
  readonly out: string | null;
  readonly help: boolean;
}

export function parseCoverage(args: readonly string[]): CoverageOptions {
  const { seeds: text = String(SEEDS), out, help } = parse(args);
  const seeds = Number(text);
  if (!/^\d+$/.test(text) || seeds < 1 || seeds > 1e9)
    throw new UsageError(`--seeds takes a whole number from 1 to 1000000000, not "${text}"`);
  if (out === '') throw new UsageError('--out takes the name of a file');
  return { seeds, out: out ?? (seeds === SEEDS ? TABLE : null), help };
}

function parse(args: readonly string[]): { seeds?: string; out?: string; help: boolean } {
  const options = {
    seeds: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
