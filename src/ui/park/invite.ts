import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '../elements/qr-code.ts';
import { shared } from '../elements/styles.ts';
import { addressOfAnother, addressOfVisitor, onlyThisDevice } from './address.ts';

/** How another page of the park is opened, here in another tab or on another device: a gate, or a visitor's. */
@customElement('gh-invite')
export class Invite extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 0.5rem;
      }
      .address {
        overflow-wrap: anywhere;
        font-family: var(--mono);
        font-size: var(--small);
      }
      details > div {
        display: grid;
        gap: 0.5rem;
        padding-top: 0.5rem;
      }
      .priority {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem;
      }
      .priority input {
        width: 7rem;
      }
      summary {
        cursor: pointer;
        padding: 0.35rem 0;
      }
    `,
  ];

  @property() what: 'gate' | 'visitor' = 'gate';
  /** In which view another gate opens, e.g. `#/lab`. */
  @property() view = '';
  /** One can choose how great the next gate is: for who watches elections. */
  @property({ type: Boolean }) ranked = false;
  @state() private isShown = false;
  @state() private priority = '';

  protected override render(): TemplateResult {
    const isGate = this.what === 'gate';
    const address = isGate
      ? addressOfAnother(location.href, this.view, this.priority)
      : addressOfVisitor(location.href);
    return html`
      ${this.ranked ? this.#priorityField() : ''}
      <button @click=${() => window.open(address, '_blank', 'noopener')}>
        ${isGate ? 'Open another gate' : "Open a visitor's tab"}
      </button>
      ${
        isGate
          ? html`<p class="small soft">
              Tabs of one browser lose their data together. For safety, open gates on several
              devices.
            </p>`
          : ''
      }
      <details @toggle=${() => (this.isShown = true)}>
        <summary>${isGate ? 'Address for other devices' : "Address for visitors' phones"}</summary>
        <div>
          <gh-qr-code
            .text=${this.isShown ? address : ''}
            label="QR code of the address"
          ></gh-qr-code>
          <a class="address" href=${address} target="_blank" rel="noopener">${address}</a>
          ${
            onlyThisDevice(address)
              ? html`<p class="small">
                  <b>This address works on this device only.</b> Open the page under the address
                  that the server printed for other devices; its code is shown here then.
                </p>`
              : ''
          }
        </div>
      </details>
    `;
  }

  #priorityField(): TemplateResult {
    return html`<div class="priority">
      <label for="priority">Its priority (the greatest leads)</label>
      <input
        id="priority"
        type="number"
        step="any"
        placeholder="0"
        .value=${this.priority}
        @input=${(event: Event) => (this.priority = priorityIn(event))}
      />
    </div>`;
  }
}

/** Empty and whatever is no number: the usual priority. */
function priorityIn(event: Event): string {
  const { valueAsNumber } = event.target as HTMLInputElement;
  return Number.isNaN(valueAsNumber) ? '' : String(valueAsNumber);
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-invite': Invite;
  }
}
