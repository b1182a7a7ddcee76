import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { MarketState, Status } from '../../runtime/gatehouse.ts';
import { FrameController } from '../elements/frame-controller.ts';
import { icon, type IconName } from '../elements/icon.ts';
import { shared } from '../elements/styles.ts';
import type { Session } from '../session.ts';
import { isDown } from '../words.ts';
import { clockStyles, clockTicks } from './clock-ticks.ts';
import type { Answer, Dealings, NumberedAnswer } from './dealings.ts';
import { isProduct, piece, PRODUCTS, type Product } from './goods.ts';
import { checkGoods } from './ledger.ts';
import { marketStyles } from './market-styles.ts';
import { wishWords } from './market-words.ts';
import {
  NO_PROBLEMS,
  numberField,
  numberFieldStyles,
  numberIn,
  problemRow,
  problemsOf,
  type NumberField,
} from './number-field.ts';
import { lastSales } from './sales.ts';
import './sold-list.ts';

const ICONS: Readonly<Record<Answer['phase'], IconName>> = {
  pending: 'pending',
  done: 'done',
  refused: 'refused',
  failed: 'wrong',
  unknown: 'unknown',
};

/** So many of the last sales are told. */
const SALES = 4;

const MOST_PIECES = 10_000;
const WANTED: NumberField = { name: 'wanted', label: 'Pieces', least: 1, most: MOST_PIECES };
const OFFERED: NumberField = { name: 'offered', label: 'Pieces', least: 1, most: MOST_PIECES };
const PRICE: NumberField = { name: 'price', label: 'Price of one', least: 1, most: 1_000_000 };

/** Selling and buying by hand, the answers, and what still waits for a trader. */
@customElement('gh-counter')
export class Counter extends LitElement {
  static override styles = [
    shared,
    marketStyles,
    numberFieldStyles,
    clockStyles,
    css`
      form {
        display: grid;
        gap: 0.4rem;
        padding-bottom: 0.6rem;
        border-bottom: 1px solid var(--line);
      }
      .products {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 0.4rem;
      }
      legend {
        padding: 0;
        font-size: var(--small);
        color: var(--ink-soft);
      }
      .product {
        display: grid;
        grid-template-columns: auto 1fr;
        align-items: center;
        gap: 0 0.4rem;
        min-height: 2.75rem;
        padding: 0.25rem 0.5rem;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        color: var(--ink);
        cursor: pointer;
      }
      .product:has(:checked) {
        border: 2px solid var(--accent);
        background: var(--accent-soft);
        --piece-ground: var(--accent-soft);
      }
      .product:has(:focus-visible) {
        outline: 3px solid var(--accent);
        outline-offset: 2px;
      }
      .answers {
        display: grid;
        gap: 0.35rem;
      }
      .answer {
        display: grid;
        grid-template-columns: 1.25rem minmax(0, 1fr);
        gap: 0.3rem;
        overflow-wrap: anywhere;
      }
      .answer .icon {
        margin-top: 0.15rem;
      }
      .answer .clock {
        grid-column: 2;
      }
      .answer.done .icon {
        color: var(--accent);
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) status!: Status;
  @property({ attribute: false }) market!: MarketState;
  @property({ attribute: false }) dealings!: Dealings;
  @state() private problems = NO_PROBLEMS;

  readonly #frames = new FrameController(this, 'deeds');

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('dealings')) this.#frames.follow(this.dealings);
  }

  protected override render(): TemplateResult {
    const down = isDown(this.status);
    const { problems } = this;
    return html`
      <form novalidate aria-labelledby="buy" @submit=${this.#buy}>
        <h3 id="buy">Buy</h3>
        ${this.#products('buy')}
        <div class="fields">
          ${numberField(WANTED, 1, problems)}
          <button class="primary" ?disabled=${down}>Buy</button>
          ${problemRow([WANTED], problems)}
        </div>
      </form>
      <form novalidate aria-labelledby="sell" @submit=${this.#deposit}>
        <h3 id="sell">Sell</h3>
        ${this.#products('sell')}
        <div class="fields">
          ${numberField(OFFERED, 5, problems)} ${numberField(PRICE, 10, problems)}
          <button class="primary" ?disabled=${down}>Deposit</button>
          ${problemRow([OFFERED, PRICE], problems)}
        </div>
      </form>
      ${this.#answers()} ${this.#pending()} ${this.#sold()}
    `;
  }

  #products(form: 'buy' | 'sell'): TemplateResult {
    const stock = checkGoods(this.market);
    return html`<fieldset class="products">
      <legend class="unseen">Product</legend>
      ${PRODUCTS.map((product, at) => {
        const inStock = stock.find((check) => check.product === product)?.inStock ?? 0;
        return html`<label class="product">
          <input class="unseen" type="radio" name="product" value=${product} ?checked=${at === 0} />
          ${piece(product, 26)}
          <span>
            ${product}${form === 'buy' ? html`<br /><span class="small soft">${inStock} left</span>` : nothing}
          </span>
        </label>`;
      })}
    </fieldset>`;
  }

  #answers(): TemplateResult {
    const { answers } = this.dealings;
    return html`<div
      class="answers"
      role="status"
      aria-atomic="false"
      aria-label="Answers"
      data-testid="answers"
    >
      ${
        answers.length === 0
          ? html`<p class="small soft">What the trader answers is told here.</p>`
          : repeat(
              // Only what is new is read out.
              answers,
              ({ number }) => number,
              (answer) => this.#answer(answer),
            )
      }
    </div>`;
  }

  #answer({ phase, words, clock = {} }: NumberedAnswer): TemplateResult {
    const ticks = clockTicks(clock, this.status.id, this.session.nameOf);
    const shown = html`<span class="clock">
      <span class="soft">Clock</span>
      ${ticks}
    </span>`;
    return html`<p class="answer ${phase}">
      ${icon(ICONS[phase])}<span class="words">${words}</span>
      ${ticks.length === 0 ? nothing : shown}
    </p>`;
  }

  #sold(): TemplateResult {
    const { gatehouse, log, nameOf } = this.session;
    return html`<gh-sold
      .sales=${lastSales(log.entries, this.status.id, SALES)}
      .nameOf=${nameOf}
      .quiet=${gatehouse.market.trading() !== null}
    ></gh-sold>`;
  }

  #pending(): TemplateResult | typeof nothing {
    const pending = this.session.gatehouse.market.pending();
    if (pending.length === 0) return nothing;
    return html`<div data-testid="pending">
      <h3>Waiting for the trader</h3>
      <ul class="small">
        ${pending.map(
          (asked) => html`<li class="name">To ${wishWords(asked)} (request ${asked.request})</li>`,
        )}
      </ul>
      <p class="small soft">
        On this gate's disk until it is decided: the next trader gets them too, each once.
      </p>
    </div>`;
  }

  readonly #buy = (event: SubmitEvent): void => {
    const form = this.#filledIn(event, [WANTED]);
    const product = form && productIn(form);
    if (product) void this.dealings.buy({ product, quantity: numberIn(form, WANTED) });
  };

  readonly #deposit = (event: SubmitEvent): void => {
    const form = this.#filledIn(event, [OFFERED, PRICE]);
    const product = form && productIn(form);
    if (!product) return;
    const [quantity, price] = [numberIn(form, OFFERED), numberIn(form, PRICE)];
    void this.dealings.deposit({ product, quantity, price });
  };

  /** The form that was sent, or null when its numbers can't be: then no older answer is taken for one to it. */
  #filledIn(event: SubmitEvent, fields: readonly NumberField[]): HTMLFormElement | null {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return null;
    this.problems = problemsOf(form, fields);
    if (this.problems.size === 0) return form;
    this.dealings.forget();
    return null;
  }
}

function productIn(form: HTMLFormElement): Product | null {
  const product = new FormData(form).get('product');
  return typeof product === 'string' && isProduct(product) ? product : null;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-counter': Counter;
  }
}
