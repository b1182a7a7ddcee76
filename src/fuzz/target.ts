import type { Random } from '../sim/random.ts';

/** What became of one input. A throw, of the code under test or of a check, is a finding. */
export type Verdict = 'accepted' | 'refused';

/** A boundary under fire: what it holds is made once and must not grow, whatever comes in. */
export interface Range {
  /** One input, or a short sequence of them, made from this generator alone. */
  shoot(random: Random): Verdict | Promise<Verdict>;
  /**
   * How much it holds: anything that could grow, each with the most that it may come to. null where it is functions that
   * keep nothing, and so answer the same input alike, whatever came before.
   */
  readonly sizes: (() => readonly Size[]) | null;
}

export interface Size {
  readonly what: string;
  readonly size: number;
  readonly most: number;
}

export interface Target {
  readonly name: string;
  readonly about: string;
  open(): Range;
}

/** Something that must hold after an input does not. */
export class Finding extends Error {
  override readonly name = 'Finding';
}

export function must(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new Finding(rule);
}

/** Nothing has outgrown its bound. */
export function mustFit(sizes: readonly Size[]): void {
  for (const { what, size, most } of sizes) {
    must(size <= most, `${what} has grown to ${size}, and may come to ${most}`);
  }
}
