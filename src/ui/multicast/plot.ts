/** A plot of a few lines over the number of gates, drawn as SVG and labelled where the lines end. */
import { css, html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { apart } from '../elements/labels.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Line {
  readonly label: string;
  readonly look: 'sequencer' | 'lamport';
  readonly points: readonly Point[];
}

export interface PlotOptions {
  /** What is plotted, with its unit. */
  readonly title: string;
  readonly lines: readonly Line[];
  readonly xs: readonly [number, number];
  /** The scale reaches this at the least. */
  readonly least: number;
}

const WIDTH = 340;
const HEIGHT = 190;
const LEFT = 28;
const RIGHT = 106;
const TOP = 10;
const BOTTOM = 32;
/** Between two labels at the least. */
const LABEL_GAP = 13;

export function plot({ title, lines, xs, least }: PlotOptions): TemplateResult {
  const most = Math.max(least, ...lines.flatMap(({ points }) => points.map(({ y }) => y)));
  const step = stepOf(most);
  const top = Math.ceil(most / step) * step;
  const [from, to] = xs;
  const atX = (x: number): number => LEFT + ((x - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
  const atY = (y: number): number => TOP + (1 - y / top) * (HEIGHT - TOP - BOTTOM);
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, at) => at * step);
  const gates = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  return html`<figure>
    <figcaption class="small">${title}</figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}: ${spoken(lines)}">
      ${ticks.map(
        (y) => svg`<line class="grid" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${atY(y)} y2=${atY(y)} />
          <text x=${LEFT - 5} y=${atY(y) + 4} text-anchor="end">${y}</text>`,
      )}
      ${gates.map(
        (x) => svg`<text x=${atX(x)} y=${HEIGHT - BOTTOM + 15} text-anchor="middle">${x}</text>`,
      )}
      <text x=${(LEFT + WIDTH - RIGHT) / 2} y=${HEIGHT - 3} text-anchor="middle">gates</text>
      ${lines.map((line) => drawn(line, atX, atY))} ${labels(lines, atX, atY)}
    </svg>
  </figure>`;
}

type Scale = (value: number) => number;

function drawn({ look, points }: Line, atX: Scale, atY: Scale): SVGTemplateResult {
  const path = points.map(({ x, y }) => `${atX(x)},${atY(y)}`).join(' ');
  const size = 3.2;
  return svg`<g class=${look}>
    <polyline points=${path} />
    ${points.map(({ x, y }) =>
      look === 'sequencer'
        ? svg`<circle cx=${atX(x)} cy=${atY(y)} r=${size} />`
        : svg`<rect x=${atX(x) - size} y=${atY(y) - size} width=${2 * size} height=${2 * size} />`,
    )}
  </g>`;
}

/** Where the lines end, and not over each other. */
function labels(lines: readonly Line[], atX: Scale, atY: Scale): SVGTemplateResult[] {
  const ends = lines.flatMap(({ label, look, points }) => {
    const end = points.at(-1);
    return end === undefined ? [] : [{ label, look, x: atX(end.x) + 7, y: atY(end.y) + 4 }];
  });
  const places = apart(
    ends.map(({ y }) => y),
    LABEL_GAP,
  );
  return ends.map(
    ({ label, look, x, y }, at) =>
      svg`<text class="label ${look}" x=${x} y=${places[at] ?? y}>${label}</text>`,
  );
}

/** A round step of which some four make up the whole. */
function stepOf(most: number): number {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? 10 * power;
}

function spoken(lines: readonly Line[]): string {
  return lines
    .flatMap(({ label, points }) => {
      const [first, last] = [points[0], points.at(-1)];
      if (first === undefined || last === undefined) return [];
      return `${label}, ${first.y} among ${first.x} gates, ${last.y} among ${last.x}`;
    })
    .join('; ');
}

export const plotStyles = css`
  :host {
    --lamport: #b83a09;
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --lamport: #ff9a6b;
    }
  }
  figure {
    margin: 0;
  }
  figcaption {
    font-weight: 650;
  }
  figure svg {
    display: block;
    width: 100%;
    max-width: 30rem;
    height: auto;
  }
  figure text {
    fill: var(--ink-soft);
    font-size: 11px;
  }
  .grid {
    stroke: var(--line);
  }
  .sequencer {
    color: var(--accent);
  }
  .lamport {
    color: var(--lamport);
  }
  figure circle,
  figure rect {
    fill: currentColor;
  }
  polyline {
    fill: none;
    stroke: currentColor;
    stroke-width: 1.8;
  }
  figure .label {
    fill: currentColor;
  }
`;
