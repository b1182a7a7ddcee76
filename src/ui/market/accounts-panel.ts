import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { MarketState, Status } from '../../runtime/gatehouse.ts';
import { icon } from '../elements/icon.ts';
import { shared } from '../elements/styles.ts';
import type { NameOf } from '../park/log-words.ts';
import { count } from '../words.ts';
import { checkMoney, START } from './ledger.ts';
import { marketStyles } from './market-styles.ts';

/** Everybody's money, as bars, and the sum that must be right. */
@customElement('gh-accounts')
export class AccountsPanel extends LitElement {
  static override styles = [
    shared,
    marketStyles,
    css`
      ul {
        display: grid;
        gap: 0.4rem;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.1rem 0.5rem;
      }
      .who {
        display: flex;
        align-items: center;
        gap: 0.35rem;
        min-width: 0;
      }
      .money {
        font-weight: 650;
      }
      .bar {
        position: relative;
        grid-column: 1 / -1;
        height: 0.7rem;
        border-radius: 0.2rem;
        background: var(--sunken);
        overflow: hidden;
      }
      .bar div {
        height: 100%;
        background: var(--accent);
      }
      .bar .start {
        position: absolute;
        inset: 0 auto 0 0;
        width: 2px;
        background: var(--ink);
      }
    `,
  ];

  @property({ attribute: false }) status!: Status;
  @property({ attribute: false }) market!: MarketState;
  @property({ attribute: false }) nameOf!: NameOf;

  protected override render(): TemplateResult {
    const accounts = Object.entries(this.market.accounts).sort(
      ([a, moneyA], [b, moneyB]) => moneyB - moneyA || (a < b ? -1 : 1),
    );
    if (accounts.length === 0) return html`<p class="small soft">Not known here.</p>`;
    const most = Math.max(START, ...accounts.map(([, money]) => money));
    return html`
      <ul>
        ${repeat(
          accounts,
          ([id]) => id,
          ([id, money]) => this.#account(id, money, most),
        )}
      </ul>
      ${this.#sum()}
    `;
  }

  #account(id: string, money: number, most: number): TemplateResult {
    const trader = id === this.market.trader;
    const words = [
      trader ? 'trader' : '',
      id === this.status.id ? 'this gate' : '',
      this.#isHere(id) ? '' : 'away',
    ].filter((word) => word !== '');
    return html`<li data-account=${id}>
      <span class="who">
        ${trader ? icon('crown') : ''}<span class="ellipsis">${this.nameOf(id)}</span>
        <span class="small soft">${words.join(', ')}</span>
      </span>
      <span class="money">${money}</span>
      <div class="bar" aria-hidden="true">
        <div style="width: ${(100 * money) / most}%"></div>
        <span class="start" style="left: ${(100 * START) / most}%"></span>
      </div>
    </li>`;
  }

  #sum(): TemplateResult {
    const { members, sum, due, holds } = checkMoney(this.market);
    return html`<p class="check ${holds ? 'holds' : 'broken'}" data-testid="money-check">
      ${icon(holds ? 'done' : 'wrong')}
      <span>
        All accounts together: <b>${sum}</b>
        <span class="soft">
          ${holds ? '=' : 'but it must be'} ${count(members, 'member')} that ever joined ×
          ${START}${holds ? '' : ` = ${due}`}. The mark in each bar is where it began.
        </span>
      </span>
    </p>`;
  }

  #isHere(id: string): boolean {
    if (id === this.status.id) return true;
    return this.status.peers.some(
      (peer) => peer.id === id && !peer.suspected && peer.link !== 'closed',
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-accounts': AccountsPanel;
  }
}
