import { Random } from '../sim/random.ts';
import { mustFit, type Range, type Size, type Target } from './target.ts';

export interface Plan {
  readonly seed: number;
  readonly runs: number;
  /** What the process holds, in any unit: asked when the target has warmed up, and at the end while it still stands. */
  readonly held?: () => number;
}

export interface Result {
  readonly target: string;
  readonly runs: number;
  readonly accepted: number;
  readonly refused: number;
  /** The greatest that was seen of each size. */
  readonly sizes: readonly Size[];
  /** By how much more is held at the end than after the first inputs. */
  readonly grownBy: number;
  /** The input that something went wrong with; none in a good run. */
  readonly finding: { readonly run: number; readonly error: unknown } | null;
}

/** Sizes are looked at so often. */
const EVERY = 100;
/** By then, or after a third, the engine has compiled what it compiles. */
const WARM = 5000;

/** The input with this number, the same in every process. */
export function inputOf(target: Target, seed: number, run: number): Random {
  return new Random(`fuzz ${target.name} ${seed} ${run}`);
}

/** Throws input at a target until something goes wrong or all is thrown. The same seed throws the same. */
export async function fuzz(target: Target, { seed, runs, held = () => 0 }: Plan): Promise<Result> {
  const range = target.open();
  const count = { accepted: 0, refused: 0 };
  const greatest = new Map<string, Size>();
  const result = (run: number): Omit<Result, 'grownBy' | 'finding'> => ({
    ...{ target: target.name, runs: run, ...count },
    sizes: [...greatest.values()],
  });
  const warmAt = Math.min(WARM, Math.ceil(runs / 3));
  let warm = 0;
  for (let run = 0; run < runs; run++) {
    try {
      const verdict = range.shoot(inputOf(target, seed, run));
      // Most answer at once, and a turn of the event loop for each would cost more than they do.
      count[typeof verdict === 'string' ? verdict : await verdict] += 1;
      if ((run + 1) % EVERY === 0 || run === runs - 1) measure(range, greatest);
    } catch (error) {
      return { ...result(run + 1), grownBy: 0, finding: { run, error } };
    }
    if (run + 1 === warmAt) warm = held();
  }
  const grownBy = held() - warm;
  // The target stands until here, with all that it has kept.
  measure(range, greatest);
  return { ...result(runs), grownBy, finding: null };
}

function measure(range: Range, greatest: Map<string, Size>): void {
  const sizes = range.sizes?.() ?? [];
  mustFit(sizes);
  for (const size of sizes) {
    if (size.size >= (greatest.get(size.what)?.size ?? 0)) greatest.set(size.what, size);
  }
}
