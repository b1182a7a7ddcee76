/** The sums that must be right whatever happens: rules K1 and K3. */
import type { MarketState } from '../../runtime/gatehouse.ts';
import { PRODUCTS, type Product } from './goods.ts';

/** What every member starts with. */
export const START = 1000;

export interface MoneyCheck {
  /** That ever joined. */
  readonly members: number;
  readonly sum: number;
  readonly due: number;
  readonly holds: boolean;
}

/** K1: all accounts together hold 1000 times as much as there are of them. */
export function checkMoney({ accounts }: Pick<MarketState, 'accounts'>): MoneyCheck {
  const money = Object.values(accounts);
  const sum = money.reduce((total, account) => total + account, 0);
  const due = START * money.length;
  return { members: money.length, sum, due, holds: sum === due };
}

export interface GoodsCheck {
  readonly product: Product;
  readonly deposited: number;
  readonly sold: number;
  readonly inStock: number;
  readonly holds: boolean;
}

/** K3: of each product, what was deposited is sold or in stock. */
export function checkGoods(state: Pick<MarketState, 'stock' | 'deposited' | 'sold'>): GoodsCheck[] {
  return PRODUCTS.map((product) => {
    const deposited = state.deposited[product] ?? 0;
    const sold = state.sold[product] ?? 0;
    const lots = state.stock.filter((lot) => lot.product === product);
    const inStock = lots.reduce((total, { quantity }) => total + quantity, 0);
    return { product, deposited, sold, inStock, holds: deposited === sold + inStock };
  });
}
