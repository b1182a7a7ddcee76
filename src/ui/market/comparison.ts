import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { MarketAct } from '../../runtime/gatehouse.ts';
import { shared } from '../elements/styles.ts';
import type { NameOf } from '../park/log-words.ts';
import { components, relationOf } from './causality.ts';
import { marketStyles } from './market-styles.ts';
import { shortName } from './market-words.ts';

/** What the clocks of two events say about them, or what to do to see that. */
@customElement('gh-comparison')
export class Comparison extends LitElement {
  static override styles = [
    shared,
    marketStyles,
    css`
      .verdict {
        font-size: 1.125rem;
        font-weight: 650;
      }
      .decides {
        font-weight: 650;
      }
      .decides th {
        font-weight: 650;
      }
    `,
  ];

  /** The events that were chosen, two at most, in the order of the log. */
  @property({ attribute: false }) chosen: readonly MarketAct[] = [];
  @property({ attribute: false }) nameOf!: NameOf;

  protected override render(): TemplateResult {
    const [a, b] = this.chosen;
    return html`
      <div role="status" data-testid="comparison">
        ${
          a && b
            ? this.#verdict(a, b)
            : html`<p class="small">
                ${a ? `No. ${a.index} is chosen: choose another one.` : 'Choose two events with "Compare", and see which came first.'}
              </p>`
        }
      </div>
      ${a && b ? this.#table(a, b) : nothing}
      <p class="small soft">
        A vector clock counts, for each gate, the events that are known of. <b>Before</b>: who made
        the later event knew of the earlier one, so it may have been its cause. <b>Concurrent</b>:
        neither gate knew of the other's event. Then no clock says which came first, whatever the
        time on the wall; the log puts both in one order, the same for all, and serves them so.
      </p>
    `;
  }

  #verdict(a: MarketAct, b: MarketAct): TemplateResult {
    const [first, second] = [this.#title(a), this.#title(b)];
    switch (relationOf(a, b)) {
      case 'before':
        return html`<p class="verdict">${first} happened before ${second}</p>
          <p class="small">
            The clock of no. ${b.index} counts ${a.clock[a.node]} of ${this.nameOf(a.node)}, so that
            event was known.
          </p>`;
      case 'after':
        return html`<p class="verdict">${first} happened after ${second}</p>`;
      case 'concurrent':
        return html`<p class="verdict">${first} and ${second} are concurrent</p>
          <p class="small">
            Neither clock counts the other event. The log serves no. ${a.index} first: so for
            everybody.
          </p>`;
      case 'same':
        return html`<p class="verdict">That is the same event</p>`;
    }
  }

  #table(a: MarketAct, b: MarketAct): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="The two clocks">
      <table>
        <thead>
          <tr>
            <th scope="col">Known of</th>
            <th scope="col">No. ${a.index}</th>
            <th scope="col"><span class="unseen">is</span></th>
            <th scope="col">No. ${b.index}</th>
          </tr>
        </thead>
        <tbody>
          ${components(a, b).map(
            (row) =>
              html`<tr class=${row.node === a.node || row.node === b.node ? 'decides' : ''}>
                <th scope="row">${shortName(this.nameOf(row.node))}</th>
                <td>${row.a}</td>
                <td>${row.a < row.b ? '<' : row.a > row.b ? '>' : '='}</td>
                <td>${row.b}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  #title({ index, node }: MarketAct): string {
    return `No. ${index} (${shortName(this.nameOf(node))})`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-comparison': Comparison;
  }
}
