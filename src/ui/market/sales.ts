/** What a seller is told: which of its goods the trader has sold, and what it got for them. Read from the log. */
import type { Entry, MarketAsked, MarketEntry } from '../../runtime/gatehouse.ts';

export interface Sold extends MarketAsked {
  /** Of the entry. */
  readonly index: number;
  /** The leader's wall clock, ms since 1970. */
  readonly at: number;
  readonly sale: NonNullable<MarketEntry['sale']>;
}

/** The last so many of this seller's, the newest first. */
export function lastSales(entries: readonly Entry[], seller: string, most: number): Sold[] {
  const sales: Sold[] = [];
  for (let place = entries.length - 1; place >= 0 && sales.length < most; place -= 1) {
    const { index, at, market } = entries[place] ?? {};
    if (index === undefined || at === undefined || market?.sale?.seller !== seller) continue;
    sales.push({ ...market, index, at, sale: market.sale });
  }
  return sales;
}
