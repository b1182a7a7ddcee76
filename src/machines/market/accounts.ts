import { assert } from '../../core/assert.ts';
import type { NodeId } from '../../core/identity.ts';
import type { Sale } from './operations.ts';

/** What every member has when it joins, in whole units. */
export const START_MONEY = 1000;

/** The money of every member that ever joined: it changes hands, and is never made or lost (rules K1 and K2). */
export class Accounts {
  /** In the order in which they were opened. */
  readonly #money = new Map<NodeId, number>();

  /** Once for each member; one that comes back has its old account. */
  open(node: NodeId): void {
    if (!this.#money.has(node)) this.#money.set(node, START_MONEY);
  }

  has(node: NodeId): boolean {
    return this.#money.has(node);
  }

  of(node: NodeId): number {
    return this.#money.get(node) ?? 0;
  }

  /** The buyer, the seller and the trader may be one: each change is made to what the one before has left. */
  settle({ buyer, seller, trader, paid, commission }: Sale): void {
    this.#add(buyer, -paid);
    this.#add(seller, paid - commission);
    this.#add(trader, commission);
  }

  rows(): (readonly [NodeId, number])[] {
    return [...this.#money];
  }

  restore(rows: readonly (readonly [NodeId, number])[]): void {
    this.#money.clear();
    for (const [node, money] of rows) this.#money.set(node, money);
  }

  #add(node: NodeId, difference: number): void {
    assert(this.#money.has(node), 'K1: who trades is a member, and has an account');
    const money = this.of(node) + difference;
    assert(money >= 0, 'K2: nobody pays what it does not have');
    this.#money.set(node, money);
  }
}
