import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Entry } from '../../runtime/gatehouse.ts';
import { FocusKeeper, giveUpFocus } from '../elements/focus-keeper.ts';
import { icon } from '../elements/icon.ts';
import { shared } from '../elements/styles.ts';
import type { Session } from '../session.ts';
import { clockTime } from '../words.ts';

/** The visitors last let in at this gate, each of whom one tap lets out again. */
@customElement('gh-last-visitors')
export class LastVisitors extends LitElement {
  static override styles = [
    shared,
    css`
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto 6rem;
        align-items: center;
        gap: 0.75rem;
        min-height: 3.1rem;
        border-top: 1px solid var(--line);
      }
      .state {
        text-align: center;
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) visitors: readonly Entry[] = [];
  @property({ attribute: false }) inside: ReadonlySet<string> = new Set();
  /** This gate can tell who is inside. */
  @property({ type: Boolean }) known = false;
  @property({ attribute: false }) leaving: ReadonlySet<string> = new Set();

  protected readonly focusKeeper = new FocusKeeper(this, (line) => {
    const instead = line?.querySelector<HTMLElement>('.state, button');
    if (line?.isConnected && instead) instead.focus();
    else giveUpFocus(this);
  });

  protected override render(): TemplateResult {
    if (this.visitors.length === 0) {
      return html`<p class="soft">
        Nobody that is confirmed. Whom this gate lets in can be let out again here.
      </p>`;
    }
    return html`<ol>
      ${repeat(
        this.visitors,
        ({ index }) => index,
        (entry) => this.#line(entry),
      )}
    </ol>`;
  }

  #line({ visitor = '', at }: Entry): TemplateResult {
    return html`<li>
      <span class="ellipsis">${visitor}</span>
      <time class="small soft">${clockTime(at)}</time>
      ${this.#action(visitor)}
    </li>`;
  }

  #action(visitor: string): TemplateResult {
    if (this.leaving.has(visitor))
      return html`<span class="small soft state" tabindex="-1">leaving …</span>`;
    if (!this.known) return html`<span class="small soft state" tabindex="-1">not known</span>`;
    if (!this.inside.has(visitor))
      return html`<span class="small soft state" tabindex="-1">is out</span>`;
    return html`<button
      aria-label="Undo: ${visitor} out"
      @click=${() => void this.session.desk.tap({ kind: 'leave', visitor })}
    >
      ${icon('out')} Undo
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-last-visitors': LastVisitors;
  }
}
