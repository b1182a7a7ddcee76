/** A rule of the design that did not hold. Thrown where it is noticed: the seed ends there. */
export class Violation extends Error {
  override readonly name = 'Violation';

  constructor(
    /** `S1` to `S9`, `L1`, `L2`, `E9`, `G2` to `G4`, `G6`, `T1` to `T3`, `T14`, `C1` to `C4`, `C9`, `V5`, `V9`, `K1` to `K5`, or `invariant` for an assertion of the code itself. */
    readonly rule: string,
    readonly detail: string,
  ) {
    super(`${rule}: ${detail}`);
  }
}
