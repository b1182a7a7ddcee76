import { LitElement, css, html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { unsafeSVG } from 'lit/directives/unsafe-svg.js';
import type { renderSVG } from 'uqr';
import { shared } from './styles.ts';

interface Drawer {
  readonly renderSVG: typeof renderSVG;
}

/** A text as a QR code. Its drawer is loaded when there is something to draw. */
@customElement('gh-qr-code')
export class QrCode extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
        width: 11rem;
        max-width: 100%;
      }
      .code {
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
    `,
  ];

  /** '' draws nothing. */
  @property() text = '';
  /** What the code says, for whoever can't see it. */
  @property() label = '';
  /** Gives the library that draws. */
  @property({ attribute: false }) fetchDrawer: () => Promise<Drawer> = () => import('uqr');
  @state() private drawing = '';
  @state() private failed = false;

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('text')) void this.#draw(this.text);
  }

  protected override render(): TemplateResult {
    if (this.failed) {
      return html`<p class="small">The code could not be fetched.</p>
        <button @click=${() => void this.#draw(this.text)}>Try again</button>`;
    }
    // The drawing is made of the text's bits alone.
    return html`<div class="code" role="img" aria-label=${this.label}>
      ${unsafeSVG(this.drawing)}
    </div>`;
  }

  async #draw(text: string): Promise<void> {
    this.failed = false;
    if (text === '') return;
    try {
      const drawer = await this.fetchDrawer();
      if (this.text === text) this.drawing = drawer.renderSVG(text, { border: 2 });
    } catch (error) {
      console.warn('Gatehouse: the drawer of QR codes could not be fetched.', error);
      if (this.text === text) this.failed = true;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-qr-code': QrCode;
  }
}
