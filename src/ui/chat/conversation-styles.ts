import { css } from 'lit';

export const conversationStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    grid-template-rows: auto minmax(0, 1fr) auto;
    min-height: 0;
  }
  header {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    align-items: center;
    gap: 0.35rem 0.5rem;
    padding-bottom: 0.5rem;
    border-bottom: 1px solid var(--line);
  }
  .title {
    grid-column: 2;
  }
  h2 .icon {
    vertical-align: -2px;
  }
  .back {
    padding: 0.25rem 0.4rem;
  }
  @media (max-width: 47.99rem) {
    .others {
      grid-column: 1 / -1;
      justify-self: start;
    }
  }
  .told {
    grid-column: 1 / -1;
  }
  .view {
    position: relative;
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    min-height: 0;
  }
  /* What is placed in it, e.g. text for screen readers only, scrolls with it and does not lengthen the page. */
  .scroll {
    position: relative;
    overflow-y: auto;
    overscroll-behavior: contain;
    padding: 0.5rem 0.25rem;
  }
  .scroll:focus-visible {
    outline-offset: -3px;
  }
  .more {
    position: absolute;
    right: 0.75rem;
    bottom: 0.5rem;
    border-radius: 1.5rem;
  }
  footer {
    display: grid;
    gap: 0.4rem;
    padding-top: 0.5rem;
    border-top: 1px solid var(--line);
  }
  .paused {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.35rem;
    padding: 0.35rem 0.6rem;
    border: 2px dashed var(--ink);
    border-radius: var(--radius);
  }
  @media (min-width: 48rem) {
    .back {
      display: none;
    }
  }
`;
