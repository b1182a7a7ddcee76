import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { endsWord } from '../elements/ends-word.ts';
import { shared } from '../elements/styles.ts';
import type { ChatDesk } from './chat-desk.ts';
import { chatStyles } from './chat-styles.ts';
import { tooLongWords } from './chat-words.ts';
import type { Address } from './outgoing.ts';

/** Where a message is written. Enter sends, Shift and Enter begin a new line. Fires `sent`. */
@customElement('gh-composer')
export class Composer extends LitElement {
  static override styles = [
    shared,
    chatStyles,
    css`
      form {
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
      .too-long {
        grid-column: 1 / -1;
      }
    `,
  ];

  @property({ attribute: false }) desk!: ChatDesk;
  @property({ attribute: false }) to!: Address;
  @query('textarea') private readonly field!: HTMLTextAreaElement;

  override focus(): void {
    this.field.focus();
  }

  protected override render(): TemplateResult {
    const { name } = this.to;
    const problem = tooLongWords(this.desk.draft(name));
    return html`<form @submit=${this.#send}>
      <div class="too-long" id="problem" role="status">
        ${problem === '' ? nothing : html`<p class="problem">${problem}</p>`}
      </div>
      <textarea
        rows="1"
        enterkeyhint="send"
        aria-label="Message to ${name}"
        aria-describedby="problem"
        aria-invalid=${problem === '' ? 'false' : 'true'}
        placeholder="Message to ${name}"
        @input=${this.#typed}
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

  readonly #typed = (): void => {
    this.desk.keepDraft(this.to.name, this.field.value);
    this.requestUpdate();
  };

  readonly #key = (event: KeyboardEvent): void => {
    // Enter also ends the composing of a character, in the scripts that have that.
    if (event.key !== 'Enter' || event.shiftKey || endsWord(event)) return;
    this.#send(event);
  };

  readonly #send = (event: Event): void => {
    event.preventDefault();
    const text = this.field.value.trim();
    // What is too long stays to be shortened, and says so.
    if (text === '' || tooLongWords(text) !== '') return;
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
