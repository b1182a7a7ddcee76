import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Status } from '../../runtime/gatehouse.ts';
import { icon } from '../elements/icon.ts';
import { shared } from '../elements/styles.ts';
import { insideWords, knowsPark } from '../words.ts';
import { statusLine, type Tone } from '../status-line.ts';

const SIGNS: Readonly<Record<Tone, string>> = {
  open: 'Open',
  full: 'FULL',
  waiting: 'Waiting',
  paused: 'Paused',
  twice: 'Exists twice',
  stopped: 'Stopped',
  wrong: 'Stopped',
};

/** Others may have let visitors in or out meanwhile that this gate has not heard of. */
const STALE: ReadonlySet<Tone> = new Set(['waiting', 'paused', 'stopped', 'wrong']);

/** How many are inside, in figures that can be read across a room, and whether anybody else may come in. */
@customElement('gh-occupancy')
export class Occupancy extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      section {
        position: relative;
        display: grid;
        justify-items: center;
        overflow: hidden;
        padding: 0.5rem 0.75rem 0.9rem;
        border: 2px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--panel);
      }
      .sign {
        display: flex;
        align-items: center;
        gap: 0.4rem;
        font-size: 1.125rem;
        font-weight: 700;
        line-height: 1.2;
        min-height: 1.6rem;
      }
      .stale {
        font-size: var(--small);
        font-weight: 400;
      }
      .open .sign {
        color: var(--accent);
      }
      /* As wide as the capacity's figures, so that 9 to 10 moves nothing. */
      .figure {
        font-size: min(13rem, 27svh, calc(125cqw / max(2, var(--digits))));
        font-weight: 700;
        line-height: 1;
        letter-spacing: -0.02em;
      }
      .of {
        font-size: 1.375rem;
        line-height: 1.2;
      }
      .unsure {
        max-width: 24rem;
        text-align: center;
        text-wrap: balance;
      }
      .left {
        font-weight: 700;
      }
      .bar {
        width: 100%;
        height: 0.75rem;
        margin-top: 0.6rem;
        border: 1px solid currentColor;
        border-radius: 0.375rem;
        overflow: hidden;
      }
      .bar div {
        height: 100%;
        background: var(--accent);
        transform-origin: left;
      }
      /* Full: everything inverted, striped and in capitals. */
      .full {
        border-color: var(--ink);
        background: var(--ink);
        color: var(--panel);
        --icon-ground: var(--ink);
      }
      .full .sign {
        font-size: 2rem;
        letter-spacing: 0.12em;
      }
      .full .bar div {
        background: repeating-linear-gradient(-45deg, currentColor 0 8px, transparent 8px 14px);
      }
      .full .figure {
        font-size: min(12rem, 25svh, calc(115cqw / max(2, var(--digits))));
      }
      @container (min-width: 30rem) {
        .figure,
        .full .figure {
          font-size: min(20rem, 27svh, calc(125cqw / max(2, var(--digits))));
        }
      }
      :host([compact]) section .figure {
        font-size: min(6rem, 16svh, calc(125cqw / max(2, var(--digits))));
      }
      /* Not open for another reason: a dashed frame over stripes. */
      .paused,
      .stopped,
      .wrong,
      .waiting,
      .twice {
        border-style: dashed;
        border-color: var(--ink);
        background: repeating-linear-gradient(-45deg, var(--panel) 0 14px, var(--sunken) 14px 28px);
      }
    `,
  ];

  @property({ attribute: false }) status!: Status;
  /** Something below needs a person: the figures make room for it. */
  @property({ type: Boolean, reflect: true }) compact = false;

  protected override render(): TemplateResult {
    const { occupancy, unconfirmed } = this.status;
    const capacity = unconfirmed?.capacity ?? this.status.capacity;
    const figure = insideWords(this.status).replace(' to ', '–');
    const { tone } = statusLine(this.status);
    const known = knowsPark(this.status);
    const digits = Math.max(String(capacity).length, figure.length);
    const share = Math.min(1, occupancy / Math.max(1, capacity));
    return html`<section class=${tone} aria-label="Visitors inside">
      <p class="sign">
        ${icon(tone, tone === 'full' ? 30 : 20)} ${SIGNS[tone]}
        ${known && STALE.has(tone) ? html`<span class="stale">as last known</span>` : nothing}
      </p>
      <p
        class="figure"
        style="--digits: ${digits}"
        data-testid="occupancy"
        .textContent=${known ? figure : '–'}
      ></p>
      <p class="of">
        inside of
        <span data-testid="capacity" .textContent=${known ? String(capacity) : '–'}></span>
        ${
          known && unconfirmed === null
            ? html`· <span class="left">${Math.max(0, capacity - occupancy)} left</span>`
            : nothing
        }
      </p>
      ${
        unconfirmed === null
          ? nothing
          : html`<p class="small unsure">
              ${occupancy} confirmed; ${unconfirmed.occupancy} if all on this gate's disk counts,
              which the other gates have to confirm.
            </p>`
      }
      <div class="bar"><div style="transform: scaleX(${share})"></div></div>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-occupancy': Occupancy;
  }
}
