import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { RefusedInput } from '../../runtime/gatehouse.ts';
import { shared } from '../elements/styles.ts';
import type { NameOf } from '../park/log-words.ts';
import { clockTime } from '../words.ts';

const SOURCES: Readonly<Record<RefusedInput['source'], string>> = {
  peer: 'gate',
  signaling: 'server',
  storage: 'disk',
  configuration: 'config.json',
  address: 'address',
  file: 'file',
};

/** What came in and was not taken, by where it came from and why. */
@customElement('gh-refused')
export class RefusedInputTable extends LitElement {
  static override styles = [
    shared,
    css`
      .scroll {
        max-height: 16rem;
        overflow: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: var(--small);
      }
      th,
      td {
        padding: 0.2rem 0 0.2rem 0.5rem;
        border-bottom: 1px solid var(--line);
        text-align: left;
        vertical-align: top;
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
        font-weight: 400;
      }
      .number {
        text-align: right;
      }
      .reason {
        min-width: 5rem;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) refused: readonly RefusedInput[] = [];
  @property({ attribute: false }) nameOf: NameOf = (id) => id;

  protected override render(): TemplateResult {
    if (this.refused.length === 0) {
      return html`<p class="small soft">
        Nothing. What other gates, the signaling server, this device's storage and files hand in is
        checked before it is used; what does not fit changes nothing and is counted here.
      </p>`;
    }
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Refused input by reason">
      <table>
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">Reason</th>
            <th scope="col" class="number">Count</th>
            <th scope="col">Last</th>
            <th scope="col">From</th>
          </tr>
        </thead>
        <tbody>
          ${this.refused.map((kind) => this.#row(kind))}
        </tbody>
      </table>
    </div>`;
  }

  #row({ source, reason, count, last, from }: RefusedInput): TemplateResult {
    return html`<tr>
      <th scope="row">${SOURCES[source]}</th>
      <td class="reason">${reason}</td>
      <td class="number">${count}</td>
      <td><time>${clockTime(last)}</time></td>
      <td>${from === null ? 'not known' : this.nameOf(from)}</td>
    </tr>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-refused': RefusedInputTable;
  }
}
