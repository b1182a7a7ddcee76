import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { endsWord } from './ends-word.ts';
import { shared } from './styles.ts';

/**
 * Asks before a step is taken: the slot says what it will cost. `typed` names the words that must be typed before
 * the button works. Fires `confirm`, and `closed` whichever way it ends.
 */
@customElement('gh-confirm')
export class ConfirmDialog extends LitElement {
  static override styles = [
    shared,
    css`
      dialog {
        width: min(32rem, calc(100vw - 2rem));
        max-height: calc(100dvh - 2rem);
        overflow-y: auto;
        padding: 1.25rem;
        border: 2px solid var(--ink);
        border-radius: var(--radius);
        background: var(--panel);
        color: var(--ink);
      }
      dialog::backdrop {
        background: var(--shade);
      }
      h2 {
        font-size: 1.2rem;
        margin-bottom: 0.75rem;
      }
      .typed {
        display: grid;
        gap: 0.25rem;
        margin-top: 1rem;
      }
      .typed b {
        color: var(--ink);
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 0.5rem;
        /* In sight, however long the text is. */
        position: sticky;
        bottom: -1.25rem;
        margin: 0.5rem -1.25rem -1.25rem;
        padding: 0.75rem 1.25rem 1.25rem;
        background: var(--panel);
      }
    `,
  ];

  @property() heading = '';
  @property() action = 'Confirm';
  @property() typed = '';
  /** The step can't be taken as things stand; the slot says why. */
  @property({ type: Boolean }) blocked = false;
  @state() private text = '';
  @query('dialog') private readonly dialog!: HTMLDialogElement;

  async show(): Promise<void> {
    this.text = '';
    await this.updateComplete;
    this.dialog.showModal();
  }

  close(): void {
    this.dialog.close();
  }

  /** What was typed was typed for something else. */
  forget(): void {
    this.text = '';
  }

  protected override render(): TemplateResult {
    return html`<dialog
      aria-labelledby="heading"
      @close=${() => this.dispatchEvent(new CustomEvent('closed'))}
    >
      <form @submit=${this.#submit}>
        <h2 id="heading">${this.heading}</h2>
        <slot @keydown=${this.#slotKey}></slot>
        ${this.#typedField()}
        <div class="actions">
          <button type="button" @click=${() => this.close()}>Cancel</button>
          <button class="primary" ?disabled=${!this.#ready}>${this.action}</button>
        </div>
      </form>
    </dialog>`;
  }

  #typedField(): TemplateResult | typeof nothing {
    if (this.typed === '') return nothing;
    return html`<div class="typed">
      <label for="typed">To go ahead, type <b>${this.typed}</b></label>
      <input
        id="typed"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        .value=${this.text}
        @input=${(event: Event) => (this.text = (event.target as HTMLInputElement).value)}
      />
    </div>`;
  }

  get #ready(): boolean {
    if (this.blocked) return false;
    return this.typed === '' || this.text.trim().toLowerCase() === this.typed.toLowerCase();
  }

  /** A field in the slot belongs to another tree than the form, so Enter in it submits nothing by itself. */
  readonly #slotKey = (event: KeyboardEvent): void => {
    const inField = event.target instanceof HTMLInputElement;
    if (event.key === 'Enter' && inField && !endsWord(event)) this.#submit(event);
  };

  readonly #submit = (event: Event): void => {
    event.preventDefault();
    if (!this.#ready) return;
    this.close();
    this.dispatchEvent(new CustomEvent('confirm'));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-confirm': ConfirmDialog;
  }
}
