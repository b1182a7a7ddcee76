import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ElectionKind } from '../../core/entry.ts';
import { shared } from '../elements/styles.ts';
import type { NameOf } from '../park/log-words.ts';
import { clockTime } from '../words.ts';
import './election-plot.ts';
import { COUNTED } from './election-theory.ts';
import type { Election } from './elections.ts';

/** So many of the last are listed; the plot has them all. */
const LISTED = 6;

/** Somebody wants to see an election from its beginning. */
export class ElectionChosen extends Event {
  constructor(readonly at: number) {
    super('election-chosen');
  }
}

const THEORY: Readonly<Record<ElectionKind, string>> = {
  bully:
    'Formula: node P of N, counted from the least, notices that there is no leader, and it takes (N−P+1)(N−P)+N−1 messages. Best case N−1, when the greatest notices; worst when the least does.',
  ring: 'Of the order of n log₂ n TOKENs on average in rings of any order, and of n² at worst; when all start, n(1+1/2+…+1/n) and n(n+1)/2. This ring is sorted, so that one starter takes 2n−1 at most. I_AM_LEADER comes on top.',
  wireless:
    'Two messages over each of the E links: 2E. The result (ELECTION_FINISHED) floods after that and is not counted.',
};

/** How many messages each election took, and how many it should have taken. */
@customElement('gh-elections')
export class ElectionsPanel extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr));
        gap: 0.5rem 1.5rem;
        align-items: start;
      }
      .scroll {
        max-height: 24rem;
        overflow: auto;
      }
      .wide {
        grid-column: 1 / -1;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: var(--small);
      }
      th,
      td {
        padding: 0.25rem 0.5rem 0.25rem 0;
        border-bottom: 1px solid var(--line);
        text-align: left;
        vertical-align: top;
        font-weight: 400;
      }
      thead th {
        color: var(--ink-soft);
      }
      .number {
        padding-right: 0;
        text-align: right;
        white-space: nowrap;
      }
      td b {
        font-size: 1rem;
      }
    `,
  ];

  @property() kind: ElectionKind = 'bully';
  @property({ attribute: false }) elections: readonly Election[] = [];
  @property({ attribute: false }) nameOf: NameOf = (id) => id;

  @property({ attribute: false }) timeOf: (at: number) => string = clockTime;
  /** Of a trace: all are listed, and each can be chosen. */
  @property({ type: Boolean }) recorded = false;

  protected override render(): TemplateResult {
    const { kind, elections } = this;
    if (elections.length === 0) {
      return html`<p class="small soft">
        ${
          this.recorded
            ? 'There is none in this trace.'
            : 'None yet. Open more tabs, remove the leader, and start an election.'
        }
      </p>`;
    }
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="Elections, the newest first">
        <table>
          <thead>
            <tr>
              <th scope="col">Started by</th>
              <th scope="col">Messages</th>
              <th scope="col" class="number">${kind === 'ring' ? 'Of the order of' : 'Formula'}</th>
            </tr>
          </thead>
          <tbody>
            ${elections
              .slice(this.recorded ? 0 : -LISTED)
              .reverse()
              .map((election) => this.#row(election))}
          </tbody>
        </table>
      </div>
      <gh-election-plot .kind=${kind} .elections=${elections}></gh-election-plot>
      <p class="small soft wide">${THEORY[kind]}</p>
      <p class="small soft wide">
        Counted ${this.recorded ? 'from the trace' : 'by the tabs of this browser'}. It can be more,
        when several notice at once or somebody fails in between, and less, when a greater one comes
        in before all have been asked.
      </p>
    `;
  }

  #row({ kind, at, starter, nodes, complete, sent, measured, expected }: Election): TemplateResult {
    const types = [...sent].sort(([a], [b]) => order(kind, a) - order(kind, b));
    return html`<tr data-testid="election">
      <th scope="row">
        ${this.nameOf(starter)}, ${nodes.indexOf(starter) + 1} of ${nodes.length}<br />
        <span class="soft">${this.timeOf(at)}</span>
        ${
          this.recorded
            ? html`<button class="quiet" @click=${() => this.dispatchEvent(new ElectionChosen(at))}>
                Show<span class="unseen"> the election at ${this.timeOf(at)}</span>
              </button>`
            : nothing
        }
      </th>
      <td>
        <b data-testid="measured">${measured}</b>${
          complete ? '' : ' or more: some nodes are on other devices'
        }<br />
        <span class="soft">${types.map(([type, many]) => `${many} ${type}`).join(', ')}</span>
      </td>
      <td class="number">
        ${expected.map(
          ({ formula, messages }) =>
            html`<div>
              ${expected.length > 1 ? html`<span class="soft">${formula}</span> ` : nothing}<b
                data-testid="expected"
                >${messages}</b
              >
            </div>`,
        )}
      </td>
    </tr>`;
  }
}

/** Those that count come first. */
function order(kind: ElectionKind, type: string): number {
  const place = COUNTED[kind].indexOf(type);
  return place < 0 ? COUNTED[kind].length : place;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-elections': ElectionsPanel;
  }
  interface HTMLElementEventMap {
    'election-chosen': ElectionChosen;
  }
}
