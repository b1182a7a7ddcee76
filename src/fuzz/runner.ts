import { Random } from '../sim/random.ts';
import type { Target } from './target.ts';

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
  /** By how much more is held at the end than after the first inputs. */
  readonly grownBy: number;
  /** The input that something went wrong with; none in a good run. */
  readonly finding: { readonly run: number; readonly error: unknown } | null;
}

/** Sizes are looked at so often. */
const EVERY = 1000;
/** By then the engine has compiled what it compiles. */
const WARM = 5000;

/** Throws input at a target until something goes wrong or all is thrown. The same seed throws the same. */
export function fuzz(target: Target, { seed, runs, held = () => 0 }: Plan): Result {
  const range = target.open();
  const count = { accepted: 0, refused: 0 };
  let warm = held();
  for (let run = 0; run < runs; run++) {
    const random = new Random(`fuzz ${target.name} ${seed} ${run}`);
    try {
      count[range.shoot(random)] += 1;
      if ((run + 1) % EVERY === 0 || run === runs - 1) checkSizes(range.sizes());
    } catch (error) {
      return { target: target.name, runs: run + 1, ...count, grownBy: 0, finding: { run, error } };
    }
    if (run + 1 === WARM) warm = held();
  }
  const grownBy = held() - warm;
  // The target stands until here, with all that it has kept.
  checkSizes(range.sizes());
  return { target: target.name, runs, ...count, grownBy, finding: null };
}

function checkSizes(sizes: ReturnType<ReturnType<Target['open']>['sizes']>): void {
  for (const { what, size, most } of sizes) {
    if (size > most) throw new Error(`${what} has grown to ${size}, and may come to ${most}`);
  }
}
