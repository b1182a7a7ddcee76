/** Thrown when an invariant does not hold: the node stops rather than go on wrongly. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Assertions stay on: a node that is wrong must stop before it does harm. */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new InvariantError(invariant);
}

/** For the default branch of a switch over a union: a new member becomes a compile error. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable: ${JSON.stringify(value)}`);
}
