import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import {
  AUTO_DEFAULTS,
  type AutoOptions,
  type Status,
  type Trading,
} from '../../runtime/gatehouse.ts';
import { icon } from '../elements/icon.ts';
import { shared } from '../elements/styles.ts';
import { messageOf, type Session } from '../session.ts';
import {
  CONSTANTS,
  initialValues,
  inputNames,
  readConstants,
  type ConstantField,
} from './constants-form.ts';
import { marketStyles } from './market-styles.ts';

const ROLES = [
  ['drawn', 'drawn at random'],
  ['seller', 'seller'],
  ['buyer', 'buyer'],
] as const;

/** A browser says nothing of what is wrong in a field that is folded away. The event does not bubble. */
const SHOWN_IF_WRONG = {
  capture: true,
  handleEvent: ({ currentTarget }: Event): void => {
    if (currentTarget instanceof HTMLDetailsElement) currentTarget.open = true;
  },
};

/** Trading by itself, with all its constants. */
@customElement('gh-automatic')
export class Automatic extends LitElement {
  static override styles = [
    shared,
    marketStyles,
    css`
      form {
        display: grid;
        gap: 0.6rem;
      }
      .running {
        display: grid;
        grid-template-columns: 1.5rem minmax(0, 1fr);
        align-items: start;
        gap: 0.4rem;
      }
      .running .icon {
        margin-top: 0.15rem;
      }
      .constants {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr));
        gap: 0.6rem 1rem;
        padding: 0.25rem 0 0.5rem;
      }
      .constant {
        align-content: start;
      }
      .constant input {
        width: 4.6rem;
      }
      .constant .row {
        flex-wrap: nowrap;
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) status!: Status;
  @state() private told = '';
  /** What stands in the fields at first: what runs here, or the defaults. */
  #first: AutoOptions = AUTO_DEFAULTS;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('session')) return;
    this.#first = this.session.gatehouse.market.trading()?.constants ?? AUTO_DEFAULTS;
  }

  protected override render(): TemplateResult {
    const trading = this.session.gatehouse.market.trading();
    const gone = this.status.role === 'terminated';
    return html`<form @submit=${this.#start} @input=${this.#typed}>
      <div class="running" data-testid="automatic">
        ${icon(trading ? 'open' : 'paused', 20)}
        <p>
          <span role="status">
            ${trading ? roleWords(trading) : 'Off: this gate trades by hand only.'}
          </span>
          ${trading ? progressWords(trading) : nothing}
        </p>
      </div>
      <div class="fields">
        <label class="field">
          Role
          <select name="role">
            ${ROLES.map(
              ([role, words]) =>
                html`<option value=${role} ?selected=${role === (this.#first.role ?? 'drawn')}>
                  ${words}
                </option>`,
            )}
          </select>
        </label>
        <button class="primary" ?disabled=${gone}>
          ${trading ? 'Start anew' : 'Trade by itself'}
        </button>
        <button type="button" ?disabled=${trading === null} @click=${this.#stop}>
          Stop trading
        </button>
      </div>
      <p class="small" role="alert">${this.told}</p>
      <p class="small soft">
        Switch it on in several tabs. Each draws its role, and while nobody buys nothing is sold:
        choose a role by hand if need be. A leader is the trader, whatever its role was; once it has
        lost its office it draws a role again and trades on as a peer.
      </p>
      <details @invalid=${SHOWN_IF_WRONG}>
        <summary>Constants</summary>
        <div class="constants">
          ${CONSTANTS.map((field) => constant(field, initialValues(field, this.#first)))}
        </div>
      </details>
    </form>`;
  }

  readonly #start = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const text = (input: string): string => {
      const value = form.get(input);
      return typeof value === 'string' ? value : '';
    };
    this.#do(() => this.session.gatehouse.market.auto(readConstants(text)));
  };

  /** What did not work is no longer asked for. */
  readonly #typed = (): void => {
    this.told = '';
  };

  readonly #stop = (): void => {
    this.#do(() => this.session.gatehouse.market.auto(false));
  };

  #do(step: () => void): void {
    try {
      step();
      this.told = '';
    } catch (error) {
      this.told = `That did not work: ${messageOf(error)}`;
    }
  }
}

function constant(field: ConstantField, values: readonly number[]): TemplateResult {
  const names = inputNames(field);
  const hint = `${field.name}-hint`;
  const input = (name: string, at: number, label: string): TemplateResult =>
    html`<input
      id=${name}
      name=${name}
      type="number"
      aria-label=${label}
      aria-describedby=${hint}
      min=${field.least}
      max=${field.most}
      step=${field.step}
      ?required=${field.optional !== true}
      value=${values[at] ?? ''}
    />`;
  const words = field.range ? [`${field.label} from`, `${field.label} to`] : [field.label];
  return html`<div class="field constant">
    <label for=${names[0] ?? ''}>${field.label}</label>
    <span class="row">${names.map((name, at) => input(name, at, words[at] ?? field.label))}</span>
    <span class="small soft" id=${hint}>${field.hint}</span>
  </div>`;
}

function roleWords({ role, constants }: Trading): string {
  switch (role) {
    case 'trader':
      return 'On. This gate leads: it is the trader, and neither buys nor sells.';
    case 'seller':
      return `On. This gate is a seller: it keeps up to ${constants.stock} pieces in stock.`;
    case 'buyer':
      return 'On. This gate is a buyer.';
  }
}

/** Changes with each purchase: that is not read out. */
function progressWords({ role, transactions, constants }: Trading): string {
  return role === 'buyer' ? `${transactions} of ${constants.transactions} transactions.` : '';
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-automatic': Automatic;
  }
}
