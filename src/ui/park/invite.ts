import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { unsafeSVG } from 'lit/directives/unsafe-svg.js';
import { shared } from '../elements/styles.ts';
import { addressOfAnother, onlyThisDevice } from './address.ts';

/** How another gate is opened: here in another tab, or on another device. */
@customElement('gh-invite')
export class Invite extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 0.5rem;
      }
      .code {
        width: 11rem;
        max-width: 100%;
        aspect-ratio: 1;
        padding: 0.25rem;
        border-radius: var(--radius);
        background: #fff;
      }
      .code svg {
        display: block;
        width: 100%;
        height: auto;
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
      summary {
        cursor: pointer;
        padding: 0.35rem 0;
      }
    `,
  ];

  @state() private code = '';
  readonly #address = addressOfAnother(location.href);

  protected override render(): TemplateResult {
    const address = this.#address;
    return html`
      <button @click=${() => window.open(address, '_blank', 'noopener')}>Open another gate</button>
      <p class="small soft">
        Tabs of one browser lose their data together. For safety, open gates on several devices.
      </p>
      <details @toggle=${() => void this.#draw()}>
        <summary>Address for other devices</summary>
        <div>
          <div class="code" role="img" aria-label="QR code of the address">
            ${unsafeSVG(this.code)}
          </div>
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

  /** The code is drawn, and its drawer loaded, when somebody wants to see it. */
  async #draw(): Promise<void> {
    if (this.code !== '') return;
    const { renderSVG } = await import('uqr');
    this.code = renderSVG(this.#address, { border: 2 });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-invite': Invite;
  }
}
