/** The figures behind the plots. */
import { html, type TemplateResult } from 'lit';
import type { NameOf } from '../park/log-words.ts';
import { duringElection, TRANSACTIONS, type Average, type Averages, type Course } from './plots.ts';

export function averagesTable({ without, withElections }: Averages): TemplateResult {
  const cell = (points: readonly Average[], transactions: number): string => {
    const point = points.find((other) => other.transactions === transactions);
    return point ? `${point.ms.toFixed(1)} (${point.runs})` : 'none';
  };
  return html`<table data-testid="figures-averages">
    <caption class="small soft">
      Average round trip, ms, and over how many runs
    </caption>
    <thead>
      <tr>
        <th scope="col">Transactions</th>
        <th scope="col">Without elections</th>
        <th scope="col">With elections</th>
      </tr>
    </thead>
    <tbody>
      ${TRANSACTIONS.map(
        (transactions) =>
          html`<tr>
            <th scope="row">${transactions}</th>
            <td>${cell(without, transactions)}</td>
            <td>${cell(withElections, transactions)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

export function courseTable({ responses, elections }: Course, nameOf: NameOf): TemplateResult {
  return html`<table data-testid="figures-course">
    <caption class="small soft">
      Each request of the run. Elected:
      ${elections.map(({ trader, ms }) => `${nameOf(trader)} in ${ms.toFixed(0)} ms`).join(', ')}
    </caption>
    <thead>
      <tr>
        <th scope="col">Request</th>
        <th scope="col">Asked at, ms</th>
        <th scope="col">Response, ms</th>
        <th scope="col">Election</th>
      </tr>
    </thead>
    <tbody>
      ${responses.map(
        ({ number, at, ms }) =>
          html`<tr>
            <th scope="row">${number}</th>
            <td>${at.toFixed(0)}</td>
            <td>${ms.toFixed(1)}</td>
            <td>${duringElection({ at, ms }, elections) ? 'yes' : ''}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
