import { LitElement, css, html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ElectionKind } from '../../core/entry.ts';
import { shared } from '../elements/styles.ts';
import { CURVES, type Curve } from './election-theory.ts';
import type { Election } from './elections.ts';

const WIDTH = 360;
const HEIGHT = 230;
const LEFT = 38;
const RIGHT = 350;
const TOP = 16;
const BOTTOM = 196;

/** Measured elections as dots over the number of nodes, and the curves of the theory. */
@customElement('gh-election-plot')
export class ElectionPlot extends LitElement {
  static override styles = [
    shared,
    css`
      svg {
        display: block;
        width: 100%;
        max-width: 30rem;
        height: auto;
        font-size: 12px;
      }
      text {
        fill: var(--ink-soft);
      }
      .axis {
        stroke: var(--line-strong);
        fill: none;
      }
      .curve {
        fill: none;
        stroke: var(--ink-soft);
        stroke-width: 1.5;
      }
      .curve.second {
        stroke-dasharray: 5 4;
      }
      .label {
        fill: var(--ink);
        paint-order: stroke;
        stroke: var(--panel);
        stroke-width: 4px;
      }
      .dot {
        fill: var(--accent);
        stroke: var(--panel);
        stroke-width: 1.5;
      }
      .number {
        text-anchor: end;
      }
      .middle {
        text-anchor: middle;
      }
    `,
  ];

  @property() kind: ElectionKind = 'bully';
  @property({ attribute: false }) elections: readonly Election[] = [];

  protected override render(): TemplateResult {
    const curves = CURVES[this.kind];
    const most = Math.max(5, ...this.elections.map(({ nodes }) => nodes.length)) + 1;
    const highest = Math.max(
      ...curves.map(({ of }) => of(most)),
      ...this.elections.map(({ measured }) => measured),
    );
    const x = (n: number): number => LEFT + ((n - 1) / (most - 1)) * (RIGHT - LEFT);
    const y = (messages: number): number => BOTTOM - (messages / highest) * (BOTTOM - TOP);
    const words = this.elections.map(
      ({ nodes, measured }) => `${measured} messages among ${nodes.length}.`,
    );
    return html`<svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      role="img"
      aria-label="Messages of an election over the number of nodes. ${words.join(' ')}"
    >
      <path class="axis" d="M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}" />
      ${[0, highest / 2, highest].map(
        (value) =>
          svg`<text class="number" x=${LEFT - 5} y=${y(value) + 4}>${Math.round(value)}</text>`,
      )}
      ${ticks(most).map((n) => svg`<text class="middle" x=${x(n)} y=${BOTTOM + 15}>${n}</text>`)}
      <text class="middle" x=${(LEFT + RIGHT) / 2} y=${BOTTOM + 30}>nodes</text>
      ${curves.map((curve, at) => drawn(curve, at, most, x, y))}
      ${this.elections.map(
        ({ nodes, measured }) =>
          svg`<circle class="dot" cx=${x(nodes.length)} cy=${y(measured)} r="5" />`,
      )}
      ${curves.map((curve, at) => labelled(curve, at, most, x, y))}
    </svg>`;
  }
}

function ticks(most: number): number[] {
  const step = Math.ceil(most / 8);
  return Array.from({ length: Math.floor((most - 1) / step) + 1 }, (_, at) => 1 + at * step);
}

type Scale = (value: number) => number;

function drawn({ of }: Curve, place: number, most: number, x: Scale, y: Scale): SVGTemplateResult {
  const steps = 4 * (most - 1);
  const points = Array.from({ length: steps + 1 }, (_, at) => {
    const n = 1 + (at * (most - 1)) / steps;
    return `${x(n).toFixed(1)} ${y(Math.max(0, of(n))).toFixed(1)}`;
  });
  return svg`<path class="curve ${place === 0 ? '' : 'second'}" d="M${points.join('L')}" />`;
}

/** Above all dots, so that none hides it. */
function labelled(
  { label, of }: Curve,
  place: number,
  most: number,
  x: Scale,
  y: Scale,
): SVGTemplateResult {
  const at = most - (place === 0 ? 0.9 : 0.1);
  return svg`<text class="label number" x=${x(at) - 4} y=${y(of(at)) - 7}>${label}</text>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-election-plot': ElectionPlot;
  }
}
