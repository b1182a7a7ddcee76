import { LitElement, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Status } from '../../runtime/gatehouse.ts';
import { shared } from '../elements/styles.ts';
import type { Session } from '../session.ts';

@customElement('gh-market')
export class MarketView extends LitElement {
  static override styles = [shared];

  @property({ attribute: false }) session: Session | undefined;
  @property({ attribute: false }) status: Status | undefined;

  protected override render(): TemplateResult {
    return html`<h2>Market</h2>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-market': MarketView;
  }
}
