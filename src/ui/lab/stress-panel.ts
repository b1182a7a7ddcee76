import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Status } from '../../runtime/gatehouse.ts';
import type { ConfirmDialog } from '../elements/confirm-dialog.ts';
import '../elements/confirm-dialog.ts';
import { shared } from '../elements/styles.ts';
import { messageOf, type Session } from '../session.ts';
import { count } from '../words.ts';
import { groups } from './group-styles.ts';
import { spreadStress, type SpreadResult } from './spread-stress.ts';

/** How many visitors come unless told otherwise: the stress test of the park has capacity 30, and twenty at once. */
const LOAD = 20;
const MOST_LOAD = 10_000;
const HINT = `From 1 to ${MOST_LOAD} visitors at once.`;

/** The stress test: many visitors at once, at this gate or at random ones of this browser. */
@customElement('gh-stress')
export class StressPanel extends LitElement {
  static override styles = [
    shared,
    groups,
    css`
      p[role='status'] {
        min-height: 1.4em;
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) status!: Status;
  /** null: what stands in the field is no such number. */
  @state() private visitors: number | null = LOAD;
  @state() private spread = false;
  @state() private told = '';
  @query('gh-confirm') private readonly dialog!: ConfirmDialog;

  protected override render(): TemplateResult {
    const { visitors, spread, status } = this;
    return html`<fieldset>
      <legend>Stress test</legend>
      <div class="row">
        <input
          type="number"
          min="1"
          max=${MOST_LOAD}
          aria-label="How many visitors at once"
          .value=${String(LOAD)}
          @input=${this.#choose}
        />
        <button ?disabled=${!status.quorum} @click=${this.#ask}>
          Admit ${visitors ?? 'them'} at once
        </button>
      </div>
      <label class="small">
        <input
          type="checkbox"
          .checked=${spread}
          @change=${(event: Event) => (this.spread = (event.target as HTMLInputElement).checked)}
        />
        Each at a random gate of this browser's tabs
      </label>
      <p class="small" role="status" data-testid="stress">${this.told}</p>
      <gh-confirm
        heading="Admit ${visitors} at once?"
        action="Admit them"
        @confirm=${() => void this.#admit(spread)}
      >
        <p>${visitors === null ? nothing : costOf(visitors, status)}</p>
      </gh-confirm>
    </fieldset>`;
  }

  readonly #choose = (event: Event): void => {
    const wanted = (event.target as HTMLInputElement).valueAsNumber;
    const fits = Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST_LOAD;
    this.visitors = fits ? wanted : null;
    this.told = fits ? '' : HINT;
  };

  readonly #ask = (): void => {
    if (this.visitors === null) this.told = HINT;
    else void this.dialog.show();
  };

  async #admit(spread: boolean): Promise<void> {
    const { visitors } = this;
    if (visitors === null) return;
    this.told = '';
    try {
      const { gates, allowed, refused, failed, ms } = await (spread
        ? this.#everywhere(visitors)
        : this.#here(visitors));
      const where = spread ? count(gates, 'gate') : 'this gate';
      this.told = `${allowed} let in, ${refused} refused, ${failed} failed, in ${Math.round(ms)} ms, through ${where}.`;
    } catch (error) {
      this.told = `Admit ${visitors} did not work: ${messageOf(error)}`;
    }
  }

  async #here(visitors: number): Promise<SpreadResult> {
    return { ...(await this.session.gatehouse.stress(visitors)), gates: 1 };
  }

  async #everywhere(visitors: number): Promise<SpreadResult> {
    const { wishes } = await this.session.others;
    return spreadStress(wishes, visitors, Math.random, () => performance.now());
  }
}

/** What it means to admit so many at once. */
function costOf(visitors: number, { park, occupancy, capacity }: Status): string {
  if (occupancy >= capacity) return `Park ${park} is full: all of them will be refused.`;
  const gone = Math.min(visitors, capacity - occupancy);
  return (
    `At all gates of park ${park} they count as inside from then on, beside the ${occupancy} of ${capacity} now: ` +
    `up to ${gone} places are gone. They can be let out again only one by one.`
  );
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-stress': StressPanel;
  }
}
