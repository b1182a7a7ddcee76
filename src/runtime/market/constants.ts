import type { AutoConstants } from './calls.ts';

/** What automatic trading does unless it is told otherwise. */
export const AUTO_DEFAULTS: AutoConstants = {
  buyAgain: 0.8,
  stock: 10,
  transactions: 20,
  timeoutMs: 5000,
  price: [5, 15],
  leaderFailure: 0,
  quantumMs: 5000,
  restock: 0.1,
  pauseMs: [100, 500],
};
