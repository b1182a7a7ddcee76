import { LitElement, css, html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Status } from '../../runtime/gatehouse.ts';
import type { ConfirmDialog } from '../elements/confirm-dialog.ts';
import '../elements/confirm-dialog.ts';
import { FrameController } from '../elements/frame-controller.ts';
import { shared } from '../elements/styles.ts';
import { termNumber } from '../park/log-words.ts';
import { messageOf, type MutexState, type Session } from '../session.ts';
import './feign-panel.ts';
import { groups } from './group-styles.ts';
import './hello-check.ts';
import './stress-panel.ts';
import { isDown } from '../words.ts';

/** What a student does to this node. Each group says what its steps cost. */
@customElement('gh-controls')
export class Controls extends LitElement {
  static override styles = [
    shared,
    groups,
    css`
      :host {
        display: grid;
        gap: 0.9rem;
      }
      /* Not disabled: a disabled one would lose the focus. */
      button[aria-disabled='true'] {
        color: var(--ink-soft);
        cursor: default;
      }
      .told {
        min-height: 1.4em;
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) status!: Status;
  @state() private told = '';
  @query('#leave') private readonly leaveDialog!: ConfirmDialog;
  @query('#remove') private readonly removeDialog!: ConfirmDialog;

  readonly #frames = new FrameController(this, 'deeds');

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('session')) this.#frames.follow(this.session.mutex);
  }

  protected override render(): TemplateResult {
    return html`
      ${this.#failing()}
      <gh-feign .session=${this.session} .status=${this.status}></gh-feign>
      ${this.#leading()} ${this.#mutex()}
      <gh-hello .session=${this.session} ?disabled=${isDown(this.status)}></gh-hello>
      <gh-stress .session=${this.session} .status=${this.status}></gh-stress>
      <p class="small told" role="status">${this.told}</p>
    `;
  }

  #failing(): TemplateResult {
    const { gatehouse } = this.session;
    const { role, name } = this.status;
    const gone = role === 'terminated';
    const down = gone || role === 'crashed';
    return html`<fieldset>
      <legend>This node</legend>
      <div class="row">
        <button ?disabled=${down} @click=${() => gatehouse.crash('stop')}>Crash</button>
        <button ?disabled=${down} @click=${() => gatehouse.crash('hang')}>Hang</button>
        <button
          ?disabled=${role !== 'crashed'}
          @click=${() => void this.#do('Recover', () => gatehouse.recover())}
        >
          Recover
        </button>
        <button ?disabled=${down} @click=${() => void this.leaveDialog.show()}>Leave</button>
      </div>
      <p class="small soft">
        Crash: links close, memory is lost, the disk stays. Hang: links stay, nothing is answered.
      </p>
      <gh-confirm
        id="leave"
        heading="Leave the network?"
        action="Leave for good"
        @confirm=${() => void this.#do('Leave', () => gatehouse.terminate())}
      >
        <p>
          ${name} says goodbye and stops; the other gates carry on without it, and one of them leads
          if it did. Coming back means joining as a new gate.
        </p>
      </gh-confirm>
    </fieldset>`;
  }

  #leading(): TemplateResult {
    const { gatehouse } = this.session;
    const { role, election, leader, park } = this.status;
    const down = role === 'terminated' || role === 'crashed' || role === 'joining';
    return html`<fieldset>
      <legend>Leadership (${election})</legend>
      <div class="row">
        <button
          ?disabled=${down}
          @click=${() => void this.#do('Start election', () => gatehouse.startElection())}
        >
          Start election
        </button>
        <button ?disabled=${down || leader === null} @click=${() => void this.removeDialog.show()}>
          Remove leader
        </button>
      </div>
      <p class="small soft">
        Remove leader: it gives up its office, and nobody is admitted until somebody starts an
        election.
      </p>
      <gh-confirm
        id="remove"
        heading="Remove the leader?"
        action="Remove it"
        @confirm=${() => void this.#do('Remove leader', () => gatehouse.removeLeader())}
      >
        <p>
          All gates of park ${park} stop letting visitors in and out, until somebody starts an
          election.
        </p>
      </gh-confirm>
    </fieldset>`;
  }

  #mutex(): TemplateResult {
    const { mutex } = this.session;
    const { state } = mutex;
    const held = state.phase === 'held';
    return html`<fieldset>
      <legend>Mutex</legend>
      <div class="row">
        <button
          aria-disabled=${state.phase === 'waiting' ? 'true' : 'false'}
          @click=${() => void (held ? mutex.release() : mutex.take())}
        >
          ${held ? 'Release' : 'Take'} the mutex
        </button>
        <span role="status" data-testid="mutex">${mutexWords(state)}</span>
      </div>
      <p class="small soft">While you hold it, all other nodes wait, until the lease ends.</p>
    </fieldset>`;
  }

  async #do(what: string, step: () => Promise<void>): Promise<void> {
    this.told = '';
    try {
      await step();
    } catch (error) {
      this.told = `${what} did not work: ${messageOf(error)}`;
    }
  }
}

function mutexWords(state: MutexState): string {
  switch (state.phase) {
    case 'free':
      return 'Not held by you.';
    case 'waiting':
      return 'Waiting for the grant …';
    case 'held':
      return `Held. Token ${state.token.number} of term ${termNumber(state.token.term)}.`;
    case 'ended':
      return `Held no more: token ${state.token.number} of term ${termNumber(state.token.term)} is void.`;
    case 'failed':
      return `Not held: ${state.message}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-controls': Controls;
  }
}
