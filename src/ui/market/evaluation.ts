import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { MarketRun, Status } from '../../runtime/gatehouse.ts';
import { shared } from '../elements/styles.ts';
import { messageOf, type Session } from '../session.ts';
import { isDown } from '../words.ts';
import { marketStyles } from './market-styles.ts';

const TRANSACTIONS = 40;
const ELECTIONS = 4;
/** The shortest run that has a place in the plots. */
const LEAST = 10;

type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly elections: number }
  | { readonly kind: 'failed'; readonly message: string };

/** Measures purchases in this park, without and with elections, and draws what came out. */
@customElement('gh-evaluation')
export class Evaluation extends LitElement {
  static override styles = [
    shared,
    marketStyles,
    css`
      progress {
        width: 100%;
        accent-color: var(--accent);
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) status!: Status;
  @state() private phase: Phase = { kind: 'idle' };
  @state() private isLoaded = false;
  #runs: MarketRun[] = [];
  #seen = '';

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { commitIndex, term } = this.status;
    const seen = `${commitIndex} ${term} ${this.phase.kind}`;
    // Copies all that was measured: no more often than that can change.
    if (seen === this.#seen && !changed.has('session')) return;
    this.#seen = seen;
    this.#runs = this.session.gatehouse.market.measured();
    if (this.#runs.some(({ purchases }) => purchases.length >= LEAST)) void this.#load();
  }

  protected override render(): TemplateResult {
    const running = this.phase.kind === 'running';
    return html`
      <p class="small soft">
        Measures how long a purchase takes, from asking to the answer, in this park as it is now:
        ${TRANSACTIONS} purchases, then ${TRANSACTIONS} more in the course of which this gate takes
        the trader out of office ${ELECTIONS} times. Then the gates elect, and for that moment
        nobody is admitted to the park either. It buys salt that it has deposited itself, for real.
      </p>
      <div class="row">
        <button class="primary" ?disabled=${running || isDown(this.status)} @click=${this.#run}>
          Run the evaluation
        </button>
      </div>
      <div role="status" data-testid="evaluation">${this.#progress()}</div>
      ${this.isLoaded ? html`<gh-plots .runs=${this.#runs} .nameOf=${this.session.nameOf}></gh-plots>` : nothing}
    `;
  }

  #progress(): TemplateResult | typeof nothing {
    const { phase } = this;
    switch (phase.kind) {
      case 'idle':
        return nothing;
      case 'failed':
        return html`<p>It was broken off: ${phase.message}</p>`;
      case 'running': {
        const done = this.#runs.at(-1)?.purchases.length ?? 0;
        const which = phase.elections === 0 ? 'without elections' : 'with elections';
        return html`<p class="small">Measuring ${which} …</p>
          <progress aria-label="Purchases ${which}" max=${TRANSACTIONS} value=${done}></progress>`;
      }
    }
  }

  readonly #run = async (): Promise<void> => {
    const { market } = this.session.gatehouse;
    try {
      for (const elections of [0, ELECTIONS]) {
        this.phase = { kind: 'running', elections };
        await market.evaluate({ transactions: TRANSACTIONS, elections });
      }
      this.phase = { kind: 'idle' };
    } catch (error) {
      this.phase = { kind: 'failed', message: messageOf(error) };
    }
  };

  /** The plots are no part of the view until there is something to draw. */
  async #load(): Promise<void> {
    if (this.isLoaded) return;
    await import('./plots-panel.ts');
    this.isLoaded = true;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-evaluation': Evaluation;
  }
}
