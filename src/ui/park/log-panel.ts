import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Entry } from '../../runtime/gatehouse.ts';
import { FilteredRows } from '../elements/filtered-rows.ts';
import { FrameController } from '../elements/frame-controller.ts';
import { icon, type IconName } from '../elements/icon.ts';
import { shared } from '../elements/styles.ts';
import { WindowController } from '../elements/window-controller.ts';
import type { Session } from '../session.ts';
import { clockTime, dayAndTime } from '../words.ts';
import { EAGER } from './log-store.ts';
import {
  LOG_FILTERS,
  entryMatcher,
  entryParts,
  entryWords,
  filterOf,
  type LogFilter,
} from './log-words.ts';

const ICONS: Readonly<Record<LogFilter, IconName>> = {
  all: 'pending',
  in: 'in',
  out: 'out',
  refused: 'refused',
  capacity: 'stopped',
  gates: 'learner',
};

const NARROW = 460;

/** The park's log, the newest entry first, with a filter and a search. */
@customElement('gh-log')
export class LogPanel extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      .tools {
        display: flex;
        gap: 0.5rem;
        margin-bottom: 0.5rem;
      }
      .tools input {
        flex: 1;
      }
      .scroll {
        flex: 1;
        min-height: 12rem;
        overflow-y: auto;
        overscroll-behavior: contain;
        border-top: 1px solid var(--line);
        contain: strict;
      }
      .space {
        position: relative;
      }
      .line {
        position: absolute;
        inset: 0 0 auto;
        display: grid;
        grid-template-columns: 3.5rem 1.25rem minmax(0, 1fr) minmax(0, 9rem) 4.5rem;
        align-items: center;
        gap: 0 0.5rem;
        padding: 0 0.25rem;
        border-bottom: 1px solid var(--line);
        font-size: var(--small);
      }
      .number,
      .time {
        text-align: right;
        color: var(--ink-soft);
      }
      .gate {
        color: var(--ink-soft);
      }
      .what {
        display: flex;
        gap: 0.3em;
        min-width: 0;
      }
      /* A long name is cut before what happened is. */
      .what > :last-child {
        flex: none;
        max-width: 100%;
      }
      .who + :last-child {
        max-width: calc(100% - 4em);
      }
      .refused .what {
        font-weight: 600;
      }
      .narrow .line {
        grid-template-columns: 1.5rem minmax(0, 1fr) minmax(0, 9rem);
        grid-template-rows: auto auto;
        align-content: center;
      }
      .narrow .icon {
        grid-row: 1 / 3;
      }
      .narrow .what {
        grid-column: 2 / 4;
        grid-row: 1;
        font-size: 1rem;
      }
      .narrow .gate {
        grid-column: 3;
        grid-row: 2;
        text-align: right;
      }
      .narrow .number {
        grid-column: 2;
        grid-row: 2;
        text-align: left;
      }
      .narrow .time {
        position: absolute;
        left: 7rem;
        bottom: 0.25rem;
      }
      .empty {
        padding: 1rem 0.25rem;
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @state() private filter: LogFilter = 'all';
  @state() private text = '';

  readonly #frames = new FrameController(this, 'news');
  readonly #matches = new FilteredRows<Entry>();
  readonly #window = new WindowController(this, {
    scroller: () => this.renderRoot.querySelector<HTMLElement>('.scroll'),
    count: () => this.#matches.rows.length,
    rowHeight: (width) => (width < NARROW ? 52 : 32),
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('session')) this.#frames.follow(this.session.log);
    const { filter, text } = this;
    const { log, nameOf } = this.session;
    const matches = entryMatcher(filter, text, nameOf);
    const added = this.#matches.update(log, `${filter} ${text}`, matches);
    if (added > 0) void this.updateComplete.then(() => this.#window.grewInFront(added));
  }

  protected override render(): TemplateResult {
    return html`
      <form class="tools" role="search" @submit=${(event: Event) => event.preventDefault()}>
        <input
          type="search"
          aria-label="Search the log"
          placeholder="Search the log"
          .value=${this.text}
          @input=${(event: Event) => (this.text = (event.target as HTMLInputElement).value)}
        />
        <select
          aria-label="Show in the log"
          @change=${(event: Event) =>
            (this.filter = (event.target as HTMLSelectElement).value as LogFilter)}
        >
          ${Object.entries(LOG_FILTERS).map(
            ([value, label]) => html`<option value=${value}>${label}</option>`,
          )}
        </select>
      </form>
      ${this.#list()} ${this.#foot()}
    `;
  }

  #list(): TemplateResult {
    const { entries } = this.session.log;
    const { rows } = this.#matches;
    if (rows.length === 0) return html`<p class="empty soft">${this.#empty(entries.length)}</p>`;
    const { first, end } = this.#window.sight;
    // The newest first: row 0 is the last match.
    const shown = rows.slice(rows.length - end, rows.length - first).reverse();
    const narrow = this.#window.width < NARROW;
    return html`<div
      class="scroll ${narrow ? 'narrow' : ''}"
      tabindex="0"
      role="region"
      aria-label="Log entries"
    >
      <div class="space" role="list" style="height: ${this.#window.total}px">
        ${repeat(
          shown,
          (at) => entries[at]?.index,
          (at, row) => this.#line(entries[at], first + row),
        )}
      </div>
    </div>`;
  }

  #line(entry: Entry | undefined, row: number): TemplateResult | typeof nothing {
    if (entry === undefined) return nothing;
    const { nameOf } = this.session;
    const { rowHeight } = this.#window;
    const kind = filterOf(entry);
    const { who, what } = entryParts(entry, nameOf);
    return html`<div
      class="line ${kind}"
      role="listitem"
      aria-setsize=${this.#matches.rows.length}
      aria-posinset=${row + 1}
      style="height: ${rowHeight}px; transform: translateY(${row * rowHeight}px)"
    >
      <span class="number">${entry.index}</span>
      ${icon(ICONS[kind])}
      <span class="what" title=${entryWords(entry, nameOf)}>
        ${who === '' ? nothing : html`<bdi class="who ellipsis">${who}</bdi>`}
        <span class="ellipsis">${what}</span>
      </span>
      <span class="gate ellipsis">${entry.node === undefined ? '' : nameOf(entry.node)}</span>
      <time class="time" title=${dayAndTime(entry.at)}>${clockTime(entry.at)}</time>
    </div>`;
  }

  #empty(entries: number): string {
    if (this.session.log.failed) return 'The log could not be read just now. It is tried again.';
    if (entries === 0) return 'Nothing yet. The first visitor let in appears here.';
    return 'No entry matches. Clear the search, or show everything.';
  }

  #foot(): TemplateResult | typeof nothing {
    const { older } = this.session.log;
    if (older === 'folded') {
      return html`<p class="small soft">Older entries were folded into a snapshot.</p>`;
    }
    if (older === 'more' && this.session.log.entries.length >= EAGER) {
      return html`<button class="quiet" @click=${() => this.session.log.fetchOlder()}>
        Fetch older entries
      </button>`;
    }
    return nothing;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-log': LogPanel;
  }
}
