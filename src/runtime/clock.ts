/** A timer that was set; opaque, for `cancel`. */
export type TimerHandle = number;

/** The clock port. A tab's is worker-clock.ts (not throttled when hidden), the simulator's is virtual. */
export interface Clock {
  /** Milliseconds since some start; never goes back. May stand still while the device sleeps. */
  now(): number;
  /** Wall clock, ms since 1970. May jump. */
  wall(): number;
  /** Calls back once, `delayMs` from now or later. */
  schedule(delayMs: number, callback: () => void): TimerHandle;
  /** A cancelled timer never calls back. Unknown handles are ignored. */
  cancel(handle: TimerHandle): void;
}
