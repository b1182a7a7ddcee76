import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Status } from '../../runtime/gatehouse.ts';
import { FrameController } from '../elements/frame-controller.ts';
import { icon, type IconName } from '../elements/icon.ts';
import { shared } from '../elements/styles.ts';
import type { Session } from '../session.ts';
import { isDown, knowsPark } from '../words.ts';
import { tell, tellEarlier, type Tap, type whoLeaves } from './desk.ts';

const ICONS: Readonly<Record<Tap['answer']['phase'], IconName>> = {
  pending: 'pending',
  done: 'done',
  refused: 'refused',
  failed: 'wrong',
  unknown: 'unknown',
  unanswered: 'unknown',
};

const WHY = { selected: 'selected', 'last-here': 'last in here', last: 'last in' } as const;

/**
 * The two buttons of the door, and the answer to the last tap. Fires `tapped` with the wish, and `not-in` with the typed
 * name of a visitor who was not let in after all.
 */
@customElement('gh-door')
export class Door extends LitElement {
  static override styles = [
    shared,
    css`
      .receipt {
        display: grid;
        grid-template-columns: 2rem minmax(0, 1fr) auto;
        align-items: start;
        gap: 0.25rem 0.5rem;
        min-height: 5.6rem;
        padding: 0.6rem 0.75rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--panel);
      }
      .receipt .icon {
        margin-top: 0.15rem;
      }
      .receipt.done .icon {
        color: var(--accent);
      }
      .receipt.refused,
      .receipt.failed,
      .receipt.unknown,
      .receipt.unanswered {
        border: 2px solid var(--ink);
      }
      .receipt.unknown,
      .receipt.unanswered {
        border-style: dashed;
      }
      .headline {
        font-size: 1.25rem;
        font-weight: 650;
        line-height: 1.25;
        overflow-wrap: anywhere;
      }
      /* Most operations are done in a few milliseconds: only what lasts is worth a look. */
      .finding {
        animation: appear 0.2s 0.5s both;
      }
      .late {
        animation: appear 0.2s 1.5s both;
      }
      @keyframes appear {
        from {
          opacity: 0;
        }
      }

      .buttons {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        gap: 0.25rem 0.5rem;
      }
      .who {
        min-width: 0;
        text-align: center;
        font-size: var(--small);
        color: var(--ink-soft);
        order: -1;
      }
      .buttons button {
        flex-direction: column;
        min-height: 6rem;
        border-width: 2px;
        font-size: 1.6rem;
        font-weight: 700;
        line-height: 1.1;
      }
      .out {
        border-color: var(--ink);
      }
      .paused .out {
        border-style: dashed;
      }
      .closed .in,
      .closed .in:hover {
        border-style: dashed;
        border-color: var(--ink);
        background: var(--panel);
        color: var(--ink);
      }
      .door {
        display: grid;
        gap: 0.5rem;
      }
      :host([bar]) .door {
        position: fixed;
        inset: auto 0 0;
        z-index: 2;
        gap: 0.3rem;
        padding: 0.4rem 0.75rem calc(0.6rem + env(safe-area-inset-bottom));
        border-top: 1px solid var(--line-strong);
        background: var(--paper);
      }
      :host([bar]) .receipt {
        min-height: 3.9rem;
        padding: 0.4rem 0.6rem;
      }
      :host([bar]) .headline {
        font-size: 1.125rem;
      }
      :host([bar]) .buttons button {
        min-height: 5.25rem;
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) status!: Status;
  /** The name for the next visitor; '' lets the park make one. */
  @property() visitorName = '';
  @property({ attribute: false }) leaver: ReturnType<typeof whoLeaves> = null;
  /** It stands at the bottom of the screen, under the thumbs, wherever the page is scrolled to. */
  @property({ type: Boolean, reflect: true }) bar = false;

  readonly #frames = new FrameController(this, 'deeds');

  letIn(): void {
    void this.#letIn(this.visitorName.trim());
    this.dispatchEvent(new CustomEvent('tapped', { detail: 'enter' }));
  }

  async #letIn(visitor: string): Promise<void> {
    const wish = { kind: 'enter', ...(visitor === '' ? {} : { visitor }) } as const;
    const { phase } = (await this.session.desk.tap(wish)).answer;
    if (visitor === '' || (phase !== 'failed' && phase !== 'refused')) return;
    this.dispatchEvent(new CustomEvent('not-in', { detail: visitor }));
  }

  letOut(): void {
    if (this.leaver === null) return;
    void this.session.desk.tap({ kind: 'leave', visitor: this.leaver.visitor });
    this.dispatchEvent(new CustomEvent('tapped', { detail: 'leave' }));
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('session')) this.#frames.follow(this.session.desk);
  }

  protected override render(): TemplateResult {
    const { status, leaver } = this;
    const paused = !status.quorum;
    const closed = paused || status.occupancy >= status.capacity;
    return html`<div class="door">
      ${this.#receipt()}
      <div class="buttons ${closed ? 'closed' : ''} ${paused ? 'paused' : ''}">
        <button
          class="in primary"
          aria-describedby="next-in"
          @keydown=${onlyOnce}
          @click=${() => this.letIn()}
        >
          ${icon('in', 30)} Let in
        </button>
        <button
          class="out"
          aria-describedby="next-out"
          @keydown=${onlyOnce}
          ?disabled=${leaver === null}
          @click=${() => this.letOut()}
        >
          ${icon('out', 30)} Let out
        </button>
        <p class="who ellipsis" id="next-in">${this.#next(paused)}</p>
        <p class="who ellipsis" id="next-out">${this.#nextOut()}</p>
      </div>
    </div>`;
  }

  /** Whom "Let in" would let in, or why it will not. */
  #next(paused: boolean): string {
    if (paused) return 'Admissions paused';
    if (this.status.occupancy >= this.status.capacity) return 'The park is full';
    return this.visitorName.trim() || 'Next visitor';
  }

  #nextOut(): string {
    const { leaver, status } = this;
    if (leaver !== null) return `${leaver.visitor} (${WHY[leaver.why]})`;
    return knowsPark(status) ? 'Nobody inside' : 'Not known here';
  }

  #receipt(): TemplateResult {
    const { taps } = this.session.desk;
    const [tap] = taps;
    const { pending } = this.status;
    const told = tap === undefined ? idle(this.status) : tell(tap);
    const phase = tap?.answer.phase ?? 'idle';
    return html`<div class="receipt ${phase}">
      ${icon(tap === undefined ? 'voter' : ICONS[tap.answer.phase], 26)}
      <div>
        <p class="headline" data-testid="receipt">${told.headline}</p>
        ${
          phase === 'pending'
            ? html`<p class="small late">
                No answer yet: somebody may hold the mutex, or the leader is slow.
              </p>`
            : nothing
        }
        <p class="small" data-testid="receipt-more">
          ${[told.more, tellEarlier(taps)].filter((text) => text !== '').join(' · ')}
        </p>
      </div>
      ${
        pending === 0
          ? nothing
          : html`<p class="small finding" data-testid="pending">Finding out: ${pending}</p>`
      }
      <p class="unseen" role="status">
        ${phase === 'pending' || tap === undefined ? '' : `${told.headline}. ${told.more}`}
      </p>
    </div>`;
  }
}

/** Before the first tap: what would become of one. */
function idle(status: Status): { headline: string; more: string } {
  if (isDown(status)) {
    return { headline: 'Stopped', more: 'A tap fails at once. Count at another gate meanwhile.' };
  }
  return status.quorum
    ? { headline: 'Ready', more: 'Every tap is answered here.' }
    : { headline: 'Not yet', more: 'A tap waits up to 5 seconds for admissions to open.' };
}

/** A key held down is one tap. */
function onlyOnce(event: KeyboardEvent): void {
  if (event.repeat) event.preventDefault();
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-door': Door;
  }
}
