import type { MarketRefusal, Product, Sale } from '../../machines/market/operations.ts';

/** `gatehouse.market`: the trading post (rules K1 to K7). The leader is the trader; everybody may sell and buy. */
export interface MarketCalls {
  /** What this gate has applied of the log. Empty while it is crashed. */
  state(): MarketState;
  /** Leaves goods with the trader. Resolves once that is committed. */
  deposit(lot: LotInput): Promise<void>;
  /** All or nothing, from one seller. Resolves with what became of it; rejects with `GatehouseError`. */
  buy(want: WantInput): Promise<Purchase>;
  /** The trader's part of a sale, in percent, as this gate has applied it; null while it is crashed. */
  commission(): number | null;
  /** Sets it for all, from the next sale on. Resolves once that is committed. */
  setCommission(percent: number): Promise<void>;
  /** What was asked for here and is not decided yet: it waits in this gate's outbox for the trader, or for the next one. */
  pending(): MarketPending[];
  /** Trades by itself, as a seller or a buyer, and a new run of measurements begins; `false` ends it. */
  auto(options?: AutoOptions | false): void;
  /** What automatic trading does here; null while it is off. */
  trading(): Trading | null;
  /** The last acts in the log, in its order, each with its vector clock. */
  acts(most?: number): MarketAct[];
  /** Round trips of the purchases that were asked for here since the page was opened, the newest run last. */
  measured(): MarketRun[];
}

export interface MarketState {
  /** The leader, as far as this gate knows; null while there is none. */
  trader: string | null;
  /** The money of every member that ever joined: 1000 each, in all. */
  accounts: Record<string, number>;
  /** In the order in which it was deposited. */
  stock: { seller: string; product: string; quantity: number; price: number }[];
  /** Pieces of each product, since the founding: what was deposited is sold or in stock. */
  deposited: Record<string, number>;
  sold: Record<string, number>;
  /** This gate's vector clock: the acts of each node that it has applied. */
  clock: Record<string, number>;
}

export interface LotInput {
  /** salt, boar or fish. */
  product: string;
  quantity: number;
  /** Of one piece, in whole units. */
  price: number;
}

export interface WantInput {
  product: string;
  quantity: number;
}

export interface Purchase {
  success: boolean;
  /** Pieces that changed hands: all, or 0. */
  quantity: number;
  paid: number;
  seller?: string;
  reason?: 'out-of-stock' | 'no-money';
  /** The id of the operation. */
  request: string;
  /** The vector clock of the purchase, with this gate's own tick. */
  clock: Record<string, number>;
}

/** The constants of automatic trading. What is left out has its default. */
export interface AutoOptions {
  /** Without one it is drawn, and drawn again by a leader that has lost its office. */
  role?: 'seller' | 'buyer';
  /** How probable it is at each turn that a buyer who has bought buys again: 0.8. */
  buyAgain?: number;
  /** Pieces that a seller has in stock after it has stocked up: 10. */
  stock?: number;
  /** Purchases, done or refused for want of money, after which a buyer has enough: 20. */
  transactions?: number;
  /** How long a buyer waits for an answer before it looks for something else, ms: 5000. */
  timeoutMs?: number;
  /** A seller draws each price from here: [5, 15]. */
  price?: [number, number];
  /** In percent. The trader sets it for all; without one it stays as it is (10 in a new park). */
  commission?: number;
  /** How probable it is that the leader fails, at the end of each time quantum: 0. */
  leaderFailure?: number;
  /** The time quantum, ms: 5000. */
  quantumMs?: number;
  /** How probable it is at each turn that a seller stocks up although it is not sold out: 0.1. */
  restock?: number;
  /** Between two turns, ms: [100, 500]. */
  pauseMs?: [number, number];
}

export type AutoConstants = Required<Omit<AutoOptions, 'role' | 'commission'>> &
  Pick<AutoOptions, 'role' | 'commission'>;

export interface Trading {
  role: 'seller' | 'buyer' | 'trader';
  /** Of the `transactions` that a buyer makes. */
  transactions: number;
  constants: AutoConstants;
}

/** What a peer asks of the market. */
export interface MarketAsked {
  kind: 'deposit' | 'buy' | 'commission';
  product?: Product;
  quantity?: number;
  price?: number;
  percent?: number;
}

export interface MarketPending extends MarketAsked {
  /** The id of the operation. */
  request: string;
  /** The vector clock that its message carries. */
  clock: Record<string, number>;
}

/** What a market operation says, and what became of it. */
export interface MarketEntry extends MarketAsked {
  success: boolean;
  reason?: MarketRefusal;
  sale?: Sale;
  /** Of the act, with its node's own tick. */
  clock: Record<string, number>;
}

export interface MarketAct extends MarketEntry {
  index: number;
  node: string;
  /** The leader's wall clock, ms since 1970. */
  at: number;
}

/** Purchases that belong together: those of one run of automatic trading, or those by hand between two. */
export interface MarketRun {
  /** Wall clock, ms since 1970. */
  began: number;
  /** null: by hand. */
  constants: AutoConstants | null;
  purchases: MeasuredPurchase[];
  elections: MeasuredElection[];
}

export interface MeasuredPurchase {
  /** When it was asked for, ms since the run began. */
  at: number;
  /** From asking to the answer. */
  ms: number;
  /** `failed`: no answer came in time, or this gate crashed. */
  result: 'bought' | 'refused' | 'failed';
}

/** A trader took office. */
export interface MeasuredElection {
  /** When the one before was missed, ms since the run began. */
  at: number;
  /** Until there was a trader again. */
  ms: number;
  trader: string;
}
