import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shared } from '../elements/styles.ts';
import { compareTypes, mark, visualLanguage } from '../elements/visual-language.ts';
import type { EventBook } from './event-book.ts';

/** How many messages of each type passed this node: the legend of the picture as well. */
@customElement('gh-counts')
export class MessageCounts extends LitElement {
  static override styles = [
    shared,
    visualLanguage,
    css`
      .scroll {
        max-height: 24rem;
        overflow: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: var(--small);
      }
      th,
      td {
        padding: 0.2rem 0 0.2rem 0.4rem;
        border-bottom: 1px solid var(--line);
        text-align: right;
        white-space: nowrap;
      }
      thead th {
        position: sticky;
        top: 0;
        background: var(--panel);
        color: var(--ink-soft);
        font-weight: 400;
      }
      th:first-child {
        padding-left: 0;
        text-align: left;
        font-weight: 400;
        white-space: normal;
      }
      th svg {
        vertical-align: -3px;
        margin-right: 0.4rem;
      }
      tfoot th,
      tfoot td {
        border-bottom: 0;
        font-weight: 650;
      }
    `,
  ];

  @property({ attribute: false }) feed!: EventBook;
  /** Changes with what the feed holds. */
  @property({ type: Number }) version = 0;

  protected override render(): TemplateResult {
    const counts = [...this.feed.counts.values()].sort((a, b) => compareTypes(a.what, b.what));
    if (counts.length === 0) {
      return html`<p class="small soft">
        No message yet. Open another gate, or start an election.
      </p>`;
    }
    const sum = (of: 'sent' | 'received' | 'dropped' | 'bytes'): number =>
      counts.reduce((total, count) => total + count[of], 0);
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Counts by type">
      <table>
        <thead>
          <tr>
            <th scope="col">Type</th>
            <th scope="col">Sent</th>
            <th scope="col">Received</th>
            <th scope="col">Lost</th>
            <th scope="col">Bytes</th>
          </tr>
        </thead>
        <tbody>
          ${counts.map(
            ({ what, sent, received, dropped, bytes }) =>
              html`<tr>
                <th scope="row">
                  <svg viewBox="-8 -8 16 16" width="16" height="16" aria-hidden="true">
                    ${mark(what)}</svg
                  >${breakable(what)}
                </th>
                <td>${sent}</td>
                <td>${received}</td>
                <td>${dropped}</td>
                <td>${bytes}</td>
              </tr>`,
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">All</th>
            <td>${sum('sent')}</td>
            <td>${sum('received')}</td>
            <td>${sum('dropped')}</td>
            <td>${sum('bytes')}</td>
          </tr>
        </tfoot>
      </table>
    </div>`;
  }
}

/** A long name may go on in the next line after an underscore: no column is pushed out of sight. */
function breakable(type: string): TemplateResult[] {
  return type.split(/(?<=_)/).map((part) => html`${part}<wbr />`);
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-counts': MessageCounts;
  }
}
