import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Gatehouse } from '../../runtime/gatehouse.ts';
import { shared } from '../elements/styles.ts';
import { chatStyles } from './chat-styles.ts';
import { failureWords } from './chat-words.ts';

/** Takes a name, or another one. Fires `named`. */
@customElement('gh-chat-name')
export class NameForm extends LitElement {
  static override styles = [
    shared,
    chatStyles,
    css`
      .field {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.5rem;
      }
    `,
  ];

  @property({ attribute: false }) chat!: Gatehouse['chat'];
  @property() label = 'Your name';
  @property() action = 'Take this name';
  @state() private text = '';
  @state() private problem = '';
  @state() private asking = false;

  protected override render(): TemplateResult {
    return html`<form @submit=${this.#submit}>
      <label for="name">${this.label}</label>
      <div class="field">
        <input
          id="name"
          autocomplete="nickname"
          enterkeyhint="go"
          required
          aria-describedby="problem"
          aria-invalid=${this.problem === '' ? 'false' : 'true'}
          .value=${this.text}
          @input=${this.#typed}
        />
        <button class="primary" ?disabled=${this.asking}>
          ${this.asking ? 'Asking …' : this.action}
        </button>
      </div>
      <div id="problem" role="alert">
        ${this.problem === '' ? nothing : html`<p class="problem">${this.problem}</p>`}
      </div>
    </form>`;
  }

  readonly #typed = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value;
    this.problem = '';
  };

  readonly #submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const name = this.text.trim();
    if (this.asking) return;
    if (name === '') {
      this.problem = 'A name has at least one letter.';
      return;
    }
    this.asking = true;
    this.problem = '';
    try {
      await this.chat.register(name);
      this.text = '';
      this.dispatchEvent(new CustomEvent('named'));
    } catch (error) {
      this.problem = failureWords(error);
    } finally {
      this.asking = false;
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-chat-name': NameForm;
  }
}
