import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { MarketState } from '../../runtime/gatehouse.ts';
import { icon } from '../elements/icon.ts';
import { shared } from '../elements/styles.ts';
import type { NameOf } from '../park/log-words.ts';
import { piece, type Product } from './goods.ts';
import { checkGoods, type GoodsCheck } from './ledger.ts';
import { marketStyles } from './market-styles.ts';
import { shortName } from './market-words.ts';

/** So many pieces of a lot are drawn; the figure beside them says how many there are. */
const DRAWN = 10;
/** Lots on a shelf; more are only counted. */
const LOTS = 12;

type Lot = MarketState['stock'][number];

/** What is for sale: a shelf for each product, and on it what each seller has left, in the order of its coming. */
@customElement('gh-shelves')
export class Shelves extends LitElement {
  static override styles = [
    shared,
    marketStyles,
    css`
      .shelf {
        display: grid;
        grid-template-rows: auto 1fr auto;
        gap: 0.3rem;
        min-width: 0;
      }
      .shelf h3 {
        display: flex;
        align-items: center;
        gap: 0.4rem;
        text-transform: capitalize;
      }
      .board {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        align-content: end;
        gap: 0.4rem;
        min-height: 4.2rem;
        padding: 0 0.5rem;
        border-bottom: 5px solid var(--line-strong);
        border-radius: 0 0 3px 3px;
      }
      .lot {
        display: grid;
        gap: 0.1rem;
        max-width: 9.5rem;
        padding: 0.3rem 0.45rem;
        border: 1px solid var(--line-strong);
        border-bottom: 0;
        border-radius: 0.3rem 0.3rem 0 0;
        background: var(--sunken);
        font-size: var(--small);
        --piece-ground: var(--sunken);
      }
      .pieces {
        display: flex;
        flex-wrap: wrap;
        gap: 1px;
        color: var(--accent);
      }
      .none {
        align-self: center;
      }
    `,
  ];

  @property({ attribute: false }) market!: MarketState;
  @property({ attribute: false }) nameOf!: NameOf;

  protected override render(): TemplateResult {
    const checks = checkGoods(this.market);
    return html`${checks.map((check) => this.#shelf(check))}`;
  }

  #shelf(check: GoodsCheck): TemplateResult {
    const { product } = check;
    const lots = this.market.stock.filter((lot) => lot.product === product);
    return html`<section
      class="shelf"
      aria-label="Shelf of ${product}"
      data-testid="shelf-${product}"
    >
      <h3>${piece(product, 22)} ${product}</h3>
      <ul class="board">
        ${lots.length === 0 ? html`<li class="small soft none">Empty</li>` : ''}
        ${lots.slice(0, LOTS).map((lot) => this.#lot(product, lot))}
        ${lots.length > LOTS ? html`<li class="small soft none">and ${lots.length - LOTS} more lots</li>` : ''}
      </ul>
      ${goodsLine(check)}
    </section>`;
  }

  #lot(product: Product, { seller, quantity, price }: Lot): TemplateResult {
    const drawn = Array.from({ length: Math.min(quantity, DRAWN) }, () => piece(product, 14));
    return html`<li class="lot">
      <span class="pieces">${drawn}</span>
      <span><b>${quantity}</b> at <b>${price}</b></span>
      <span class="ellipsis soft">${shortName(this.nameOf(seller))}</span>
    </li>`;
  }
}

function goodsLine({ deposited, sold, inStock, holds }: GoodsCheck): TemplateResult {
  return html`<p class="check ${holds ? 'holds' : 'broken'}" data-testid="goods-check">
    ${icon(holds ? 'done' : 'wrong')}
    <span
      ><b>${deposited}</b> deposited ${holds ? '=' : 'is not'} <b>${sold}</b> sold +
      <b>${inStock}</b> in stock</span
    >
  </p>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-shelves': Shelves;
  }
}
