import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Gatehouse, Status } from '../../runtime/gatehouse.ts';
import type { ConfirmDialog } from '../elements/confirm-dialog.ts';
import '../elements/confirm-dialog.ts';
import { icon, type IconName } from '../elements/icon.ts';
import { shared } from '../elements/styles.ts';
import { messageOf } from '../session.ts';
import { isDown, shortId } from '../words.ts';
import { gateRows, type GateRow } from './gate-rows.ts';

/** The gates of the park: what each is, and how this one reaches it. */
@customElement('gh-gates')
export class Gates extends LitElement {
  static override styles = [
    shared,
    css`
      li {
        display: grid;
        grid-template-columns: 1.25rem minmax(0, 1fr) auto;
        align-items: baseline;
        gap: 0 0.5rem;
        padding: 0.35rem 0;
        border-top: 1px solid var(--line);
      }
      .name {
        font-weight: 600;
      }
      .self .name::after {
        content: ' (this gate)';
        font-weight: 400;
      }
      .shape {
        align-self: start;
        padding-top: 0.15rem;
      }
      .crown {
        color: var(--accent);
      }
      .reach {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.35rem;
      }
      .suspected .reach {
        font-weight: 650;
        color: var(--ink);
      }
      .id {
        grid-column: 2 / 4;
      }
      code {
        font-family: var(--mono);
        overflow-wrap: anywhere;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        margin-top: 0.5rem;
      }
      .rename {
        display: grid;
        gap: 0.25rem;
      }
    `,
  ];

  @property({ attribute: false }) gatehouse!: Gatehouse;
  @property({ attribute: false }) status!: Status;
  @state() private whole = false;
  @state() private newName = '';
  @state() private problem = '';
  @query('gh-confirm') private readonly dialog!: ConfirmDialog;

  protected override render(): TemplateResult {
    const { status } = this;
    return html`
      <ul>
        ${repeat(
          gateRows(status),
          ({ id }) => id,
          (gate) => this.#gate(gate),
        )}
      </ul>
      ${
        status.peers.length === 0 && !isDown(status)
          ? html`<p class="small soft">
              No other gate yet. Open one on each device at a door: one gate alone can't stand in
              for another.
            </p>`
          : nothing
      }
      ${
        status.signaling === 'disconnected' && !isDown(status)
          ? html`<p class="small">
              ${icon('link-closed')} Signaling is out of reach: linked gates carry on, new ones
              can't find the park.
            </p>`
          : nothing
      }
      ${
        isDown(status)
          ? html`<p class="small soft">
              It hears no other gate, so it can't tell who else is there.
            </p>`
          : nothing
      }
      <footer>
        <button @click=${this.#askName}>Rename this gate</button>
        <button aria-pressed=${this.whole} @click=${() => (this.whole = !this.whole)}>
          Whole ids
        </button>
      </footer>
      ${this.problem === '' ? nothing : html`<p role="alert">${this.problem}</p>`}
      <gh-confirm
        heading="Rename this gate"
        action="Rename"
        ?blocked=${this.newName.trim() === ''}
        @confirm=${() => void this.#rename()}
      >
        <div class="rename">
          <label for="name">The name that all gates show</label>
          <input
            id="name"
            autocomplete="off"
            .value=${this.newName}
            @input=${(event: Event) => (this.newName = (event.target as HTMLInputElement).value)}
          />
        </div>
      </gh-confirm>
    `;
  }

  #gate(gate: GateRow): TemplateResult {
    return html`<li class="${gate.self ? 'self' : ''} ${gate.suspected ? 'suspected' : ''}">
      <span class="shape ${gate.leader ? 'crown' : ''}">${icon(shape(gate))}</span>
      <span class="ellipsis"><span class="name">${gate.name}</span></span>
      <span class="small">${gate.role}</span>
      <span class="small soft id reach">
        ${gate.link === null ? nothing : icon(gate.suspected ? 'unknown' : `link-${gate.link}`)}
        ${gate.link === null ? nothing : html`<span>${gate.reach}</span> ·`}
        <span>
          id <code>${this.whole ? gate.id : shortId(gate.id)}</code>, priority ${gate.priority}
        </span>
      </span>
    </li>`;
  }

  readonly #askName = (): void => {
    this.newName = this.status.name;
    this.problem = '';
    void this.dialog.show();
  };

  async #rename(): Promise<void> {
    try {
      await this.gatehouse.rename(this.newName.trim());
    } catch (error) {
      this.problem = `The gate kept its name: ${messageOf(error)}`;
    }
  }
}

function shape(gate: GateRow): IconName {
  if (gate.leader) return 'crown';
  if (gate.voter) return 'voter';
  return gate.self && gate.role !== 'learner' ? 'stranger' : 'learner';
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-gates': Gates;
  }
}
