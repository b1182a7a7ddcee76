/** The frame of a chart: scales, ticks, axes with their names. */
import { css, svg, type SVGTemplateResult } from 'lit';

export interface Chart {
  readonly width: number;
  readonly height: number;
  /** Where the plot begins and ends within the picture. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: readonly [number, number];
  /** From 0 to here. */
  readonly y: number;
}

/** @param most the greatest value on the y-axis @param labels room for words at the right end of the lines */
export function chartOf(
  narrow: boolean,
  x: readonly [number, number],
  most: number,
  labels: number,
): Chart {
  const width = narrow ? 340 : 560;
  return {
    width,
    height: narrow ? 250 : 280,
    left: 46,
    right: width - labels,
    top: 30,
    bottom: (narrow ? 250 : 280) - 46,
    x,
    y: ticksTo(most).at(-1) ?? 1,
  };
}

export function toX({ left, right, x: [low, high] }: Chart, value: number): number {
  return left + ((value - low) / Math.max(1, high - low)) * (right - left);
}

export function toY({ top, bottom, y }: Chart, value: number): number {
  return bottom - (value / y) * (bottom - top);
}

/** Round numbers from 0 until `most` is passed: four to eight of them. */
export function ticksTo(most: number): number[] {
  const rough = Math.max(most, 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.ceil(Math.max(most, 1) / step) + 1 }, (_, at) => at * step);
}

export function axes(
  chart: Chart,
  xTicks: readonly number[],
  names: { readonly x: string; readonly y: string },
): SVGTemplateResult {
  const { left, right, top, bottom, height } = chart;
  return svg`
    ${ticksTo(chart.y).map(
      (
        tick,
      ) => svg`<line class="grid" x1=${left} y1=${toY(chart, tick)} x2=${right} y2=${toY(chart, tick)} />
        <text class="tick" text-anchor="end" x=${left - 6} y=${toY(chart, tick) + 4}>${tick}</text>`,
    )}
    ${xTicks.map(
      (tick) =>
        svg`<text class="tick" text-anchor="middle" x=${toX(chart, tick)} y=${bottom + 17}>${tick}</text>`,
    )}
    <line class="axis" x1=${left} y1=${bottom} x2=${right} y2=${bottom} />
    <line class="axis" x1=${left} y1=${top} x2=${left} y2=${bottom} />
    <text class="axis-name" x="4" y="14">${names.y}</text>
    <text class="axis-name" text-anchor="end" x=${right} y=${height - 8}>${names.x}</text>`;
}

export const chartStyles = css`
  svg {
    display: block;
    width: 100%;
    max-width: 44rem;
    height: auto;
  }
  .grid {
    stroke: var(--line);
  }
  .axis {
    stroke: var(--line-strong);
    stroke-width: 1.5;
  }
  text {
    font-size: 13px;
    fill: var(--ink);
  }
  .tick {
    fill: var(--ink-soft);
    font-size: 12px;
  }
  .axis-name {
    fill: var(--ink-soft);
  }
`;
