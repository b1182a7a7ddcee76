import { operationKey, type Operation } from '../../core/entry.ts';
import type { Json } from '../../core/json.ts';
import { isFor } from '../../machines/machine.ts';
import { decodeMarketOperation, decodeMarketOutcome } from '../../machines/market/operations.ts';
import type { MarketEntry, MarketPending } from './calls.ts';

/** A market operation and what became of it, as people and scripts read them; null for what is none. */
export function marketEntry(body: Json, outcome: Json): MarketEntry | null {
  // Most entries are the park's, and to try each as the market's costs more than all the rest of reading it.
  if (!isFor('market', body)) return null;
  const asked = decodeMarketOperation(body);
  const said = decodeMarketOutcome(outcome);
  if (!asked.ok || !said.ok) return null;
  const { machine: _machine, clock: _seen, ...what } = asked.value;
  const { clock, ...became } = said.value;
  return { ...what, ...became, clock: Object.fromEntries(clock) };
}

/** A market operation whose outcome is not known yet; null for what is none. */
export function pendingEntry({ id, body }: Operation): MarketPending | null {
  if (!isFor('market', body)) return null;
  const asked = decodeMarketOperation(body);
  if (!asked.ok) return null;
  const { machine: _machine, clock, ...what } = asked.value;
  return { ...what, request: operationKey(id), clock: Object.fromEntries(clock) };
}
