import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Status } from '../../runtime/gatehouse.ts';
import { shared } from '../elements/styles.ts';
import type { Session } from '../session.ts';
import { clockTime, gateName, isDown } from '../words.ts';
import { chatStyles } from './chat-styles.ts';
import { failureWords } from './chat-words.ts';
import { MISSED_MOST } from './heartbeats.ts';
import { ringOf } from './ring.ts';
import './ring-picture.ts';
import { RingTrace } from './ring-trace.ts';

const RING_CHAT = '/?park=chat&election=ring#/chat';

/** The servers behind the chat: the ring, the leader and its heartbeats, and a vote by hand. */
@customElement('gh-ring')
export class RingPanel extends LitElement {
  static override styles = [
    shared,
    chatStyles,
    css`
      :host {
        display: grid;
        gap: 0.6rem;
      }
      .beats {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        font-size: var(--small);
      }
      .pips {
        display: flex;
        gap: 0.2rem;
      }
      .pip {
        flex: none;
        width: 0.7rem;
        height: 0.7rem;
        border: 2px solid var(--line-strong);
        border-radius: 50%;
      }
      .pip.missed {
        border-color: var(--ink);
        background: var(--ink);
      }
      .steps {
        display: grid;
        gap: 0.25rem;
        font-size: var(--small);
      }
      .steps li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0.5rem;
        overflow-wrap: anywhere;
      }
      details > * {
        margin-bottom: 0.35rem;
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) status!: Status;
  @state() private voting = false;
  /** How the last vote by hand ended: who led then, or why nobody did. */
  @state() private ended: { readonly leader: string | null; readonly words: string } | null = null;

  readonly #trace = new RingTrace(this);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('session')) return;
    const { gatehouse, nameOf } = this.session;
    this.#trace.read(
      () => gatehouse.trace(),
      (id) => (id === gatehouse.status().id ? 'this gate' : nameOf(id)),
    );
  }

  protected override render(): TemplateResult {
    const { status } = this;
    const ring = ringOf(status);
    const cannot = isDown(status) || status.role === 'joining';
    return html`
      <p class="small soft">${aboutRing(status, ring.length)}</p>
      <gh-ring-picture .ring=${ring} .flights=${this.#trace.flights}></gh-ring-picture>
      ${this.#beats()}
      <div class="row">
        <button ?disabled=${cannot || this.voting} @click=${() => void this.#vote()}>
          ${this.voting ? 'Voting …' : 'Start a vote'}
        </button>
        <span class="small" role="status" data-testid="vote">${this.#ending()}</span>
      </div>
      ${status.election === 'ring' ? nothing : otherElection(status)} ${this.#story()}
    `;
  }

  #beats(): TemplateResult {
    const { status } = this;
    if (status.leader === null || isDown(status)) {
      return html`<p class="beats" data-testid="heartbeats">No leader, so no heartbeats.</p>`;
    }
    if (status.leader === status.id) {
      return html`<p class="beats" data-testid="heartbeats">
        This gate leads: it sends a heartbeat to each server five times a second.
      </p>`;
    }
    const missed = this.#trace.life.missed(status.leader, Date.now()) ?? 0;
    const leader = gateName(status, status.leader);
    return html`<p class="beats" data-testid="heartbeats">
      <span class="pips" aria-hidden="true">
        ${Array.from({ length: MISSED_MOST }, (_, at) => html`<span class="pip ${at < missed ? 'missed' : ''}"></span>`)}
      </span>
      Heartbeats of ${leader}: ${missed} of ${MISSED_MOST}
      missed${missed < MISSED_MOST ? '' : ', so it is asked whether it lives'}.
    </p>`;
  }

  #story(): TemplateResult | typeof nothing {
    const { steps } = this.#trace.story;
    if (steps.length === 0) return nothing;
    return html`<details open>
      <summary>The last vote, as this gate saw it</summary>
      <ol class="steps" data-testid="vote-steps">
        ${repeat(
          steps,
          ({ key }) => key,
          ({ at, text }) => html`<li><span class="soft">${clockTime(at)}</span>${text}</li>`,
        )}
      </ol>
    </details>`;
  }

  /** As long as it is true. */
  #ending(): string {
    const { leader, words } = this.ended ?? { leader: null, words: '' };
    return leader === null || leader === this.status.leader ? words : '';
  }

  async #vote(): Promise<void> {
    this.voting = true;
    this.ended = null;
    try {
      const { gatehouse } = this.session;
      await gatehouse.startElection();
      const status = gatehouse.status();
      const { leader } = status;
      const words = leader === null ? '' : `The vote is over: ${gateName(status, leader)} leads.`;
      this.ended = { leader, words };
    } catch (error) {
      this.ended = { leader: null, words: failureWords(error) };
    } finally {
      this.voting = false;
    }
  }
}

function aboutRing(status: Status, servers: number): string {
  if (isDown(status)) return 'This gate does not run, so it knows of no other server.';
  if (status.role === 'joining') return 'Looking for the other servers …';
  if (servers < 2)
    return 'No other server yet. Open another tab: they find each other by themselves.';
  return `${servers} servers, which found each other by themselves, in the order of their identities. A token goes round; the greatest wins.`;
}

function otherElection({ election }: Status): TemplateResult {
  return html`<p class="small soft">
    This park was founded with the ${election} election, so no token goes round. A chat that elects
    by the ring: <a href=${RING_CHAT}>park chat</a>.
  </p>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-ring': RingPanel;
  }
}
