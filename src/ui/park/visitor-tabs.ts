import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { VisitorTab } from '../../runtime/gatehouse.ts';
import { icon, type IconName } from '../elements/icon.ts';
import { shared } from '../elements/styles.ts';

type Result = NonNullable<VisitorTab['request']>['result'];

const ICONS: Readonly<Record<Result, IconName>> = {
  open: 'pending',
  allowed: 'done',
  refused: 'refused',
  declined: 'wrong',
};

/** The visitors with a tab of their own that this gate serves, and what each asked for last. */
@customElement('gh-visitor-tabs')
export class VisitorTabs extends LitElement {
  static override styles = [
    shared,
    css`
      ul {
        display: grid;
        gap: 0.25rem;
        max-height: 12rem;
        overflow-y: auto;
        margin-bottom: 0.5rem;
      }
      li {
        display: grid;
        grid-template-columns: 1.25rem minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.5rem;
      }
      p {
        margin-bottom: 0.5rem;
      }
    `,
  ];

  @property({ attribute: false }) tabs: readonly VisitorTab[] = [];

  protected override render(): TemplateResult {
    if (this.tabs.length === 0) {
      return html`<p class="small soft">
        No visitor's phone is linked to this gate. People can ask to enter and leave by their own
        phones.
      </p>`;
    }
    return html`<ul tabindex="0" aria-label="Visitors' tabs at this gate">
      ${this.tabs.map(
        ({ visitor, request }) =>
          html`<li>
            ${icon(request === null ? 'learner' : ICONS[request.result])}
            <span class="ellipsis">${visitor ?? 'A visitor'}</span>
            <span class="small soft">${wordsOf(request)}</span>
          </li>`,
      )}
    </ul>`;
  }
}

function wordsOf(request: VisitorTab['request']): string {
  if (request === null) return 'has not asked yet';
  const { wish, result } = request;
  switch (result) {
    case 'open':
      return wish === 'enter' ? 'asks to enter' : 'asks to leave';
    case 'allowed':
      return wish === 'enter' ? 'came in' : 'went out';
    case 'refused':
      return wish === 'enter' ? 'was not let in' : 'was not let out';
    case 'declined':
      return 'sent to another gate';
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-visitor-tabs': VisitorTabs;
  }
}
