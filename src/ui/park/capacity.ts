import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Status } from '../../runtime/gatehouse.ts';
import type { ConfirmDialog } from '../elements/confirm-dialog.ts';
import '../elements/confirm-dialog.ts';
import { shared } from '../elements/styles.ts';
import type { Session } from '../session.ts';
import { knowsPark } from '../words.ts';
import { capacityCost } from './costs.ts';

/** Sets the capacity, after saying what that will cost. */
@customElement('gh-capacity')
export class Capacity extends LitElement {
  static override styles = [
    shared,
    css`
      .field {
        display: grid;
        gap: 0.25rem;
        margin-bottom: 0.75rem;
      }
      input {
        font-size: 1.5rem;
        width: 9rem;
      }
      .cost {
        min-height: 4.2em;
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) status!: Status;
  @state() private text = '';
  @query('gh-confirm') private readonly dialog!: ConfirmDialog;

  protected override render(): TemplateResult {
    const cost = capacityCost(this.status, this.text);
    return html`
      <button ?disabled=${!knowsPark(this.status)} @click=${this.#ask}>Set capacity</button>
      <gh-confirm
        heading="Set capacity"
        action=${cost.possible ? `Set to ${this.text.trim()}` : 'Set'}
        ?blocked=${!cost.possible}
        @confirm=${this.#set}
      >
        <div class="field">
          <label for="capacity">How many may be inside at most, at all gates together</label>
          <input
            id="capacity"
            inputmode="numeric"
            autocomplete="off"
            aria-describedby="cost"
            .value=${this.text}
            @input=${(event: Event) => (this.text = (event.target as HTMLInputElement).value)}
          />
        </div>
        <p class="cost" id="cost" aria-live="polite">${cost.text}</p>
      </gh-confirm>
    `;
  }

  readonly #ask = (): void => {
    this.text = String(this.status.capacity);
    void this.dialog.show();
  };

  readonly #set = (): void => {
    void this.session.desk.tap({ kind: 'capacity', capacity: Number(this.text) });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-capacity': Capacity;
  }
}
