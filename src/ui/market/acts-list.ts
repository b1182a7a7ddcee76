import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { MarketAct } from '../../runtime/gatehouse.ts';
import { icon, type IconName } from '../elements/icon.ts';
import { shared } from '../elements/styles.ts';
import type { NameOf } from '../park/log-words.ts';
import { clockTime } from '../words.ts';
import { isOneOf } from './causality.ts';
import { clockStyles, clockTicks } from './clock-ticks.ts';
import { piece } from './goods.ts';
import { marketStyles } from './market-styles.ts';
import { actWords, toneOf, type Tone } from './market-words.ts';

const ICONS: Readonly<Record<Tone, IconName>> = {
  sale: 'done',
  deposit: 'in',
  refused: 'refused',
  rule: 'crown',
};

/** Everything that was asked of the market, the newest first, each with its vector clock. Fires `choose` with an act. */
@customElement('gh-acts')
export class ActsList extends LitElement {
  static override styles = [
    shared,
    marketStyles,
    clockStyles,
    css`
      :host {
        min-height: 0;
      }
      .list {
        max-height: 32rem;
        overflow: auto;
      }
      li {
        display: grid;
        grid-template-columns: 1.5rem minmax(0, 1fr) auto;
        gap: 0.1rem 0.5rem;
        padding: 0.45rem 0.25rem;
        border-bottom: 1px solid var(--line);
      }
      li.chosen {
        background: var(--accent-soft);
        --piece-ground: var(--accent-soft);
      }
      li.sale .icon {
        color: var(--accent);
      }
      .mark {
        display: grid;
        gap: 0.2rem;
        justify-items: center;
        align-content: start;
        padding-top: 0.15rem;
      }
      li button {
        align-self: start;
      }
    `,
  ];

  @property({ attribute: false }) acts: readonly MarketAct[] = [];
  @property({ attribute: false }) chosen: readonly MarketAct[] = [];
  @property({ attribute: false }) nameOf!: NameOf;

  protected override render(): TemplateResult {
    if (this.acts.length === 0) {
      return html`<p class="small soft">
        Nothing yet. Deposit something, or trade automatically.
      </p>`;
    }
    const newestFirst = [...this.acts].reverse();
    return html`<div class="list" tabindex="0" role="region" aria-label="List of events">
      <ol data-testid="acts">
        ${repeat(
          newestFirst,
          ({ index }) => index,
          (act) => this.#act(act),
        )}
      </ol>
    </div>`;
  }

  #act(act: MarketAct): TemplateResult {
    const tone = toneOf(act);
    const chosen = isOneOf(this.chosen, act);
    return html`<li class="${tone} ${chosen ? 'chosen' : ''}">
      <span class="mark">${icon(ICONS[tone])}${act.product ? piece(act.product, 18) : ''}</span>
      <div>
        <p class="name"><b>${this.nameOf(act.node)}</b> ${actWords(act, this.nameOf)}</p>
        <p class="clock">
          <span class="soft">No. ${act.index}, ${clockTime(act.at)}, clock</span>
          ${clockTicks(act.clock, act.node, this.nameOf)}
        </p>
      </div>
      <button
        aria-pressed=${chosen}
        aria-label="Compare no. ${act.index}"
        @click=${() => this.#choose(act)}
      >
        Compare
      </button>
    </li>`;
  }

  #choose(act: MarketAct): void {
    this.dispatchEvent(new CustomEvent('choose', { detail: act }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-acts': ActsList;
  }
}
