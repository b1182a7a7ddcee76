import {
  LitElement,
  css,
  html,
  nothing,
  svg,
  type SVGTemplateResult,
  type TemplateResult,
} from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { MarketRun } from '../../runtime/gatehouse.ts';
import { apart } from '../elements/labels.ts';
import { MediaController } from '../elements/media-controller.ts';
import { shared } from '../elements/styles.ts';
import type { NameOf } from '../park/log-words.ts';
import { axes, chartOf, chartStyles, toX, toY, type Chart } from './axes.ts';
import { marketStyles } from './market-styles.ts';
import {
  averageRoundTrips,
  courseOf,
  duringElection,
  TRANSACTIONS,
  type Average,
  type Averages,
  type Course,
} from './plots.ts';
import { averagesTable, courseTable } from './plot-tables.ts';

/** Between two rows of a label, in units of the chart. */
const ROW = 15;

/** The two plots of the trading post, and their figures. */
@customElement('gh-plots')
export class PlotsPanel extends LitElement {
  static override styles = [
    shared,
    marketStyles,
    chartStyles,
    css`
      figure {
        margin: 0;
        display: grid;
        gap: 0.3rem;
      }
      .line {
        fill: none;
        stroke-width: 2.5;
      }
      .without {
        --series: var(--ink);
      }
      .with {
        --series: var(--accent);
      }
      .line {
        stroke: var(--series);
      }
      .with .line {
        stroke-dasharray: 7 4;
      }
      .dot {
        fill: var(--series);
      }
      .label {
        font-weight: 650;
        fill: var(--series);
      }
      .bar {
        fill: var(--line-strong);
      }
      .peak .bar {
        fill: var(--accent);
      }
      .peak text {
        font-size: 12px;
        text-anchor: middle;
      }
    `,
  ];

  @property({ attribute: false }) runs: readonly MarketRun[] = [];
  @property({ attribute: false }) nameOf!: NameOf;

  readonly #narrow = new MediaController(this, '(max-width: 40rem)');

  protected override render(): TemplateResult {
    const averages = averageRoundTrips(this.runs);
    const last = this.runs.findLast(
      ({ elections, purchases }) => elections.length > 0 && purchases.length > 1,
    );
    return html`
      ${this.#averages(averages)} ${last ? this.#course(courseOf(last)) : nothing}
      <details>
        <summary>The figures</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="Figures of the plots">
          ${averagesTable(averages)} ${last ? courseTable(courseOf(last), this.nameOf) : nothing}
        </div>
      </details>
    `;
  }

  #averages(averages: Averages): TemplateResult {
    const all = [...averages.without, ...averages.withElections];
    const most = Math.max(...all.map(({ ms }) => ms));
    const narrow = this.#narrow.matches;
    const chart = chartOf(narrow, [TRANSACTIONS[0], 40], most, 78);
    return html`<figure>
      <h3>Average round trip of a purchase</h3>
      <svg
        viewBox="0 0 ${chart.width} ${chart.height}"
        role="img"
        data-testid="plot-averages"
        aria-label="Average round trip in milliseconds against the number of transactions. ${averagesWords(averages)}"
      >
        ${axes(chart, TRANSACTIONS, { x: 'transactions', y: 'average round trip, ms' })}
        ${series(chart, averages.without, 'without')}
        ${series(chart, averages.withElections, 'with')} ${labels(chart, averages)}
      </svg>
      <figcaption class="small soft">
        Over the first so many purchases of each evaluation, and of each run of automatic trading,
        that this tab has made.
      </figcaption>
    </figure>`;
  }

  #course(course: Course): TemplateResult {
    const { responses } = course;
    const most = Math.max(...responses.map(({ ms }) => ms));
    const peaks = responses.filter((response) => duringElection(response, course.elections)).length;
    const chart = chartOf(this.#narrow.matches, [1, responses.length], most, 16);
    const ticks = [1, ...[10, 20, 30, 40].filter((tick) => tick <= responses.length)];
    return html`<figure>
      <h3>Response time of each request, in a run with elections</h3>
      <svg
        viewBox="0 0 ${chart.width} ${chart.height}"
        role="img"
        data-testid="plot-course"
        aria-label="Response time in milliseconds of ${responses.length} requests. The peaks are ${peaks} requests that waited for an election."
      >
        ${axes(chart, responses.length > 60 ? [1, responses.length] : ticks, { x: 'request, in the order of asking', y: 'response time, ms' })}
        ${responses.map(({ number, at, ms }) => bar(chart, number, ms, duringElection({ at, ms }, course.elections)))}
      </svg>
      <figcaption class="small soft">
        The coloured peaks, marked E, are the requests that waited for an election: the trader
        failed before it could serve them.
      </figcaption>
    </figure>`;
  }
}

function series(
  chart: Chart,
  points: readonly Average[],
  kind: 'with' | 'without',
): SVGTemplateResult {
  const places = points.map(({ transactions, ms }) => [toX(chart, transactions), toY(chart, ms)]);
  return svg`<g class=${kind}>
    <polyline class="line" points=${places.map((place) => place.join()).join(' ')} />
    ${places.map(([px = 0, py = 0]) =>
      kind === 'with'
        ? svg`<path class="dot" d="M${px} ${py - 6}l6 6-6 6-6-6z" />`
        : svg`<circle class="dot" cx=${px} cy=${py} r="4.5" />`,
    )}
  </g>`;
}

/** At the right end of each line, in two rows of text. */
function labels(chart: Chart, { without, withElections }: Averages): SVGTemplateResult[] {
  const lines = [
    { kind: 'without', end: without.at(-1) },
    { kind: 'with', end: withElections.at(-1) },
  ].flatMap(({ kind, end }) => (end === undefined ? [] : [{ kind, end }]));
  const ends = lines.map(({ end }) => toY(chart, end.ms) - 3);
  const places = apart(ends, 2 * ROW + 4, chart.bottom);
  return lines.map(({ kind, end }, at) => {
    const [x, y] = [toX(chart, end.transactions) + 9, places[at] ?? 0];
    return svg`<g class=${kind}>
      <text class="label" x=${x} y=${y}>${kind}</text>
      <text class="label" x=${x} y=${y + ROW}>elections</text>
    </g>`;
  });
}

function bar(chart: Chart, number: number, ms: number, isPeak: boolean): SVGTemplateResult {
  const room = (chart.right - chart.left) / Math.max(1, chart.x[1] - chart.x[0]);
  const width = Math.max(1, Math.min(9, room * 0.6));
  const [x, y] = [toX(chart, number), toY(chart, ms)];
  return svg`<g class=${isPeak ? 'peak' : ''}>
    <rect class="bar" x=${x - width / 2} y=${y} width=${width} height=${chart.bottom - y} />
    ${isPeak ? svg`<text x=${x} y=${y - 5}>E</text>` : nothing}
  </g>`;
}

function averagesWords({ without, withElections }: Averages): string {
  const end = (points: readonly Average[], words: string): string => {
    const last = points.at(-1);
    return last ? `${words}: ${last.ms.toFixed(1)} over ${last.transactions}.` : '';
  };
  return `${end(without, 'Without elections')} ${end(withElections, 'With elections')}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-plots': PlotsPanel;
  }
}
