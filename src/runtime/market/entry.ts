import type { Json } from '../../core/json.ts';
import { decodeMarketOperation, decodeMarketOutcome } from '../../machines/market/operations.ts';
import type { MarketEntry } from './calls.ts';

/** A market operation and what became of it, as people and scripts read them; null for what is none. */
export function marketEntry(body: Json, outcome: Json): MarketEntry | null {
  const asked = decodeMarketOperation(body);
  const said = decodeMarketOutcome(outcome);
  if (!asked.ok || !said.ok) return null;
  const { machine: _machine, clock: _seen, ...what } = asked.value;
  const { clock, ...became } = said.value;
  return { ...what, ...became, clock: Object.fromEntries(clock) };
}
