import { css } from 'lit';

/** What the parts of the market share. */
export const marketStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.6rem;
  }
  .piece {
    flex: none;
  }
  .piece .cut {
    fill: none;
    stroke: var(--cut);
    stroke-width: 1.6;
    stroke-linecap: round;
  }
  .check {
    display: grid;
    grid-template-columns: 1.25rem minmax(0, 1fr);
    align-items: start;
    gap: 0.15rem 0.35rem;
    padding-top: 0.4rem;
    border-top: 1px solid var(--line);
    font-size: var(--small);
  }
  .check .icon {
    margin-top: 0.1rem;
  }
  .check.holds .icon {
    color: var(--accent);
  }
  .check.broken {
    border: 2px solid var(--ink);
    padding: 0.4rem;
    font-weight: 650;
  }
  .fields {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 0.5rem 0.6rem;
  }
  .field {
    display: grid;
    gap: 0.1rem;
    min-width: 0;
  }
  .field input {
    width: 6rem;
  }
  .name {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  details > summary {
    width: fit-content;
    min-height: 2.25rem;
    padding: 0.4rem 0;
    color: var(--accent);
    cursor: pointer;
  }
  .scroll {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    font-size: var(--small);
  }
  th,
  td {
    padding: 0.2rem 0.75rem 0.2rem 0;
    border-bottom: 1px solid var(--line);
    text-align: right;
  }
  th:first-child {
    text-align: left;
  }
  thead th {
    color: var(--ink-soft);
    font-weight: 400;
  }
`;
