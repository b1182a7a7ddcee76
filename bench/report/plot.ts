import type { BenchResult, Params } from '../result.ts';
import { rounded, type Summary } from '../statistics.ts';
import { aboutParams } from './line.ts';

/** A bar: a median, and from where to where half of the tries lie. */
interface Bar {
  readonly label: string;
  readonly kind: 'floor' | 'ours' | 'peer';
  readonly summary: Summary;
}

const COLOURS = { floor: '#8a8a8a', ours: '#1f6feb', peer: '#d08700' } as const;
/** Lengths in pixels. */
const ROW = 22;
const LABEL = 330;
const BARS = 420;
const VALUE = 110;

/** Horizontal bars of all results of a benchmark, one scale for each unit; null for nothing. */
export function plot(results: readonly BenchResult[]): string | null {
  if (results.length === 0) return null;
  const parts: string[] = [];
  let y = 10;
  for (const result of results) {
    parts.push(text(10, y + 15, title(result.params, result.unit), 'font-weight="bold"'));
    y += ROW;
    const longest = longestOf(results.filter(({ unit }) => unit === result.unit));
    for (const bar of barsOf(result)) {
      parts.push(draw(bar, y, longest));
      y += ROW;
    }
    y += 8;
  }
  const width = LABEL + BARS + VALUE;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" font-family="sans-serif" font-size="13">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function title(params: Params, unit: string): string {
  return `${aboutParams(params).replace(/^ \((.*)\)$/, '$1')}${Object.keys(params).length > 0 ? ', ' : ''}${unit}`;
}

function barsOf({ spread }: BenchResult): Bar[] {
  const peers = Object.entries(spread.peers);
  return [
    ...(spread.floor ? [{ label: 'floor', kind: 'floor', summary: spread.floor } as const] : []),
    { label: 'ours', kind: 'ours', summary: spread.ours },
    ...peers.map(([label, summary]) => ({ label, kind: 'peer', summary }) as const),
  ];
}

function longestOf(results: readonly BenchResult[]): number {
  return Math.max(...results.flatMap(barsOf).map(({ summary }) => summary.q3));
}

function draw({ label, kind, summary }: Bar, y: number, longest: number): string {
  const scale = (value: number): number => (longest > 0 ? (value / longest) * BARS : 0);
  const [from, to, length] = [summary.q1, summary.q3, summary.median].map(scale) as [
    number,
    number,
    number,
  ];
  const middle = y + ROW / 2;
  return [
    text(LABEL - 10, y + 15, label, 'text-anchor="end"'),
    `<rect x="${LABEL}" y="${y + 4}" width="${length.toFixed(1)}" height="${ROW - 8}" fill="${COLOURS[kind]}"/>`,
    `<line x1="${(LABEL + from).toFixed(1)}" x2="${(LABEL + to).toFixed(1)}" y1="${middle}" y2="${middle}" stroke="#000000" stroke-width="2"/>`,
    text(LABEL + Math.max(length, to) + 8, y + 15, String(rounded(summary.median))),
  ].join('\n');
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y}" fill="#1f2328" ${attributes}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
