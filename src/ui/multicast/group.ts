import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { MulticastState } from '../../runtime/gatehouse.ts';
import { shared } from '../elements/styles.ts';
import type { NameOf } from '../park/log-words.ts';
import { changeWords, TOLD, type ViewBook } from './view-book.ts';

const KINDS = {
  sequencer: {
    name: 'Sequencer',
    how: 'One gate, the greatest of the view, gives every message its number. All deliver in the order of the numbers, once all hold the message. The founder of a park may choose the other way: multicast=lamport in the address.',
  },
  lamport: {
    name: 'Lamport',
    how: 'No gate is special. Every message carries a timestamp, and every gate acknowledges it to all. The least timestamp is delivered when all have acknowledged it. The founder of a park may choose the other way: multicast=sequencer in the address.',
  },
} as const;

/** Who is in the group, who numbers the messages, and what the last changes of view were. */
@customElement('gh-multicast-group')
export class GroupPanel extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 0.6rem;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0.2rem 0.9rem;
      }
      dt {
        color: var(--ink-soft);
      }
      dd {
        overflow-wrap: anywhere;
        font-weight: 650;
      }
      ol {
        display: grid;
        gap: 0.15rem;
        margin-top: 0.25rem;
      }
    `,
  ];

  @property({ attribute: false }) state!: MulticastState;
  @property({ attribute: false }) views!: ViewBook;
  @property({ attribute: false }) nameOf: NameOf = (id) => id;

  protected override render(): TemplateResult {
    const { kind, view, members, sequencer } = this.state;
    const { name, how } = KINDS[kind];
    return html`
      <dl>
        <dt>Way</dt>
        <dd data-testid="kind">${name}</dd>
        <dt>View</dt>
        <dd data-testid="view">
          ${view === 0 ? 'none yet: the first message asks for one' : view}
        </dd>
        ${
          view === 0
            ? nothing
            : html`<dt>Members</dt>
                <dd data-testid="members">${members.map(this.nameOf).join(', ')}</dd>`
        }
        ${
          sequencer === null
            ? nothing
            : html`<dt>Sequencer</dt>
                <dd data-testid="sequencer">${this.nameOf(sequencer)}</dd>`
        }
      </dl>
      <p class="small soft">${how}</p>
      <section aria-labelledby="changes">
        <h3 id="changes">Changes of view</h3>
        <p class="small soft">
          When a gate dies, leaves or comes, all stop for a moment and agree in the log on who is in
          the next view. First they deliver what any of them holds of the old one, so nothing is
          lost and nothing comes twice; what was not yet spread is sent again.
        </p>
        <div role="log" aria-label="Changes of view">
          <ol class="small">
            ${this.views.seen
              .slice(0, TOLD)
              .map(
                (seen, at) =>
                  html`<li>${changeWords(seen, this.views.seen[at + 1], this.nameOf)}</li>`,
              )}
          </ol>
        </div>
      </section>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-multicast-group': GroupPanel;
  }
}
