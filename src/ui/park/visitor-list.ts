import { LitElement, css, html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { shared } from '../elements/styles.ts';
import { MediaController } from '../elements/media-controller.ts';
import { WindowController } from '../elements/window-controller.ts';
import { count } from '../words.ts';

/** Who is inside, with a search. Selecting a visitor makes "Let out" let that one out. Fires `choose`. */
@customElement('gh-visitor-list')
export class VisitorList extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      input {
        width: 100%;
        margin-bottom: 0.5rem;
      }
      .scroll {
        flex: 1;
        min-height: 10rem;
        overflow-y: auto;
        overscroll-behavior: contain;
        border-top: 1px solid var(--line);
        contain: strict;
      }
      .space {
        position: relative;
      }
      .option {
        position: absolute;
        inset: 0 0 auto;
        display: flex;
        align-items: center;
        gap: 0.5rem;
        padding: 0 0.5rem;
        border-bottom: 1px solid var(--line);
        cursor: pointer;
        touch-action: manipulation;
      }
      .option::before {
        content: '';
        flex: none;
        width: 0.9rem;
        height: 0.9rem;
        border: 2px solid var(--line-strong);
        border-radius: 50%;
      }
      .option[aria-selected='true'] {
        background: var(--accent-soft);
        font-weight: 650;
      }
      .option[aria-selected='true']::before {
        border: 0.3rem solid var(--accent);
      }
      .scroll:focus-visible .active {
        outline: 2px solid var(--accent);
        outline-offset: -2px;
      }
      .mark {
        margin-left: auto;
        font-size: var(--small);
        font-weight: 400;
      }
      .empty {
        padding: 0.75rem 0.25rem;
      }
    `,
  ];

  @property({ attribute: false }) visitors: readonly string[] = [];
  /** Those of them who may be inside or not. */
  @property({ attribute: false }) unsure: readonly string[] = [];
  /** This gate can tell who is inside. */
  @property({ type: Boolean }) known = false;
  @property({ attribute: false }) leaving: ReadonlySet<string> = new Set();
  @property({ attribute: false }) selected: string | null = null;
  @state() private text = '';
  /** Where the keyboard is: by name, as rows move whenever somebody comes or goes. Null: nobody has been there yet. */
  @state() private activeName: string | null = null;
  @query('input') private readonly input!: HTMLInputElement;

  #shown: readonly string[] = [];
  /** The row of `activeName`. */
  #active = 0;
  readonly #coarse = new MediaController(this, '(pointer: coarse)');
  readonly #window = new WindowController(this, {
    scroller: () => this.renderRoot.querySelector<HTMLElement>('.scroll'),
    count: () => this.#shown.length,
    rowHeight: () => (this.#coarse.matches ? 48 : 36),
  });

  focusSearch(): void {
    this.input.focus();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('visitors') && !changed.has('text')) return;
    const wanted = this.text.trim().toLowerCase();
    const matches = this.visitors.filter((name) => name.toLowerCase().includes(wanted));
    const before = this.#shown;
    // The last to come stand first.
    this.#shown = matches.reverse();
    if (!changed.has('text')) this.#stay(before);
    this.#find();
  }

  /** What is in sight stays there, whoever comes or goes above it. */
  #stay(before: readonly string[]): void {
    const top = this.#window.topRow;
    if (top === 0) return;
    const rows = new Map(this.#shown.map((name, row) => [name, row]));
    const at = before.findIndex((name, row) => row >= top && rows.has(name));
    const row = rows.get(before[at] ?? '');
    if (row !== undefined) void this.updateComplete.then(() => this.#window.grewInFront(row - at));
  }

  /** The row of the active name; when that one has gone, whoever stands there now. */
  #find(): void {
    if (this.activeName === null) return;
    const row = this.#shown.indexOf(this.activeName);
    this.#active = row >= 0 ? row : this.#inList(this.#active);
    this.activeName = this.#shown[this.#active] ?? null;
  }

  #inList(row: number): number {
    return Math.max(0, Math.min(row, this.#shown.length - 1));
  }

  #goTo(row: number): void {
    this.#active = this.#inList(row);
    this.activeName = this.#shown[this.#active] ?? null;
  }

  protected override render(): TemplateResult {
    return html`
      <input
        type="search"
        aria-label="Search who is inside"
        placeholder="Search who is inside"
        .value=${this.text}
        @input=${(event: Event) => (this.text = (event.target as HTMLInputElement).value)}
        @keydown=${this.#searchKey}
      />
      ${this.#shown.length === 0 ? html`<p class="empty soft">${this.#nobody}</p>` : this.#list()}
      <p class="unseen" role="status">
        ${this.text === '' ? '' : `${count(this.#shown.length, 'visitor')} found`}
      </p>
    `;
  }

  get #nobody(): string {
    if (!this.known) return 'This gate does not know who is inside.';
    if (this.visitors.length > 0)
      return 'Nobody inside has that name. Clear the search to see all.';
    return 'Nobody is inside. Let the first visitor in.';
  }

  #list(): TemplateResult {
    const { first, end } = this.#window.sight;
    const { rowHeight } = this.#window;
    const rows = this.#shown.slice(first, end);
    const rendered = this.#active >= first && this.#active < end;
    return html`<div
      class="scroll"
      role="listbox"
      aria-label="Who is inside"
      tabindex="0"
      aria-activedescendant=${rendered ? `option-${this.#active}` : ''}
      @focus=${() => this.#goTo(this.#active)}
      @keydown=${this.#listKey}
    >
      <div class="space" role="none" style="height: ${this.#window.total}px">
        ${repeat(
          rows,
          (name) => name,
          (name, at) => this.#option(name, first + at, rowHeight),
        )}
      </div>
    </div>`;
  }

  #option(name: string, row: number, height: number): TemplateResult {
    const selected = name === this.selected;
    return html`<div
      id="option-${row}"
      class="option ${row === this.#active ? 'active' : ''}"
      role="option"
      aria-selected=${selected}
      aria-setsize=${this.#shown.length}
      aria-posinset=${row + 1}
      style="height: ${height}px; transform: translateY(${row * height}px)"
      @click=${() => this.#choose(row)}
    >
      <span class="ellipsis">${name}</span>
      <span class="mark">${this.#mark(name, selected)}</span>
    </div>`;
  }

  #mark(name: string, selected: boolean): string {
    if (this.leaving.has(name)) return 'leaving …';
    if (selected) return 'selected';
    return this.unsure.includes(name) ? 'not confirmed' : '';
  }

  #choose(row: number): void {
    const name = this.#shown[row];
    if (name === undefined) return;
    this.#goTo(row);
    const detail = name === this.selected ? null : name;
    this.dispatchEvent(new CustomEvent<string | null>('choose', { detail }));
  }

  readonly #searchKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || this.#shown.length === 0) return;
    event.preventDefault();
    this.#choose(0);
  };

  readonly #listKey = (event: KeyboardEvent): void => {
    const moves: Record<string, number> = {
      ArrowDown: this.#active + 1,
      ArrowUp: this.#active - 1,
      PageDown: this.#active + 10,
      PageUp: this.#active - 10,
      Home: 0,
      End: this.#shown.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.#goTo(to);
      this.#window.reveal(this.#active);
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.#choose(this.#active);
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-visitor-list': VisitorList;
  }
}
