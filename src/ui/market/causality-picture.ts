import { LitElement, css, html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { MarketAct } from '../../runtime/gatehouse.ts';
import { MediaController } from '../elements/media-controller.ts';
import { shared } from '../elements/styles.ts';
import type { NameOf } from '../park/log-words.ts';
import { directCauses, relationOf, windowOf, type Relation } from './causality.ts';
import { shortName } from './market-words.ts';

const LANE = 58;
const TOP = 34;
const MARGIN = 22;

interface Frame {
  readonly width: number;
  /** Events that have room. */
  readonly most: number;
}

const WIDE: Frame = { width: 680, most: 16 };
const NARROW: Frame = { width: 340, most: 8 };

interface Spot {
  readonly act: MarketAct;
  readonly x: number;
  readonly y: number;
}

/**
 * The last events as a space-time diagram (Lamport 1978): a line for each gate, time to the right, and an arrow to each
 * event from those that it follows directly. Once one is chosen, each other shows by its shape how it stands to it.
 * Fires `choose` with an act.
 */
@customElement('gh-causality')
export class CausalityPicture extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      svg {
        display: block;
        width: 100%;
        height: auto;
      }
      text {
        font-size: 13px;
        fill: var(--ink);
      }
      .number {
        font-size: 12px;
        fill: var(--ink-soft);
        text-anchor: middle;
      }
      .lane {
        stroke: var(--line-strong);
        stroke-width: 1.5;
      }
      .cause {
        fill: none;
        stroke: var(--line-strong);
        stroke-width: 1.4;
      }
      .head {
        fill: var(--line-strong);
      }
      .event {
        cursor: pointer;
        fill: var(--panel);
        stroke: var(--ink);
        stroke-width: 2;
      }
      .event.before,
      .event.after {
        fill: var(--ink);
      }
      .event.concurrent {
        fill: var(--panel);
        stroke: var(--accent);
        stroke-width: 3;
      }
      .event.same {
        fill: var(--accent);
        stroke: var(--accent);
      }
    `,
  ];

  @property({ attribute: false }) acts: readonly MarketAct[] = [];
  /** As they were chosen, the last one last. */
  @property({ attribute: false }) chosen: readonly MarketAct[] = [];
  @property({ attribute: false }) nameOf!: NameOf;

  readonly #narrow = new MediaController(this, '(max-width: 40rem)');

  protected override render(): TemplateResult {
    const frame = this.#narrow.matches ? NARROW : WIDE;
    const acts = windowOf(this.acts, this.chosen, frame.most);
    if (acts.length === 0) return html``;
    const lanes = [...new Set(acts.map(({ node }) => node))].sort();
    const step = (frame.width - 2 * MARGIN) / Math.max(1, frame.most - 1);
    const spots = acts.map((act, at) => ({
      act,
      x: MARGIN + at * step,
      y: TOP + lanes.indexOf(act.node) * LANE,
    }));
    const focus = this.chosen.at(-1);
    const height = TOP + lanes.length * LANE - 20;
    return html`<svg
        viewBox="0 0 ${frame.width} ${height}"
        role="img"
        aria-label="${acts.length} events, a line for each gate. The list below says the same, with buttons to choose."
      >
        ${lanes.map((node, at) => this.#lane(node, TOP + at * LANE, frame))}
        ${spots.map((spot) => arrows(spot, spots))} ${spots.map((spot) => this.#event(spot, focus))}
      </svg>
      ${legend(focus)}`;
  }

  #lane(node: string, y: number, { width }: Frame): SVGTemplateResult {
    return svg`<line class="lane" x1="6" y1=${y} x2=${width - 6} y2=${y} />
      <text x="6" y=${y - 17}>${shortName(this.nameOf(node))}</text>`;
  }

  #event({ act, x, y }: Spot, focus: MarketAct | undefined): SVGTemplateResult {
    const relation = focus ? relationOf(act, focus) : null;
    return svg`<g class="event ${relation ?? ''}" transform="translate(${x} ${y})"
        @click=${() => this.dispatchEvent(new CustomEvent('choose', { detail: act }))}>
      ${shape(relation)}
      <text class="number" stroke="none" y="22">${act.index}</text>
    </g>`;
  }
}

function shape(relation: Relation | null): SVGTemplateResult {
  switch (relation) {
    case 'before':
      return svg`<path d="M-8 0 6-8v16z" />`;
    case 'after':
      return svg`<path d="M8 0-6-8v16z" />`;
    case 'concurrent':
      return svg`<path d="M0-9 9 0 0 9-9 0z" />`;
    case 'same':
      return svg`<circle r="9" />`;
    case null:
      return svg`<circle r="7" />`;
  }
}

/** On one line of its own nothing needs an arrow: what a gate did before is known to it. */
function arrows({ act, x, y }: Spot, spots: readonly Spot[]): SVGTemplateResult[] {
  const acts = spots.map((spot) => spot.act);
  return directCauses(act, acts).flatMap((cause) => {
    const from = spots.find((spot) => spot.act === cause);
    if (!from || from.y === y) return [];
    const length = Math.hypot(x - from.x, y - from.y);
    const [dx, dy] = [(x - from.x) / length, (y - from.y) / length];
    const angle = (Math.atan2(dy, dx) * 180) / Math.PI;
    const [endX, endY] = [x - dx * 11, y - dy * 11];
    return [
      svg`<line class="cause" x1=${from.x} y1=${from.y} x2=${endX} y2=${endY} />
        <path class="head" d="M2 0-7-4v8z" transform="translate(${endX} ${endY}) rotate(${angle})" />`,
    ];
  });
}

function legend(focus: MarketAct | undefined): TemplateResult {
  if (!focus) {
    return html`<p class="small soft">
      Each dot is an event with its number in the log, each arrow goes to who knew of it. Choose one
      to see what came before it, after it, and what is concurrent to it.
    </p>`;
  }
  return html`<p class="small soft">
    Seen from no. ${focus.index}: ◀ before it, ▶ after it, ◇ concurrent.
  </p>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-causality': CausalityPicture;
  }
}
