import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { shared } from '../elements/styles.ts';
import { chatStyles } from './chat-styles.ts';
import type { Address } from './outgoing.ts';
import { placeIcon } from './place-icon.ts';
import { isSamePlace, type PlaceRow } from './places.ts';

/** From so many on there is a search. */
const MANY = 8;

/** Rooms and people, with what is unread. Fires `choose` with the place. */
@customElement('gh-places')
export class PlacesList extends LitElement {
  static override styles = [
    shared,
    chatStyles,
    css`
      :host {
        display: grid;
        gap: 0.75rem;
        min-width: 0;
      }
      input {
        width: 100%;
      }
      ul {
        display: grid;
        gap: 0.1rem;
        max-height: 22rem;
        overflow-y: auto;
      }
      button {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto auto;
        justify-content: stretch;
        gap: 0.5rem;
        width: 100%;
        min-height: 2.5rem;
        padding: 0.25rem 0.5rem;
        border-color: transparent;
        text-align: left;
      }
      button[aria-current='true'] {
        background: var(--accent-soft);
        font-weight: 650;
      }
      .unread .name {
        font-weight: 700;
      }
      .away {
        color: var(--ink-soft);
      }
      h3 {
        margin-bottom: 0.25rem;
      }
    `,
  ];

  @property({ attribute: false }) places: readonly PlaceRow[] = [];
  @property({ attribute: false }) open: Address | null = null;
  @state() private wanted = '';

  /** Moves the focus to this place's row, or to the first of all. */
  async focusPlace(name?: string): Promise<void> {
    await this.updateComplete;
    const rows = [...this.renderRoot.querySelectorAll<HTMLElement>('li button')];
    (rows.find((row) => row.dataset['name'] === name) ?? rows[0])?.focus();
  }

  protected override render(): TemplateResult {
    const wanted = this.wanted.trim().toLowerCase();
    const found = this.places.filter(({ name }) => name.toLowerCase().includes(wanted));
    const rooms = found.filter(({ kind }) => kind === 'room');
    const people = found.filter(({ kind }) => kind === 'user');
    return html`
      ${this.places.length < MANY && wanted === '' ? nothing : this.#search()}
      <section aria-labelledby="rooms">
        <h3 id="rooms">Rooms</h3>
        ${rooms.length === 0 ? html`<p class="small soft">None yet.</p>` : this.#list(rooms)}
      </section>
      <section aria-labelledby="people">
        <h3 id="people">People</h3>
        ${
          people.length === 0
            ? html`<p class="small soft">
                Nobody else yet. Open another tab and take a name there.
              </p>`
            : this.#list(people)
        }
      </section>
    `;
  }

  #search(): TemplateResult {
    return html`<input
      type="search"
      aria-label="Find a room or a person"
      placeholder="Find a room or a person"
      @input=${(event: Event) => (this.wanted = (event.target as HTMLInputElement).value)}
    />`;
  }

  #list(rows: readonly PlaceRow[]): TemplateResult {
    return html`<ul>
      ${repeat(
        rows,
        ({ name }) => name,
        (row) =>
          html`<li>
            <button
              class="${row.online === false ? 'away' : ''} ${row.unread > 0 ? 'unread' : ''}"
              data-name=${row.name}
              aria-current=${isSamePlace(this.open, row)}
              @click=${() => this.#choose(row)}
            >
              ${placeIcon(shapeOf(row))}<span class="name ellipsis">${row.name}</span>
              <span class="small soft">${tagOf(row)}</span>
              ${row.unread > 0 ? html`<span class="badge">${row.unread} new</span>` : nothing}
            </button>
          </li>`,
      )}
    </ul>`;
  }

  #choose({ kind, name }: PlaceRow): void {
    const detail: Address = { kind, name };
    this.dispatchEvent(new CustomEvent('choose', { detail }));
  }
}

function shapeOf({ kind, sealed, online }: PlaceRow): Parameters<typeof placeIcon>[0] {
  if (kind === 'user') return online === true ? 'here' : 'away';
  return sealed ? 'lock' : 'room';
}

function tagOf({ kind, sealed, joined, online }: PlaceRow): string {
  if (kind === 'user') return online === true ? 'here' : 'offline';
  const words = [sealed ? 'sealed' : '', joined ? '' : 'not joined'];
  return words.filter((word) => word !== '').join(', ');
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-places': PlacesList;
  }
}
