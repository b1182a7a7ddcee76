import { mustBeSame } from './excerpt.ts';
import { entriesOf, readClock, START, type Due, type MarketModel } from './market-model.ts';
import { Violation } from './violation.ts';

/** Which rule an answer of the market breaks, that another one was due to; null when it is right. */
export function brokenTrade(due: Due, told: unknown, node: string, acts: number): string | null {
  const said = entriesOf(told);
  const clock = readClock(told);
  // Rule K4: the node's own component counts its acts. Who has no account acts not.
  const own = due.success || due.reason !== 'no-account' ? acts : 0;
  if ((clock.get(node) ?? 0) !== own) return 'K4';
  if (said.get('success') !== due.success) return 'K5';
  if (!due.success) return said.get('reason') === due.reason ? null : 'K5';
  if (!('seller' in due)) return said.has('sale') ? 'K5' : null;
  const sale = entriesOf(said.get('sale'));
  if (sale.get('buyer') !== due.buyer || sale.get('seller') !== due.seller) return 'K5';
  const isPaid =
    sale.get('trader') === due.trader &&
    sale.get('paid') === due.paid &&
    sale.get('commission') === due.commission;
  return isPaid ? null : 'K2';
}

/** Compares the market that a node has with the one that the rules make of its log (rules K1 to K3). */
export function checkMarket(snapshot: unknown, due: MarketModel, who: string): void {
  const market = entriesOf(entriesOf(snapshot).get('market'));
  const accounts = rowsOf(market.get('accounts'));
  const total = [...accounts.values()].reduce((sum, money) => sum + money, 0);
  if (total !== START * accounts.size)
    throw new Violation('K2', `${who} has ${total} in ${accounts.size} accounts`);
  if (accounts.size !== due.money.size)
    throw new Violation('K1', `${who} has ${accounts.size} accounts, due are ${due.money.size}`);
  for (const [node, money] of due.money)
    if (accounts.get(node) !== money)
      throw new Violation('K2', `${who}: ${node} has ${accounts.get(node) ?? 'no'}, due ${money}`);
  checkGoods(market, due, who);
}

function checkGoods(market: ReadonlyMap<string, unknown>, due: MarketModel, who: string): void {
  const lots = listOf(market.get('lots')).map(entriesOf);
  const left = (product: string): number =>
    lots
      .filter((lot) => lot.get('product') === product)
      .reduce((sum, lot) => sum + Number(lot.get('quantity')), 0);
  const [deposited, sold] = [entriesOf(market.get('deposited')), entriesOf(market.get('sold'))];
  for (const [product, quantity] of deposited) {
    const gone = Number(sold.get(product));
    if (quantity !== left(product) + gone)
      throw new Violation(
        'K3',
        `${who}: of ${String(quantity)} ${product} ${left(product)} are left and ${gone} sold`,
      );
    if (quantity !== (due.deposited.get(product) ?? 0) || gone !== (due.sold.get(product) ?? 0))
      throw new Violation('K3', `${who}: ${String(quantity)} ${product} deposited, ${gone} sold`);
  }
  const shown = lots.map((lot) =>
    ['index', 'seller', 'product', 'price', 'quantity'].map((key) => lot.get(key)),
  );
  const wanted = due.deposits.map(({ index, seller, product, price, left: quantity }) => [
    index,
    seller,
    product,
    price,
    quantity,
  ]);
  mustBeSame('K3', who, shown, wanted);
}

function rowsOf(value: unknown): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (const row of listOf(value)) {
    const [node, money] = listOf(row);
    if (typeof node === 'string' && typeof money === 'number') rows.set(node, money);
  }
  return rows;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}
