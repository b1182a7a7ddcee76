/** Acts and answers of the market, in words. */
import type { MarketAct, MarketAsked, Purchase } from '../../runtime/gatehouse.ts';
import type { NameOf } from '../park/log-words.ts';
import type { Sold } from './sales.ts';

/** A name as short as it can be told from others in a picture. */
export function shortName(name: string): string {
  return name.replace(/^Gate /, '');
}

/** `2 salt`. */
export function goodsWords({ quantity = 0, product = 'salt' }: MarketAsked): string {
  return `${quantity} ${product}`;
}

/** What was asked for: `buy 2 salt`. */
export function wishWords(asked: MarketAsked): string {
  switch (asked.kind) {
    case 'buy':
      return `buy ${goodsWords(asked)}`;
    case 'deposit':
      return `deposit ${goodsWords(asked)} at ${asked.price ?? 0} each`;
    case 'commission':
      return `set the commission to ${asked.percent ?? 0} %`;
  }
}

export type Tone = 'sale' | 'deposit' | 'refused' | 'rule';

export function toneOf({ kind, success }: MarketAct): Tone {
  if (!success) return 'refused';
  if (kind === 'buy') return 'sale';
  return kind === 'deposit' ? 'deposit' : 'rule';
}

/** What became of an act, after the name of who acted. */
export function actWords(act: MarketAct, nameOf: NameOf): string {
  if (!act.success) return `wanted to ${wishWords(act)}: ${refusedWords(act.reason)}`;
  switch (act.kind) {
    case 'buy': {
      const { seller = '', trader = '', paid = 0, commission = 0 } = act.sale ?? {};
      return `bought ${goodsWords(act)} from ${nameOf(seller)} for ${paid}: ${paid - commission} of it to the seller, ${commission} to the trader ${nameOf(trader)}`;
    }
    case 'deposit':
      return `deposited ${goodsWords(act)} at ${act.price ?? 0} each`;
    case 'commission':
      return `set the commission to ${act.percent ?? 0} %`;
  }
}

/** What the seller is told of a sale. */
export function soldWords(sold: Sold, nameOf: NameOf): string {
  const { buyer, trader, paid, commission } = sold.sale;
  return `Sold ${goodsWords(sold)} to ${nameOf(buyer)}: ${paid - commission} of ${paid} to you, ${commission} to the trader ${nameOf(trader)}.`;
}

export function refusedWords(reason: MarketAct['reason']): string {
  switch (reason) {
    case 'out-of-stock':
      return 'no seller has so much, look for something else';
    case 'no-money':
      return 'not enough money';
    case 'market-full':
      return 'the market is full';
    case 'no-account':
      return 'no member yet, so no account';
    case undefined:
      return 'refused';
  }
}

/** The answer to a purchase by hand. `others`: products that are in stock. */
export function purchaseWords(
  asked: MarketAsked,
  purchase: Pick<Purchase, 'success' | 'paid' | 'seller' | 'reason'>,
  nameOf: NameOf,
  others: readonly string[],
): string {
  const { success, paid, seller = '', reason } = purchase;
  if (success) return `Bought ${goodsWords(asked)} for ${paid} from ${nameOf(seller)}.`;
  if (reason === 'no-money')
    return `Not enough money for ${goodsWords(asked)}: nothing was bought.`;
  const instead =
    others.length === 0 ? 'Nothing else is in stock either.' : `In stock: ${others.join(', ')}.`;
  return `Out of stock: no seller has ${goodsWords(asked)}. Look for something else. ${instead}`;
}
