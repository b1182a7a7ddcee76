import { css } from 'lit';

/** What the parts of the chat share beside the page's own styles. */
export const chatStyles = css`
  form {
    display: grid;
    gap: 0.35rem;
  }
  form input {
    width: 100%;
  }
  .problem {
    padding: 0.4rem 0.6rem;
    border: 2px solid var(--ink);
    border-radius: var(--radius);
    font-size: var(--small);
    overflow-wrap: anywhere;
  }
  .badge {
    padding: 0.05rem 0.45rem;
    border-radius: 1rem;
    background: var(--accent);
    color: var(--on-accent);
    font-size: var(--small);
    font-weight: 650;
    white-space: nowrap;
  }
  summary {
    padding: 0.35rem 0;
    cursor: pointer;
  }
`;
