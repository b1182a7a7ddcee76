import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Gatehouse, Status } from '../../runtime/gatehouse.ts';
import type { ConfirmDialog } from '../elements/confirm-dialog.ts';
import '../elements/confirm-dialog.ts';
import { shared } from '../elements/styles.ts';
import { messageOf } from '../session.ts';

/** How this gate goes away, and comes back: what the group then does is to be seen at the others. */
@customElement('gh-multicast-failing')
export class Failing extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 0.5rem;
      }
    `,
  ];

  @property({ attribute: false }) gatehouse!: Gatehouse;
  @property({ attribute: false }) status!: Status;
  @state() private told = '';
  @query('gh-confirm') private readonly dialog!: ConfirmDialog;

  protected override render(): TemplateResult {
    const { role, name } = this.status;
    const down = role === 'terminated' || role === 'crashed';
    return html`
      <div class="row">
        <button ?disabled=${down} @click=${() => this.gatehouse.crash('stop')}>Crash</button>
        <button ?disabled=${down} @click=${() => this.gatehouse.crash('hang')}>Hang</button>
        <button ?disabled=${role !== 'crashed'} @click=${this.#recover}>Recover</button>
        <button ?disabled=${down} @click=${() => void this.dialog.show()}>Leave</button>
      </div>
      <p class="small soft">
        Crash: links close, memory is lost. Hang: links stay, nothing is answered. Who comes back is
        a new member of the group, and delivers what is sent from then on.
      </p>
      <p class="small" role="status">${this.told}</p>
      <gh-confirm
        heading="Leave the network?"
        action="Leave for good"
        @confirm=${() => void this.#do('Leave', () => this.gatehouse.terminate())}
      >
        <p>
          ${name} says goodbye and stops; the other gates carry on without it. Coming back means
          joining as a new gate.
        </p>
      </gh-confirm>
    `;
  }

  readonly #recover = (): void => {
    void this.#do('Recover', () => this.gatehouse.recover());
  };

  async #do(what: string, step: () => Promise<void>): Promise<void> {
    this.told = '';
    try {
      await step();
    } catch (error) {
      this.told = `${what} did not work: ${messageOf(error)}`;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-multicast-failing': Failing;
  }
}
