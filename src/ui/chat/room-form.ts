import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Gatehouse, RoomOrder } from '../../runtime/gatehouse.ts';
import { typedName } from '../../runtime/typed-name.ts';
import { shared } from '../elements/styles.ts';
import { chatStyles } from './chat-styles.ts';
import { failureWords, orderWords } from './chat-words.ts';

/** The first is that of a room that is made without a choice. */
const ORDERS: readonly RoomOrder[] = ['log', 'sequencer', 'lamport'];

/** Of a new room: whoever has the log can guess a short one. */
const MIN_PASSPHRASE = 8;

/** Joins a room, or makes it. Fires `joined` with the room's name. */
@customElement('gh-room-form')
export class RoomForm extends LitElement {
  static override styles = [
    shared,
    chatStyles,
    css`
      form {
        gap: 0.5rem;
        padding-top: 0.25rem;
      }
      .field {
        display: grid;
        gap: 0.15rem;
      }
      select {
        min-width: 0;
        width: 100%;
      }
    `,
  ];

  @property({ attribute: false }) chat!: Gatehouse['chat'];
  @state() private order: RoomOrder = 'log';
  @state() private problem = '';
  @state() private asking = false;

  protected override render(): TemplateResult {
    return html`<form @submit=${this.#submit} @input=${() => (this.problem = '')}>
      <div class="field">
        <label for="room">Name of the room</label>
        <input id="room" name="room" autocomplete="off" required />
      </div>
      <div class="field">
        <label for="passphrase">Passphrase (optional)</label>
        <input
          id="passphrase"
          name="passphrase"
          type="password"
          autocomplete="off"
          maxlength="1000"
          aria-describedby="about"
          ?disabled=${!isSecureContext}
        />
      </div>
      <p class="small soft" id="about">
        ${
          isSecureContext
            ? `With a passphrase the room is sealed: only who knows it can read what is said there. It
               can't be changed later, and nobody can help who forgets it. A new room needs at least
               ${MIN_PASSPHRASE} characters; make it longer.`
            : `No sealed rooms on this page: the browser encrypts only on https, or on this computer
               itself.`
        }
      </p>
      ${this.#orders()}
      <div role="alert">
        ${this.problem === '' ? nothing : html`<p class="problem">${this.problem}</p>`}
      </div>
      <button class="primary" ?disabled=${this.asking}>
        ${this.asking ? 'Asking …' : 'Join or make the room'}
      </button>
    </form>`;
  }

  /** A room that is there has its order already: then the choice says nothing. */
  #orders(): TemplateResult {
    return html`<div class="field">
        <label for="order">Order of the messages in a new room</label>
        <select id="order" name="order" aria-describedby="means" @change=${this.#choose}>
          ${ORDERS.map(
            (order) =>
              html`<option value=${order} ?selected=${order === this.order}>
                ${orderWords(order).name}
              </option>`,
          )}
        </select>
      </div>
      <p class="small soft" id="means">${orderWords(this.order).means}</p>`;
  }

  readonly #choose = (event: Event): void => {
    const { value } = event.target as HTMLSelectElement;
    this.order = ORDERS.find((order) => order === value) ?? 'log';
  };

  readonly #submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    // As the console will call it.
    const room = typedName(text(data.get('room')));
    const passphrase = text(data.get('passphrase'));
    if (this.asking) return;
    if (room === '') {
      this.problem = 'A room has a name.';
      return;
    }
    const isNew = !this.chat.rooms().some(({ name }) => name === room);
    if (isNew && passphrase !== '' && Array.from(passphrase).length < MIN_PASSPHRASE) {
      this.problem = `A new room needs a passphrase of at least ${MIN_PASSPHRASE} characters.`;
      return;
    }
    this.asking = true;
    this.problem = '';
    try {
      const options = isNew && this.order !== 'log' ? { order: this.order } : {};
      await this.chat.join(room, passphrase === '' ? undefined : passphrase, options);
      form.reset();
      this.order = 'log';
      this.dispatchEvent(new CustomEvent('joined', { detail: room }));
    } catch (error) {
      this.problem = failureWords(error);
    } finally {
      this.asking = false;
    }
  };
}

function text(value: FormDataEntryValue | null): string {
  return typeof value === 'string' ? value : '';
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-room-form': RoomForm;
  }
}
