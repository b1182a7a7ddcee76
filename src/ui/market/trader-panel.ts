import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { MarketAct, MarketState, Status } from '../../runtime/gatehouse.ts';
import { icon } from '../elements/icon.ts';
import { shared } from '../elements/styles.ts';
import { messageOf, type Session } from '../session.ts';
import { clockTime, isDown } from '../words.ts';
import { marketStyles } from './market-styles.ts';
import {
  NO_PROBLEMS,
  numberField,
  numberFieldStyles,
  numberIn,
  problemRow,
  problemsOf,
  type NumberField,
} from './number-field.ts';
import { lastOffices, tradeSince, type Office } from './offices.ts';

const PERCENT: NumberField = { name: 'percent', label: 'Set it to, %', least: 0, most: 100 };

/** So many of those who held the office are listed. */
const OFFICES = 4;

/** Who trades now, what it keeps of a sale, and who did so before. */
@customElement('gh-trader')
export class TraderPanel extends LitElement {
  static override styles = [
    shared,
    marketStyles,
    numberFieldStyles,
    css`
      .now {
        display: grid;
        grid-template-columns: 2.5rem minmax(0, 1fr);
        align-items: center;
        gap: 0 0.6rem;
        padding: 0.6rem;
        border-radius: var(--radius);
        background: var(--accent-soft);
      }
      .now .icon {
        color: var(--accent);
      }
      .halted {
        border: 2px dashed var(--ink);
        background: none;
      }
      .halted .icon {
        color: inherit;
      }
      .who {
        font-size: 1.25rem;
        font-weight: 650;
        line-height: 1.25;
        overflow-wrap: anywhere;
      }
      .percent input {
        width: 5rem;
      }
      .before {
        display: grid;
        gap: 0.25rem;
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) status!: Status;
  @property({ attribute: false }) market!: MarketState;
  @property({ attribute: false }) acts: readonly MarketAct[] = [];
  @state() private told = '';
  @state() private problems = NO_PROBLEMS;

  protected override render(): TemplateResult {
    return html`${this.#now()} ${this.#commission()} ${this.#before()} ${this.#tryIt()}`;
  }

  #now(): TemplateResult {
    const { status, market } = this;
    const open = status.quorum && market.trader !== null;
    const who = market.trader === null ? '' : this.session.nameOf(market.trader);
    return html`<div class="now ${open ? '' : 'halted'}" role="status" data-testid="trader">
      ${icon(open ? 'crown' : 'paused', 32)}
      <div>
        <p class="who">${open ? `${who} is the trader` : 'No trader: trading halts'}</p>
        <p class="small">${open ? this.#openWords() : haltedWords(status)}</p>
      </div>
    </div>`;
  }

  #openWords(): string {
    const self = this.market.trader === this.status.id ? 'This gate leads, so it is. ' : '';
    return `${self}All goods go through its hands, and it keeps a commission of each sale.`;
  }

  #commission(): TemplateResult {
    const percent = this.session.gatehouse.market.commission();
    if (percent === null) return html``;
    const { problems } = this;
    return html`<form novalidate class="fields percent" @submit=${this.#set}>
      <p class="small" data-testid="commission">
        Commission now: <b>${percent} %</b>, a rule of the log that counts for all.
      </p>
      ${numberField(PERCENT, percent, problems)}
      <button>Set for all</button>
      ${problemRow([PERCENT], problems)}
      <p class="small" role="status">${this.told}</p>
    </form>`;
  }

  #before(): TemplateResult | typeof nothing {
    const offices = lastOffices(this.session.log.entries, OFFICES).slice(1);
    if (offices.length === 0) return nothing;
    return html`<div class="before">
      <h3>Traders before</h3>
      <ul class="small" data-testid="former">
        ${offices.map((office) => html`<li class="name">${this.#formerWords(office)}</li>`)}
      </ul>
    </div>`;
  }

  #formerWords({ trader, end }: Office): string {
    const until = end === null ? '' : ` until ${clockTime(end.at)}`;
    const { bought, deposited } = tradeSince(this.acts, trader, end?.index ?? 0);
    const done = [
      bought > 0 ? `bought ${bought}` : '',
      deposited > 0 ? `deposited ${deposited}` : '',
    ].filter((words) => words !== '');
    const since =
      trader === this.market.trader
        ? 'trader again now'
        : done.length === 0
          ? 'has not traded since'
          : `trades on as a peer: ${done.join(', ')}`;
    return `${this.session.nameOf(trader)}${until}, ${since}`;
  }

  #tryIt(): TemplateResult {
    const { gatehouse } = this.session;
    const { status } = this;
    const leads = status.role === 'leader';
    return html`<div class="row">
      <button ?disabled=${isDown(status)} @click=${() => gatehouse.crash('stop')}>
        ${leads ? 'Crash the trader (this gate)' : 'Crash this gate'}
      </button>
      <a class="small" href="#/lab">More ways to fail: the lab</a>
    </div>`;
  }

  readonly #set = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    this.told = '';
    this.problems = problemsOf(form, [PERCENT]);
    if (this.problems.size > 0) return;
    try {
      await this.session.gatehouse.market.setCommission(numberIn(form, PERCENT));
    } catch (error) {
      this.told = `Not set: ${messageOf(error)}`;
    }
  };
}

function haltedWords(status: Status): string {
  if (isDown(status)) return 'This gate is down: it knows nothing of the market until it is back.';
  if (status.vacant) {
    return 'The trader was taken out of office. Requests wait where they were made, until somebody starts an election.';
  }
  return 'Requests wait where they were made. The gates elect the next trader, which takes over the stock and all that waits.';
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-trader': TraderPanel;
  }
}
