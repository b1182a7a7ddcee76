import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { MarketRun, Status } from '../../runtime/gatehouse.ts';
import { FrameController } from '../elements/frame-controller.ts';
import { shared } from '../elements/styles.ts';
import type { Session } from '../session.ts';
import { isDown } from '../words.ts';
import { LEAST_GATES } from './cast.ts';
import { PRICE } from './evaluate.ts';
import { ELECTIONS, evaluationsOf, TRANSACTIONS, type Evaluations } from './evaluations.ts';
import { marketStyles } from './market-styles.ts';

/** The shortest run that has a place in the plots. */
const LEAST = 10;

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
  /** Fetches what draws the plots; rejects when the server can't be reached. */
  @property({ attribute: false }) fetchPlots: () => Promise<unknown> = () =>
    import('./plots-panel.ts');
  @state() private plots: 'absent' | 'fetching' | 'here' | 'unreachable' = 'absent';
  readonly #frames = new FrameController(this, 'deeds');
  #evaluations!: Evaluations;
  #runs: readonly MarketRun[] = [];
  #seen = '';

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('session')) {
      this.#evaluations = evaluationsOf(this.session);
      this.#frames.follow(this.#evaluations);
    }
    const { commitIndex, term } = this.status;
    const seen = `${commitIndex} ${term} ${this.#evaluations.runs.length}`;
    // Copies all that was measured: no more often than that can change.
    if (seen === this.#seen && !changed.has('session')) return;
    this.#seen = seen;
    // What is bought by hand is no run: how long after one another is anybody's whim.
    const byItself = this.session.gatehouse.market.measured().filter(({ constants }) => constants);
    this.#runs = [...byItself, ...this.#evaluations.runs];
    if (this.#runs.some(({ purchases }) => purchases.length >= LEAST)) this.#need();
  }

  protected override render(): TemplateResult {
    const running = this.#evaluations.phase.kind === 'running';
    return html`
      <p class="small soft">
        Measures how long a purchase takes, from asking to the answer, in this park as it is now:
        ${TRANSACTIONS} purchases, then ${TRANSACTIONS} more in the course of which the trader fails
        ${ELECTIONS} times. Each time it answers nobody for 4 seconds, the others elect, and it
        comes back; until there is a trader nobody is admitted to the park either.
      </p>
      <p class="small soft">
        It takes ${LEAST_GATES} gates in tabs of this browser: the trader, the one that takes over,
        a seller, and a buyer, which pays ${2 * TRANSACTIONS * PRICE} for real.
      </p>
      <div class="row">
        <button class="primary" ?disabled=${running || isDown(this.status)} @click=${this.#run}>
          Run the evaluation
        </button>
      </div>
      <div role="status" data-testid="evaluation">${this.#progress()}</div>
      ${this.#drawn()}
    `;
  }

  #drawn(): TemplateResult | typeof nothing {
    switch (this.plots) {
      case 'here':
        return html`<gh-plots .runs=${this.#runs} .nameOf=${this.session.nameOf}></gh-plots>`;
      case 'unreachable':
        return html`<div class="row" role="alert">
          <p class="small">The plots could not be fetched from the server.</p>
          <button @click=${() => void this.#load()}>Try again</button>
        </div>`;
      default:
        return nothing;
    }
  }

  #progress(): TemplateResult | typeof nothing {
    const { phase } = this.#evaluations;
    switch (phase.kind) {
      case 'idle':
        return nothing;
      case 'failed':
        return html`<p>${phase.message}</p>`;
      case 'running': {
        const which = phase.elections === 0 ? 'without elections' : 'with elections';
        return html`<p class="small">Measuring ${which} …</p>
          <progress
            aria-label="Purchases ${which}"
            max=${TRANSACTIONS}
            value=${phase.purchases}
          ></progress>`;
      }
    }
  }

  readonly #run = (): void => {
    void this.#evaluations.run();
  };

  /** The plots are no part of the view until there is something to draw. */
  #need(): void {
    if (this.plots === 'absent') void this.#load();
  }

  async #load(): Promise<void> {
    this.plots = 'fetching';
    try {
      await this.fetchPlots();
      this.plots = 'here';
    } catch {
      this.plots = 'unreachable';
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-evaluation': Evaluation;
  }
}
