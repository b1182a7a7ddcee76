import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Status } from '../runtime/gatehouse.ts';
import { shared } from './elements/styles.ts';
import { addressOfAnother } from './park/address.ts';
import { isDown, knowsPark } from './words.ts';

/** A gate that has joined or founded its park, and has no other in reach. One that still looks for others may not be. */
export function isAlone(status: Status): boolean {
  if (isDown(status) || !knowsPark(status)) return false;
  return status.peers.every(({ link }) => link !== 'open' && link !== 'relayed');
}

/** Opens one more gate of this park in the same view, and says so to who is alone: every view needs several. */
@customElement('gh-another-tab')
export class AnotherTab extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        min-height: 2.25rem;
      }
      b {
        margin-right: 0.75rem;
      }
      a {
        display: inline-flex;
        align-items: center;
        min-height: 2rem;
        margin: 0.125rem 0;
      }
      a.alone {
        padding: 0 0.75rem;
        border-radius: var(--radius);
        background: var(--accent);
        color: var(--on-accent);
        font-weight: 650;
        text-decoration: none;
      }
    `,
  ];

  @property({ attribute: false }) status!: Status;
  /** The view in which it opens, e.g. `#/lab`. */
  @property() view = '#/park';

  protected override render(): TemplateResult {
    const alone = isAlone(this.status);
    return html`
      <span class="small" role="status"
        >${alone ? html`<b>This gate is alone: open more tabs.</b>` : nothing}</span
      >
      <a
        class="small ${alone ? 'alone' : ''}"
        href=${addressOfAnother(location.href, this.view)}
        target="_blank"
        rel="noopener"
        >Open another tab here</a
      >
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-another-tab': AnotherTab;
  }
}
