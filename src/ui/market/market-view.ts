import { LitElement, css, html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { MarketAct, MarketState, Status } from '../../runtime/gatehouse.ts';
import { FrameController } from '../elements/frame-controller.ts';
import { shared } from '../elements/styles.ts';
import '../park/invite.ts';
import '../park/situation.ts';
import type { Session } from '../session.ts';
import { knowsPark } from '../words.ts';
import './accounts-panel.ts';
import './acts-list.ts';
import './automatic.ts';
import { isOneOf } from './causality.ts';
import './causality-picture.ts';
import './comparison.ts';
import './counter.ts';
import { dealingsOf, type Dealings } from './dealings.ts';
import './evaluation.ts';
import './shelves.ts';
import './trader-panel.ts';

/** So many of the last events are shown. */
const ACTS = 40;

const NOTHING_KNOWN: MarketState = {
  trader: null,
  accounts: {},
  stock: [],
  deposited: {},
  sold: {},
  clock: {},
};

/** The trading post: the trader, what is for sale, everybody's money, and what happened in which order. */
@customElement('gh-market')
export class MarketView extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-items: start;
        gap: var(--gap);
        padding: var(--gap);
      }
      .column {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: inherit;
      }
      .events > * + * {
        margin-top: 0.6rem;
      }
      gh-shelves {
        margin-top: 0;
      }
      @media (min-width: 60rem) {
        :host {
          grid-template-columns: minmax(20rem, 26rem) minmax(0, 1fr);
          gap: 1rem;
          padding: 1rem 1.25rem;
        }
        gh-situation {
          grid-column: 1 / -1;
        }
      }
      @media (min-width: 60rem) {
        gh-shelves {
          grid-template-columns: repeat(3, minmax(0, 1fr));
        }
      }
      @media (min-width: 60rem) and (max-width: 99.99rem) {
        .by-itself {
          grid-column: 1 / -1;
          grid-template-columns: minmax(20rem, 26rem) minmax(0, 1fr);
          grid-template-rows: auto 1fr;
          align-items: start;
        }
        .evaluation {
          grid-row: span 2;
          grid-column: 2;
        }
      }
      @media (min-width: 100rem) {
        :host {
          grid-template-columns: 24rem minmax(0, 1fr) minmax(24rem, 34rem);
        }
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) status!: Status;
  /** The events that are compared, two at most, as they were chosen. */
  @state() private chosen: readonly MarketAct[] = [];

  readonly #log = new FrameController(this, 'news');
  #dealings!: Dealings;
  #acts: readonly MarketAct[] = [];
  #market: MarketState = NOTHING_KNOWN;
  /** The log that these were read from, and its length then. */
  #read = '';

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { gatehouse, log } = this.session;
    if (changed.has('session')) {
      this.#log.follow(log);
      this.#dealings = dealingsOf(this.session);
    }
    if (!knowsPark(this.status)) {
      // A gate that has crashed knows nothing: what was shown last stays, and says so.
      this.#market = { ...this.#market, trader: null };
      return;
    }
    this.#market = gatehouse.market.state();
    const { generation, commitIndex } = this.status;
    const read = `${generation} ${commitIndex}`;
    if (read === this.#read && !changed.has('session')) return;
    this.#read = read;
    this.#acts = gatehouse.market.acts(ACTS);
  }

  protected override render(): TemplateResult {
    const { session, status } = this;
    const { gatehouse, nameOf } = session;
    const market = this.#market;
    const acts = this.#acts;
    const known = knowsPark(status) ? '' : ', as last known';
    return html`
      <gh-situation .gatehouse=${gatehouse} .status=${status}></gh-situation>
      <div class="column">
        ${panel(
          'trader',
          'Trader',
          html`<gh-trader
            .session=${session}
            .status=${status}
            .market=${market}
            .acts=${acts}
          ></gh-trader>`,
        )}
        ${panel(
          'counter',
          'Trade by hand',
          html`<gh-counter
            .session=${session}
            .status=${status}
            .market=${market}
            .dealings=${this.#dealings}
          ></gh-counter>`,
        )}
        ${panel(
          'accounts',
          `Accounts${known}`,
          html`<gh-accounts .status=${status} .market=${market} .nameOf=${nameOf}></gh-accounts>`,
        )}
      </div>
      <div class="column">
        ${panel(
          'stock',
          `For sale${known}`,
          html`<gh-shelves .market=${market} .nameOf=${nameOf}></gh-shelves>`,
        )}
        ${this.#events()}
      </div>
      <div class="column by-itself">
        ${panel(
          'automatic',
          'Automatic trading',
          html`<gh-automatic .session=${session} .status=${status}></gh-automatic>`,
        )}
        ${panel(
          'evaluation',
          'Evaluation',
          html`<gh-evaluation .session=${session} .status=${status}></gh-evaluation>`,
        )}
        ${panel('more', 'More gates', html`<gh-invite view="#/market"></gh-invite>`)}
      </div>
    `;
  }

  #events(): TemplateResult {
    const acts = this.#acts;
    const { nameOf } = this.session;
    const chosen = this.chosen.toSorted((a, b) => a.index - b.index);
    return panel(
      'events',
      'Sales and other events',
      html`<div class="events">
        <gh-causality
          .acts=${acts}
          .chosen=${this.chosen}
          .nameOf=${nameOf}
          @choose=${this.#choose}
        ></gh-causality>
        <gh-comparison .chosen=${chosen} .nameOf=${nameOf}></gh-comparison>
        <gh-acts
          .acts=${acts}
          .chosen=${this.chosen}
          .nameOf=${nameOf}
          @choose=${this.#choose}
        ></gh-acts>
      </div>`,
    );
  }

  /** A third event takes the place of the one that was chosen first; a chosen one is given up. */
  readonly #choose = ({ detail: act }: CustomEvent<MarketAct>): void => {
    this.chosen = isOneOf(this.chosen, act)
      ? this.chosen.filter(({ index }) => index !== act.index)
      : [...this.chosen.slice(-1), act];
  };
}

function panel(id: string, heading: string, content: TemplateResult): TemplateResult {
  return html`<section class="panel ${id}" aria-labelledby=${id}>
    <header><h2 id=${id}>${heading}</h2></header>
    ${content}
  </section>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-market': MarketView;
  }
}
