import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Gatehouse } from '../../runtime/gatehouse.ts';
import { shared } from '../elements/styles.ts';
import { chatStyles } from './chat-styles.ts';
import { failureWords } from './chat-words.ts';

/** What stands where one would write, in a room that this user is not in, or has no key for. Fires `joined`. */
@customElement('gh-room-door')
export class RoomDoor extends LitElement {
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
  @property() room = '';
  @property({ type: Boolean }) sealed = false;
  @state() private problem = '';
  @state() private asking = false;

  protected override render(): TemplateResult {
    const action = this.sealed ? 'Open the room' : 'Join the room';
    const button = html`<button class="primary" ?disabled=${this.asking}>
      ${this.asking ? 'Asking …' : action}
    </button>`;
    return html`<form @submit=${this.#submit} @input=${() => (this.problem = '')}>
      ${
        this.sealed
          ? html`<label for="passphrase">Passphrase of ${this.room}</label>
              <div class="field">
                <input
                  id="passphrase"
                  type="password"
                  autocomplete="off"
                  maxlength="1000"
                  required
                  ?disabled=${!isSecureContext}
                />
                ${button}
              </div>`
          : button
      }
      ${
        this.sealed && !isSecureContext
          ? html`<p class="small">
              Sealed rooms need a secure page: https, or this computer itself.
            </p>`
          : nothing
      }
      <div role="alert">
        ${this.problem === '' ? nothing : html`<p class="problem">${this.problem}</p>`}
      </div>
    </form>`;
  }

  /** What was typed at one door is not for another. */
  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('room')) return;
    this.problem = '';
    this.renderRoot.querySelector('form')?.reset();
  }

  readonly #submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.asking) return;
    const field = this.renderRoot.querySelector('input');
    this.asking = true;
    this.problem = '';
    try {
      await this.chat.join(this.room, ...(field ? [field.value] : []));
      this.dispatchEvent(new CustomEvent('joined'));
    } catch (error) {
      this.problem = failureWords(error);
      field?.select();
    } finally {
      this.asking = false;
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-room-door': RoomDoor;
  }
}
