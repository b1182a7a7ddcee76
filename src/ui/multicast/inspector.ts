import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { MulticastPeer, MulticastState } from '../../runtime/gatehouse.ts';
import { shared } from '../elements/styles.ts';
import type { NameOf } from '../park/log-words.ts';
import { count } from '../words.ts';
import { pictureOf, type OrderRow, type Picture } from './order.ts';
import { chip, numberOf, senderColours, sendersOf, type Senders } from './senders.ts';

const DISAGREEMENT = 'Two gates have delivered in different orders: that must never be.';

/** Rows that are shown: the newest ones, with what is held back. */
const ROWS = 14;

/** The delivered and the held-back messages of every gate, side by side. */
@customElement('gh-multicast-inspector')
export class MulticastInspector extends LitElement {
  static override styles = [
    shared,
    senderColours,
    css`
      :host {
        display: block;
      }
      .scroll {
        overflow-x: auto;
      }
      table {
        width: 100%;
        min-width: calc(7rem + var(--gates) * 3.2rem);
        table-layout: fixed;
        border-collapse: collapse;
      }
      th,
      td {
        padding: 0.2rem 0.25rem;
        border-bottom: 1px solid var(--line);
        text-align: center;
      }
      thead th {
        vertical-align: bottom;
        padding-inline: 0;
        font-size: 0.75rem;
        font-weight: 400;
      }
      thead b {
        display: block;
        overflow-wrap: anywhere;
        font-weight: 650;
      }
      tfoot td,
      tfoot th {
        border-bottom: 0;
        font-size: var(--small);
        color: var(--ink-soft);
        vertical-align: top;
      }
      th:first-child {
        width: 34%;
        padding-left: 0;
        text-align: left;
        font-weight: 400;
      }
      .self {
        background: var(--sunken);
      }
      .text {
        display: block;
        font-size: var(--small);
      }
      .summary {
        margin-bottom: 0.5rem;
      }
      .legend {
        margin-top: 0.5rem;
      }
      .alarm {
        font-weight: 650;
      }
    `,
  ];

  @property({ attribute: false }) peers: readonly MulticastPeer[] = [];
  @property({ attribute: false }) state!: MulticastState;
  @property() self = '';
  @property({ attribute: false }) nameOf: NameOf = (id) => id;

  protected override render(): TemplateResult {
    if (this.peers.length === 0)
      return html`<p class="soft">This gate does not run, so it can ask nobody.</p>`;
    const picture = pictureOf(this.peers);
    return html`
      <div role="alert">
        ${picture.agrees ? nothing : html`<p class="unseen">${DISAGREEMENT}</p>`}
      </div>
      <p class="summary ${picture.agrees ? '' : 'alarm'}" data-testid="order">
        ${orderWords(picture, this.peers)}
      </p>
      <div class="scroll" tabindex="0" role="region" aria-label="Messages at every gate">
        ${this.#table(picture)}
      </div>
      <p class="legend small soft">
        <span class="chip delivered c7">A<span class="number">1</span></span> delivered: the first
        message of gate A. <span class="chip held c7">A<span class="number">1</span></span> held
        back: it is there, and waits for what comes before it, or until all gates hold it.
      </p>
    `;
  }

  #table({ rows }: Picture): TemplateResult {
    const ids = [...this.peers.map(({ id }) => id), ...rows.map(({ message }) => message.from)];
    const senders = sendersOf(ids, this.nameOf);
    const shown = rows.slice(-ROWS);
    return html`<table style="--gates: ${this.peers.length}">
      <thead>
        <tr>
          <th scope="col">Message</th>
          ${this.peers.map((peer) => this.#head(peer))}
        </tr>
      </thead>
      <tbody>
        ${repeat(
          shown,
          ({ message }) => message.id,
          (row) => this.#row(row, senders),
        )}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Delivered</th>
          ${this.peers.map(({ id, told }) => this.#cell(id, told ? told.delivered : '?'))}
        </tr>
        <tr>
          <th scope="row">Held back</th>
          ${this.peers.map(({ id, told }) => this.#cell(id, told ? told.heldBack : '?'))}
        </tr>
      </tfoot>
    </table>`;
  }

  #head({ id, told }: MulticastPeer): TemplateResult {
    const { sequencer } = this.state;
    const here = id === this.self ? 'this gate' : '';
    const numbers = id === sequencer ? 'sequencer' : '';
    const state = told === null ? 'no answer' : told.view === 0 ? 'in no view' : '';
    const words = [here, numbers, state].filter((word) => word !== '').join(', ');
    return html`<th scope="col" class=${id === this.self ? 'self' : ''}>
      <b>${this.nameOf(id)}</b>${words}
    </th>`;
  }

  #row({ message, places }: OrderRow, senders: Senders): TemplateResult {
    const sender = senders.get(message.from);
    const number = numberOf(message.id);
    return html`<tr>
      <th scope="row" title="${this.nameOf(message.from)}: ${message.text}">
        <span class="text ellipsis">${message.text}</span>
      </th>
      ${places.map((place, at) =>
        this.#cell(
          this.peers[at]?.id ?? '',
          place === 'none'
            ? nothing
            : html`${chip(sender, number, place)}<span class="unseen">
                  ${place === 'held' ? 'held back' : 'delivered'}</span
                >`,
        ),
      )}
    </tr>`;
  }

  #cell(id: string, content: unknown): TemplateResult {
    return html`<td class=${id === this.self ? 'self' : ''}>${content}</td>`;
  }
}

/** What one is to see in the picture. */
export function orderWords({ rows, agrees }: Picture, peers: readonly MulticastPeer[]): string {
  if (!agrees) return DISAGREEMENT;
  const answered = peers.filter(({ told }) => told !== null).length;
  const silent = peers.length - answered;
  const unheard = silent === 0 ? '' : ` ${count(silent, 'gate')} did not answer.`;
  if (rows.length === 0) return `Nothing was sent yet.${unheard}`;
  const held = rows.filter(({ places }) => places.includes('held')).length;
  const waiting =
    held === 0
      ? 'Nothing is held back.'
      : `${count(held, 'message')} held back: not ${held === 1 ? 'its' : 'their'} turn yet.`;
  return `The same order at ${answered === 1 ? 'the one gate' : `all ${answered} gates`} that told. ${waiting}${unheard}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-multicast-inspector': MulticastInspector;
  }
}
