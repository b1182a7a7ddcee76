import { LitElement, css, html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { StatusLine } from '../status-line.ts';
import { icon } from './icon.ts';
import { shared } from './styles.ts';

/** How long a line must stand before it is read aloud: an election says three things in a second. */
const SETTLED_MS = 1200;

/** The line at the top. What is seen changes at once; what is read aloud, once it has settled. */
@customElement('gh-status-line')
export class StatusLineElement extends LitElement {
  static override styles = [
    shared,
    css`
      .line {
        display: flex;
        align-items: flex-start;
        gap: 0.5rem;
        /* Two lines on a phone, whatever it says: nothing below jumps. */
        min-height: 2.8em;
        font-size: 0.9375rem;
        line-height: 1.4;
      }
      .icon {
        margin-top: 0.18em;
        color: var(--accent);
      }
      .paused,
      .twice,
      .stopped,
      .wrong,
      .full {
        font-weight: 600;
      }
      .paused .icon,
      .twice .icon,
      .stopped .icon,
      .wrong .icon,
      .full .icon {
        color: inherit;
      }
      @media (min-width: 60rem) {
        .line {
          min-height: 1.4em;
        }
      }
    `,
  ];

  @property({ attribute: false }) line: StatusLine = { tone: 'waiting', text: '' };
  @state() private spoken = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('line');
    if (!changed.has('line') || before?.text === this.line.text) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.spoken = this.line.text), SETTLED_MS);
  }

  protected override render(): TemplateResult {
    const { tone, text } = this.line;
    return html`
      <p class="line ${tone}" data-testid="status-line" data-tone=${tone}>
        ${icon(tone, 18)}<span>${text}</span>
      </p>
      <div class="unseen" role="status" aria-live="polite">${this.spoken}</div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-status-line': StatusLineElement;
  }
}
