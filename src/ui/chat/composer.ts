import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { shared } from '../elements/styles.ts';
import type { ChatDesk } from './chat-desk.ts';
import type { Address } from './outgoing.ts';

/** The longest text of a message, in UTF-16 units, as the chat takes it. */
const MAX_TEXT = 2000;

/** Where a message is written. Enter sends, Shift and Enter begin a new line. Fires `sent`. */
@customElement('gh-composer')
export class Composer extends LitElement {
  static override styles = [
    shared,
    css`
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: end;
        gap: 0.5rem;
      }
      textarea {
        field-sizing: content;
        min-height: 2.75rem;
        max-height: 9rem;
        width: 100%;
        padding: 0.55rem 0.6rem;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--panel);
        color: var(--ink);
        font: inherit;
        font-size: 1rem;
        line-height: 1.4;
        resize: none;
      }
      textarea::placeholder {
        color: var(--ink-soft);
        opacity: 1;
      }
      button {
        min-height: 2.75rem;
      }
    `,
  ];

  @property({ attribute: false }) desk!: ChatDesk;
  @property({ attribute: false }) to!: Address;
  @query('textarea') private readonly field!: HTMLTextAreaElement;

  /** Puts a text back that was not sent. */
  restore(text: string): void {
    const written = this.desk.draft(this.to.name);
    this.desk.keepDraft(this.to.name, written === '' ? text : `${text}\n${written}`);
    this.requestUpdate();
    this.focus();
  }

  override focus(): void {
    this.field.focus();
  }

  protected override render(): TemplateResult {
    const { name } = this.to;
    return html`<form @submit=${this.#send}>
      <textarea
        rows="1"
        maxlength=${MAX_TEXT}
        enterkeyhint="send"
        aria-label="Message to ${name}"
        placeholder="Message to ${name}"
        @input=${() => this.desk.keepDraft(name, this.field.value)}
        @keydown=${this.#key}
      ></textarea>
      <button class="primary">Send</button>
    </form>`;
  }

  /** The field holds what was written for this place, whatever it held before. */
  protected override updated(): void {
    const draft = this.desk.draft(this.to.name);
    if (this.field.value !== draft) this.field.value = draft;
  }

  readonly #key = (event: KeyboardEvent): void => {
    // Enter also ends the composing of a character, in the scripts that have that.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    this.#send(event);
  };

  readonly #send = (event: Event): void => {
    event.preventDefault();
    const text = this.field.value.trim();
    if (text === '') return;
    this.desk.keepDraft(this.to.name, '');
    this.desk.outgoing.send(this.to, text);
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('sent'));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-composer': Composer;
  }
}
