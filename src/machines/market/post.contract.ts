/** A log with a market on it, for tests. */
import { rowsOf, type ClockRows } from '../../core/clocks.ts';
import type { EntryCommand } from '../../core/entry.ts';
import type { Json } from '../../core/json.ts';
import {
  entry,
  founding,
  member,
  membership,
  operation,
  term,
} from '../../core/testing/fixtures.ts';
import { Market } from '../market.ts';
import type { MarketWish, Product } from './operations.ts';

export interface Answer {
  readonly success: boolean;
  readonly reason?: string;
  readonly clock: ClockRows;
  readonly sale?: {
    seller: string;
    buyer: string;
    trader: string;
    paid: number;
    commission: number;
  };
}

/** As one replica applies it; anna founded it and leads. */
export class Post {
  readonly market = new Market();
  index = 0;
  sequence = 0;
  trader = 'anna';

  constructor(...members: string[]) {
    this.members(...members);
  }

  members(...members: string[]): void {
    const all = members.map((id) => member(id, 1));
    this.apply(this.index === 0 ? founding(all) : membership('join', members.at(-1) ?? '', all));
  }

  apply(command: EntryCommand): Json {
    this.index += 1;
    return this.market.apply(entry(this.index, term(this.index, this.trader), command));
  }

  /** @param seen the clock of who acts: what it has applied; of all without */
  act(node: string, wish: MarketWish, seen = rowsOf(this.market.clock)): Answer {
    const body = { machine: 'market', ...wish, clock: seen };
    this.sequence += 1;
    return this.apply(operation(node, this.sequence, body, '')) as unknown as Answer;
  }

  deposit(
    node: string,
    product: Product,
    quantity: number,
    price: number,
    seen?: ClockRows,
  ): Answer {
    return this.act(node, { kind: 'deposit', product, quantity, price }, seen);
  }

  buy(node: string, product: Product, quantity: number): Answer {
    return this.act(node, { kind: 'buy', product, quantity });
  }

  get money(): number[] {
    return Object.values(this.market.accounts);
  }
}
