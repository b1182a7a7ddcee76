/** Bugs of the market: money, and who is served. */
import { Accounts } from '../../machines/market/accounts.ts';
import { Stock } from '../../machines/market/stock.ts';
import type { NodeId } from '../../core/identity.ts';
import { plantedBug, type PlantedBug } from '../plant.ts';
import { replace } from './tools.ts';

export const MARKET_BUGS: readonly PlantedBug[] = [
  plantedBug(
    'rounded-twice',
    'the commission and what is left for the seller are rounded each by itself (rule K2)',
    ['K2'],
    [],
    {
      install: () =>
        replace(Accounts.prototype, 'settle', function (this: Accounts, sale) {
          const rest = sale.paid - commissionOf(sale.paid);
          give(this, sale.buyer, this.of(sale.buyer) - sale.paid);
          give(this, sale.seller, this.of(sale.seller) + Math.round(rest));
          give(this, sale.trader, this.of(sale.trader) + sale.commission);
        }),
    },
  ),
  plantedBug(
    'stale-balance',
    'all balances of a sale are read before any is written, though the trader may be its seller (rule K2)',
    ['K2'],
    [],
    {
      install: () =>
        replace(Accounts.prototype, 'settle', function (this: Accounts, sale) {
          const { buyer, seller, trader, paid, commission } = sale;
          const [has, had, held] = [this.of(buyer), this.of(seller), this.of(trader)];
          give(this, buyer, has - paid);
          give(this, seller, had + paid - commission);
          give(this, trader, held + commission);
        }),
    },
  ),
  plantedBug(
    'commission-to-who-leads-now',
    'the commission goes to the leader that a node follows, not to that of the term in which the sale stands (rule K2)',
    ['K2', 'K1'],
    ['crash-leader', 'partition'],
    {
      started: (_gate, { node }) => {
        const { replica } = node;
        const apply = replica.machine.apply.bind(replica.machine);
        replica.machine.apply = (entry) => apply({ ...entry, term: replica.promised });
      },
    },
  ),
  plantedBug(
    'cheapest-first',
    'the cheapest is served first, whatever happened before it (rule K5)',
    ['K5', 'K2'],
    [],
    {
      install: () =>
        replace(Stock.prototype, 'inOrder', function (this: Stock, product) {
          const lots = this.lots.filter((lot) => lot.product === product);
          return lots.sort((a, b) => a.price - b.price);
        }),
    },
  ),
];

/** At the usual rate, not rounded. */
function commissionOf(paid: number): number {
  return paid / 10;
}

function give(accounts: Accounts, node: NodeId, money: number): void {
  const rows = accounts.rows().map(([id, has]) => [id, id === node ? money : has] as const);
  accounts.restore(rows);
}
