import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { shared } from '../elements/styles.ts';
import type { NameOf } from '../park/log-words.ts';
import { clockTime } from '../words.ts';
import { piece } from './goods.ts';
import { marketStyles } from './market-styles.ts';
import { soldWords } from './market-words.ts';
import type { Sold } from './sales.ts';

/** Tells a seller what the trader has sold of its goods. */
@customElement('gh-sold')
export class SoldList extends LitElement {
  static override styles = [
    shared,
    marketStyles,
    css`
      .sold {
        display: grid;
        gap: 0.35rem;
      }
      .sale {
        display: grid;
        grid-template-columns: 1.25rem minmax(0, 1fr);
        gap: 0.3rem;
        overflow-wrap: anywhere;
      }
      .piece {
        margin-top: 0.15rem;
        color: var(--accent);
      }
    `,
  ];

  @property({ attribute: false }) sales: readonly Sold[] = [];
  @property({ attribute: false }) nameOf!: NameOf;
  /** Sales come too fast to be read out. */
  @property({ attribute: false }) quiet = false;

  protected override render(): TemplateResult {
    return html`
      ${this.sales.length === 0 ? nothing : html`<h3>Sold for you</h3>`}
      <div
        class="sold"
        role="status"
        aria-live=${this.quiet ? 'off' : 'polite'}
        aria-atomic="false"
        aria-label="Sold for you"
        data-testid="sold"
      >
        ${repeat(
          this.sales,
          ({ index }) => index,
          (sold) => this.#sold(sold),
        )}
      </div>
    `;
  }

  #sold(sold: Sold): TemplateResult {
    return html`<p class="sale">
      ${sold.product ? piece(sold.product, 18) : nothing}
      <span>
        ${soldWords(sold, this.nameOf)}
        <span class="small soft">No. ${sold.index}, ${clockTime(sold.at)}</span>
      </span>
    </p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-sold': SoldList;
  }
}
