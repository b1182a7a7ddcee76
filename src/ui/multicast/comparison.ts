import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Compared, Comparison } from '../../comparison/row.ts';
import type { MulticastKind } from '../../core/entry.ts';
import { shared } from '../elements/styles.ts';
import { plot, plotStyles, type Line, type Point } from './plot.ts';

/** Rows that there will be. */
const ROWS = 16;
const SIZES = [2, 9] as const;

type Phase =
  | { readonly type: 'idle' | 'running' | 'done' }
  | { readonly type: 'failed'; readonly why: string };

/** Sequencer against Lamport as the group grows: real code in virtual time, run beside this page. */
@customElement('gh-multicast-comparison')
export class ComparisonPanel extends LitElement {
  static override styles = [
    shared,
    plotStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.75rem;
      }
      .plots {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr));
        gap: 1rem;
      }
      /* A shadow at the side where there is more: it stands still, and the covers over it go along with the table. */
      .scroll {
        overflow-x: auto;
        background:
          linear-gradient(to right, var(--panel) 50%, transparent) left / 3rem 100% no-repeat local,
          linear-gradient(to left, var(--panel) 50%, transparent) right / 3rem 100% no-repeat local,
          linear-gradient(to right, var(--line-strong), transparent) left / 0.75rem 100% no-repeat
            scroll,
          linear-gradient(to left, var(--line-strong), transparent) right / 0.75rem 100% no-repeat
            scroll;
      }
      table {
        border-collapse: collapse;
        font-size: var(--small);
      }
      th,
      td {
        padding: 0.2rem 0.5rem;
        border-bottom: 1px solid var(--line);
        text-align: right;
        white-space: nowrap;
      }
      thead th {
        color: var(--ink-soft);
        font-weight: 400;
        vertical-align: bottom;
      }
      thead th:nth-child(2),
      tbody th {
        text-align: left;
      }
      tbody th {
        font-weight: 650;
      }
      .lamport th,
      .lamport td {
        border-bottom-color: var(--line-strong);
      }
    `,
  ];

  @state() private rows: readonly Comparison[] = [];
  @state() private phase: Phase = { type: 'idle' };
  #worker: Worker | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#worker?.terminate();
    if (this.phase.type === 'running') this.phase = { type: 'idle' };
  }

  protected override render(): TemplateResult {
    const { rows, phase } = this;
    return html`
      <p class="small soft">
        Groups of 2 to 9 gates, made in this browser beside the page: the protocol of this page on a
        network in memory, where every message takes 10 ms. Nothing of it touches your park.
      </p>
      <div class="row">
        <button ?disabled=${phase.type === 'running'} @click=${this.#run}>
          Compare sequencer and Lamport
        </button>
        <span class="small" role="status" data-testid="compared">${phaseWords(phase)}</span>
        ${
          phase.type === 'running'
            ? html`<progress max=${ROWS} value=${rows.length} aria-label="Progress"></progress>`
            : nothing
        }
      </div>
      ${rows.length > 0 ? html`${plots(rows)}${table(rows)}` : nothing}
    `;
  }

  readonly #run = (): void => {
    this.#worker?.terminate();
    this.rows = [];
    this.phase = { type: 'running' };
    const worker = new Worker(new URL('../../comparison/worker.ts', import.meta.url), {
      type: 'module',
      name: 'gatehouse-comparison',
    });
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Compared>) => this.#told(data);
    worker.onerror = () => this.#end({ type: 'failed', why: 'the browser could not run it' });
  };

  #told(message: Compared): void {
    switch (message.type) {
      case 'row':
        this.rows = [...this.rows, message.row];
        return;
      case 'done':
        this.#end({ type: 'done' });
        return;
      case 'failed':
        this.#end({ type: 'failed', why: message.message });
    }
  }

  #end(phase: Phase): void {
    this.phase = phase;
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}

function phaseWords(phase: Phase): string {
  switch (phase.type) {
    case 'idle':
      return '';
    case 'running':
      return 'Running …';
    case 'done':
      return 'Done.';
    case 'failed':
      return `It did not work: ${phase.why}.`;
  }
}

function lines(
  rows: readonly Comparison[],
  value: (row: Comparison) => number | null,
  names: Readonly<Record<MulticastKind, string>> = { sequencer: 'Sequencer', lamport: 'Lamport' },
): Line[] {
  return (['sequencer', 'lamport'] as const).map((look) => ({
    label: names[look],
    look,
    points: rows
      .filter(({ kind }) => kind === look)
      .flatMap((row): Point[] => {
        const y = value(row);
        return y === null ? [] : [{ x: row.size, y }];
      }),
  }));
}

function plots(rows: readonly Comparison[]): TemplateResult {
  const pause = (ms: number | null): number | null => (ms === null ? null : ms / 1000);
  return html`<div class="plots">
    ${plot({
      title: 'Messages for one multicast',
      lines: lines(rows, ({ messages }) => messages, {
        sequencer: 'Sequencer: 3N-2',
        lamport: 'Lamport: N(N-1)',
      }),
      xs: SIZES,
      least: 8,
    })}
    ${plot({
      title: 'Until it is delivered everywhere, ms',
      lines: lines(rows, ({ everywhereMs }) => Math.round(everywhereMs)),
      xs: SIZES,
      least: 50,
    })}
    ${plot({
      title: 'Pause when the greatest gate hangs, s',
      lines: lines(rows, ({ greatest }) => pause(greatest.hangs)),
      xs: SIZES,
      least: 2,
    })}
    ${plot({
      title: 'Pause when another gate hangs, s',
      lines: lines(rows, ({ another }) => pause(another.hangs)),
      xs: SIZES,
      least: 2,
    })}
  </div>`;
}

function table(rows: readonly Comparison[]): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Comparison as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">Gates</th>
            <th scope="col">Way</th>
            <th scope="col">Messages<br />each</th>
            <th scope="col">Theory</th>
            <th scope="col">All at<br />once</th>
            <th scope="col">At the<br />sender</th>
            <th scope="col">Every-<br />where</th>
            <th scope="col">Greatest<br />dies</th>
            <th scope="col">Greatest<br />hangs</th>
            <th scope="col">Another<br />dies</th>
            <th scope="col">Another<br />hangs</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr class=${row.kind} data-testid="compared-row">
                <td>${row.size}</td>
                <th scope="row">${row.kind === 'sequencer' ? 'Sequencer' : 'Lamport'}</th>
                <td>${row.messages}</td>
                <td>${row.theory}</td>
                <td>${row.atOnce.toFixed(1)}</td>
                <td>${Math.round(row.latencyMs)} ms</td>
                <td>${Math.round(row.everywhereMs)} ms</td>
                ${[row.greatest.dies, row.greatest.hangs, row.another.dies, row.another.hangs].map(
                  (ms) => html`<td>${ms === null ? '–' : `${(ms / 1000).toFixed(1)} s`}</td>`,
                )}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="small soft">
      Theory: 3N-2 messages with the sequencer, N(N-1) with Lamport's clocks. All at once: messages
      for each multicast when every gate sends ten at the same moment. The last four columns: how
      long nothing is delivered when a gate fails without a word; – where the gates that are left
      are no majority, or where there is no such gate. Both ways pause alike: a message is delivered
      only when every member holds it, and the change of view is the same.
    </p>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-multicast-comparison': ComparisonPanel;
  }
}
