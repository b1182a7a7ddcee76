import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { VisitorCalls, VisitorStatus } from '../../runtime/gatehouse.ts';
import { FrameController } from '../elements/frame-controller.ts';
import { icon } from '../elements/icon.ts';
import '../elements/qr-code.ts';
import { shared } from '../elements/styles.ts';
import { isTour } from './tour.ts';
import { gateWords, refusedWords, visitorWords } from './visitor-words.ts';

/** A visitor's own phone: where one is, one button, and the ticket. */
@customElement('gh-visitor')
export class VisitorView extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 30rem);
        justify-content: center;
        min-height: 100dvh;
        background: var(--paper);
        color: var(--ink);
        font: 1rem/1.4 var(--font);
      }
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-content: start;
        gap: var(--gap);
        padding: var(--gap);
      }
      h1 {
        margin: 0;
        font-size: 1rem;
        overflow-wrap: anywhere;
      }
      .state {
        display: grid;
        justify-items: center;
        align-content: center;
        gap: 0.5rem;
        min-height: 15rem;
        padding: 1rem;
        border: 2px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--panel);
        text-align: center;
        text-wrap: balance;
      }
      .headline {
        font-size: 2.25rem;
        font-weight: 700;
        line-height: 1.15;
      }
      .more {
        min-height: 2.8em;
      }
      /* Inside: everything inverted, so that door staff see it from afar. */
      .entered {
        border-color: var(--accent);
        background: var(--accent);
        color: var(--on-accent);
      }
      .lost,
      .entering,
      .leaving {
        border-style: dashed;
        border-color: var(--ink);
      }
      button {
        width: 100%;
        min-height: 5.5rem;
        border-width: 2px;
        font-size: 1.75rem;
        font-weight: 700;
      }
      button.leave {
        border-color: var(--ink);
      }
      button[aria-disabled='true'],
      button[aria-disabled='true']:hover {
        border: 2px dashed var(--line-strong);
        background: var(--sunken);
        color: var(--ink-soft);
        cursor: default;
      }
      .gate {
        display: grid;
        grid-template-columns: 1.5rem minmax(0, 1fr);
        gap: 0.5rem;
        min-height: 2.8em;
      }
      .gate .icon {
        margin-top: 0.2em;
      }
      .ticket {
        display: grid;
        justify-items: center;
        gap: 0.5rem;
        text-align: center;
      }
      .code {
        font: 700 1.75rem/1.2 var(--mono);
        letter-spacing: 0.05em;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) visitor!: VisitorCalls;
  readonly #frames = new FrameController(this, 'deeds');

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('visitor')) this.#frames.follow(this.visitor);
  }

  protected override render(): TemplateResult {
    const status = this.visitor.status();
    const { phase, park, ticket } = status;
    const isLost = ticket === 'lost';
    const words = visitorWords(status);
    const refused = refusedWords(status);
    return html`<main>
      <h1>Park ${park}</h1>
      <section class="state ${isLost ? 'lost' : phase}" aria-label="Where you are">
        ${icon(words.icon, 44)}
        <p class="headline" data-testid="headline">${words.headline}</p>
        <p class="more" data-testid="more">${words.more}</p>
      </section>
      ${isLost ? renewal() : [this.#button(status), gateLine(status)]} ${this.#ticket(status)}
      <p class="small soft">
        This page is yours alone and no gate of the park.
        ${isTour(location.search) ? html`<a href="#/park">Open a gate here</a>` : ''}
      </p>
      ${refused === null ? nothing : html`<p class="small soft" data-testid="refused">${refused}</p>`}
      <p class="unseen" role="status">${words.headline}. ${words.more}</p>
    </main>`;
  }

  protected override updated(): void {
    const status = this.visitor.status();
    document.title = `${visitorWords(status).headline} · ${status.park} · Gatehouse`;
  }

  /** It keeps the focus while a request is open, and does nothing. */
  #button({ phase }: VisitorStatus): TemplateResult {
    const leaves = phase === 'entered' || phase === 'leaving';
    const isOpen = phase === 'entering' || phase === 'leaving';
    return html`<button
      class=${leaves ? 'leave' : 'primary'}
      aria-disabled=${isOpen ? 'true' : 'false'}
      @click=${() => {
        if (!isOpen) this.#ask(leaves ? 'leave' : 'enter');
      }}
    >
      ${icon(leaves ? 'out' : 'in', 30)} ${leaves ? 'Leave' : 'Enter'}
    </button>`;
  }

  #ticket({ visitor, ticket }: VisitorStatus): TemplateResult {
    return html`<section class="panel ticket" aria-labelledby="ticket">
      <h2 id="ticket">${ticket === 'lost' ? 'The ticket of before' : 'Your ticket'}</h2>
      <p class="code" data-testid="ticket">${visitor.replace(/^Visitor /, '')}</p>
      <gh-qr-code .text=${visitor} label="QR code of your ticket"></gh-qr-code>
      <p class="small soft">
        ${
          ticket === 'lost'
            ? 'Show it at the door if you are inside by it.'
            : 'This phone keeps it: a reload changes nothing. With it, the door can let you out too.'
        }
      </p>
    </section>`;
  }

  /** How it goes, the status tells. */
  #ask(wish: 'enter' | 'leave'): void {
    this.visitor[wish]().catch(() => undefined);
  }
}

function gateLine(status: VisitorStatus): TemplateResult {
  return html`<p class="gate" data-testid="gate">
    ${icon(status.gate === null ? 'link-connecting' : 'link-open', 20)}
    <span>${gateWords(status)}</span>
  </p>`;
}

/** A page that opens anew takes a ticket that is free. */
function renewal(): TemplateResult {
  return html`<button
    class="primary"
    @click=${() => {
      location.reload();
    }}
  >
    Take a new ticket
  </button>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-visitor': VisitorView;
  }
}
