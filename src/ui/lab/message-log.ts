import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { TraceEvent } from '../../runtime/trace.ts';
import { FilteredRows } from '../elements/filtered-rows.ts';
import { shared } from '../elements/styles.ts';
import { compareTypes, lostMark, mark, visualLanguage } from '../elements/visual-language.ts';
import { WindowController } from '../elements/window-controller.ts';
import type { NameOf } from '../park/log-words.ts';
import { clockTime } from '../words.ts';
import type { EventBook } from './event-book.ts';
import { EVENT_KINDS, eventMatcher, type EventFilter } from './event-filter.ts';

const ROW = 28;

/** Everything that happened at this node, or at all nodes of a trace, the newest first. */
@customElement('gh-messages')
export class MessageLog extends LitElement {
  static override styles = [
    shared,
    visualLanguage,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        min-width: 0;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        margin-bottom: 0.5rem;
      }
      .tools select {
        flex: 1 1 8rem;
      }
      .scroll {
        flex: 1;
        min-height: 14rem;
        overflow: auto;
        overscroll-behavior: contain;
        border-top: 1px solid var(--line);
        contain: strict;
      }
      .space {
        position: relative;
        min-width: 34rem;
      }
      .line {
        position: absolute;
        inset: 0 0 auto;
        height: ${ROW}px;
        display: grid;
        grid-template-columns: 4.3rem 4.6rem 1rem 9.5rem 7rem 3.5rem minmax(0, 1fr);
        align-items: center;
        gap: 0.5rem;
        border-bottom: 1px solid var(--line);
        font-size: var(--small);
      }
      .everywhere {
        min-width: 42rem;
      }
      .everywhere .line {
        grid-template-columns: 5.3rem 6rem 4.6rem 1rem 9.5rem 7rem 3.5rem minmax(0, 1fr);
      }
      .bytes {
        text-align: right;
      }
      .dropped .kind,
      .refused .kind {
        font-weight: 650;
      }
    `,
  ];

  @property({ attribute: false }) feed!: EventBook;
  @property({ type: Number }) version = 0;
  @property({ attribute: false }) peers: readonly string[] = [];
  /** Where the events happened, if not all at this node. */
  @property({ attribute: false }) nodes: readonly string[] = [];
  @property({ attribute: false }) nameOf: NameOf = (id) => id;
  @property({ attribute: false }) timeOf: (at: number) => string = clockTime;
  @state() private filter: EventFilter = {
    kind: 'all',
    type: 'all',
    peer: 'all',
    node: 'all',
    heartbeats: true,
  };
  /** What was there when somebody paused. */
  @state() private frozen: { entries: readonly TraceEvent[]; epoch: number } | null = null;

  readonly #matches = new FilteredRows<TraceEvent>();
  readonly #window = new WindowController(this, {
    scroller: () => this.renderRoot.querySelector<HTMLElement>('.scroll'),
    count: () => this.#matches.rows.length,
    rowHeight: () => ROW,
  });

  protected override willUpdate(changed: PropertyValues): void {
    const { kind, type, peer, node, heartbeats } = this.filter;
    const question = `${kind} ${type} ${peer} ${node} ${heartbeats} ${this.frozen === null ? 'live' : 'frozen'}`;
    const added = this.#matches.update(this.#source, question, eventMatcher(this.filter));
    if (added > 0 && changed.has('version')) {
      void this.updateComplete.then(() => this.#window.grewInFront(added));
    }
  }

  get #source(): { entries: readonly TraceEvent[]; epoch: number } {
    return this.frozen ?? this.feed;
  }

  protected override render(): TemplateResult {
    return html`
      <div class="tools" role="group" aria-label="Filter the messages">
        ${
          this.nodes.length === 0
            ? nothing
            : this.#select('node', 'Node', [['all', 'All nodes'], ...this.#named(this.nodes)])
        }
        ${this.#select('kind', 'Kind', Object.entries(EVENT_KINDS))}
        ${this.#select('type', 'Type', [
          ['all', 'All types'],
          ...[...this.feed.counts.keys()].sort(compareTypes).map((type) => [type, type] as const),
        ])}
        ${this.#select('peer', 'Peer', [['all', 'All peers'], ...this.#named(this.peers)])}
        <button aria-pressed=${!this.filter.heartbeats} @click=${this.#heartbeats}>
          Hide heartbeats
        </button>
        ${
          // A trace has a player of its own.
          this.nodes.length > 0
            ? nothing
            : html`<button aria-pressed=${this.frozen !== null} @click=${this.#pause}>
                Pause
              </button>`
        }
      </div>
      ${this.#list()}
    `;
  }

  #named(ids: readonly string[]): (readonly [string, string])[] {
    return ids.map((id) => [id, this.nameOf(id)]);
  }

  #select(
    key: 'node' | 'kind' | 'type' | 'peer',
    label: string,
    options: readonly (readonly [string, string])[],
  ): TemplateResult {
    const chosen = this.filter[key];
    // A filter may outlive what it is about: a peer that has left, a type whose counts were reset.
    const gone = options.every(([value]) => value !== chosen);
    const name = key === 'type' ? chosen : this.nameOf(chosen);
    const offered = gone ? [...options, [chosen, name] as const] : options;
    return html`<select
      aria-label=${label}
      @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement;
        this.filter = { ...this.filter, [key]: value };
      }}
    >
      ${repeat(
        offered,
        ([value]) => value,
        ([value, text]) =>
          html`<option value=${value} ?selected=${chosen === value}>${text}</option>`,
      )}
    </select>`;
  }

  #list(): TemplateResult {
    const { entries } = this.#source;
    const { rows } = this.#matches;
    if (rows.length === 0) {
      return html`<p class="small soft">
        ${
          entries.length === 0
            ? 'Nothing yet. Messages appear here as they are sent and received.'
            : 'Nothing matches. Choose other filters.'
        }
      </p>`;
    }
    const { first, end } = this.#window.sight;
    const shown = rows.slice(rows.length - end, rows.length - first).reverse();
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Message log">
      <div
        class="space ${this.nodes.length === 0 ? '' : 'everywhere'}"
        role="list"
        style="height: ${this.#window.total}px"
      >
        ${repeat(
          shown,
          (at) => `${entries[at]?.node ?? ''} ${entries[at]?.sequence ?? 0}`,
          (at, row) => this.#line(entries[at], first + row),
        )}
      </div>
    </div>`;
  }

  #line(event: TraceEvent | undefined, row: number): TemplateResult | typeof nothing {
    if (event === undefined) return nothing;
    const { kind, node, what, peer, bytes, detail, at } = event;
    const isMessage = kind === 'sent' || kind === 'received' || kind === 'dropped';
    return html`<div
      class="line ${kind}"
      role="listitem"
      aria-setsize=${this.#matches.rows.length}
      aria-posinset=${row + 1}
      style="transform: translateY(${row * ROW}px)"
    >
      <time class="soft">${this.timeOf(at)}</time>
      ${this.nodes.length === 0 ? nothing : html`<span class="ellipsis">${this.nameOf(node)}</span>`}
      <span class="kind">${EVENT_KINDS[kind]}</span>
      <svg viewBox="-8 -8 16 16" width="15" height="15" aria-hidden="true">
        ${kind === 'dropped' ? lostMark : isMessage ? mark(what) : nothing}
      </svg>
      <span class="ellipsis">${what}</span>
      <span class="ellipsis">${peer === undefined ? '' : this.nameOf(peer)}</span>
      <span class="bytes soft">${bytes === undefined ? '' : `${bytes} B`}</span>
      <span class="ellipsis soft" title=${detail ?? ''}>${detail ?? ''}</span>
    </div>`;
  }

  readonly #heartbeats = (): void => {
    this.filter = { ...this.filter, heartbeats: !this.filter.heartbeats };
  };

  readonly #pause = (): void => {
    const { entries, epoch } = this.feed;
    this.frozen = this.frozen === null ? { entries: [...entries], epoch } : null;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-messages': MessageLog;
  }
}
