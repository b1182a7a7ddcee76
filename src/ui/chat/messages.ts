import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Status } from '../../runtime/gatehouse.ts';
import { icon } from '../elements/icon.ts';
import { shared } from '../elements/styles.ts';
import { dayAndTime } from '../words.ts';
import { dayWords, excerpt, outgoingWords, problemWords, timeOfDay } from './chat-words.ts';
import type { MessageRow } from './message-rows.ts';
import type { Outgoing } from './outgoing.ts';

/** The messages of a conversation, and those on their way to it. Fires `takeback` with the number of one that was not said. */
@customElement('gh-messages-list')
export class MessagesList extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      ol {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.5rem;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        justify-items: start;
        min-width: 0;
      }
      li.own {
        justify-items: end;
      }
      li.goes-on {
        margin-top: -0.3rem;
      }
      .meta {
        display: flex;
        gap: 0.5rem;
        align-items: baseline;
        max-width: 100%;
        font-size: var(--small);
      }
      .meta b {
        min-width: 0;
      }
      .text {
        max-width: min(34rem, 92%);
        padding: 0.35rem 0.65rem;
        border-radius: 0.25rem 0.9rem 0.9rem;
        background: var(--sunken);
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      .own .text {
        border-radius: 0.9rem 0.25rem 0.9rem 0.9rem;
        background: var(--accent-soft);
      }
      .text.problem {
        border: 1px dashed var(--line-strong);
        background: none;
        color: var(--ink-soft);
        font-style: italic;
        white-space: normal;
      }
      .text.sealed {
        font-family: var(--mono);
        font-size: var(--small);
      }
      .said {
        display: flex;
        align-items: end;
        gap: 0.4rem;
        max-width: 100%;
      }
      .said .text {
        min-width: 0;
      }
      .own .said {
        flex-direction: row-reverse;
      }
      .place {
        flex: none;
        font-family: var(--mono);
      }
      .on-its-way .text {
        border: 1px dashed var(--line-strong);
        background: none;
      }
      .state {
        display: flex;
        align-items: center;
        gap: 0.4rem;
        max-width: 34rem;
        font-size: var(--small);
      }
      .failed .text {
        border: 2px solid var(--ink);
      }
      .line {
        display: flex;
        align-items: center;
        gap: 0.75rem;
        width: 100%;
        margin: 0.4rem 0;
        font-size: var(--small);
        color: var(--ink-soft);
      }
      .line::before,
      .line::after {
        content: '';
        flex: 1;
        border-top: 1px solid var(--line);
      }
      .line.new {
        color: var(--accent);
        font-weight: 650;
      }
      .line.new::before,
      .line.new::after {
        border-top: 2px solid var(--accent);
      }
      .empty {
        padding: 1rem 0.25rem;
      }
      .icon {
        flex: none;
        vertical-align: -2px;
      }
    `,
  ];

  @property({ attribute: false }) rows: readonly MessageRow[] = [];
  @property({ attribute: false }) outgoing: readonly Outgoing[] = [];
  @property({ attribute: false }) status!: Status;
  /** Sealed texts are shown as everybody without the key sees them. */
  @property({ type: Boolean }) sealed = false;

  protected override render(): TemplateResult {
    if (this.rows.length === 0 && this.outgoing.length === 0) {
      return html`<p class="empty soft">Nothing was said here yet.</p>`;
    }
    const now = Date.now();
    return html`<ol>
      ${repeat(
        this.rows,
        ({ index }) => index,
        (row) => this.#row(row, now),
      )}
      ${repeat(
        this.outgoing,
        ({ number }) => number,
        (message) => this.#onItsWay(message),
      )}
    </ol>`;
  }

  #row(row: MessageRow, now: number): TemplateResult {
    const { from, at, own, goesOn, firstNew, newDay } = row;
    return html`<li class="${own ? 'own' : ''} ${goesOn ? 'goes-on' : ''}">
      ${newDay ? html`<p class="line">${dayWords(at, now)}</p>` : nothing}
      ${firstNew ? html`<p class="line new">New</p>` : nothing}
      <p class="meta ${goesOn ? 'unseen' : ''}">
        <b class="ellipsis">${own ? 'You' : from}</b>
        <time class="soft" datetime=${new Date(at).toISOString()} title=${dayAndTime(at)}
          >${timeOfDay(at)}</time
        >
      </p>
      ${this.#said(row)}
    </li>`;
  }

  /** In a room of the multicast's order its place stands quietly beside it. */
  #said(row: MessageRow): TemplateResult {
    const { position } = row;
    if (!position) return this.#text(row);
    const { view, number } = position;
    return html`<div class="said">
      ${this.#text(row)}
      <small class="soft place" title="Delivered as no. ${number} of view ${view}"
        >${view}.${number}</small
      >
    </div>`;
  }

  /** What others wrote is text, whatever is in it: Lit never takes a value for markup. */
  #text({ text, problem, sealed }: MessageRow): TemplateResult {
    if (this.sealed && sealed !== null) return html`<p class="text sealed">${excerpt(sealed)}</p>`;
    if (problem === undefined) return html`<p class="text">${text}</p>`;
    return html`<p class="text problem">
      ${icon(problem === 'damaged' ? 'wrong' : 'stopped')} ${problemWords(problem)}
    </p>`;
  }

  #onItsWay(message: Outgoing): TemplateResult {
    const { number, text, state } = message;
    const isFailed = state.phase === 'failed' || state.phase === 'missing';
    return html`<li class="own on-its-way ${isFailed ? 'failed' : ''}">
      <p class="text">${text}</p>
      <p class="state soft">
        ${icon(isFailed ? 'wrong' : 'pending')} <span>${outgoingWords(message, this.status)}</span>
        ${isFailed ? html`<button @click=${() => this.#takeBack(number)}>Take back</button>` : nothing}
      </p>
    </li>`;
  }

  #takeBack(number: number): void {
    this.dispatchEvent(new CustomEvent('takeback', { detail: number }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-messages-list': MessagesList;
  }
}
