import { css } from 'lit';

/** A group of controls of the lab: its fields below each other, under a small heading. */
export const groups = css`
  fieldset {
    display: grid;
    gap: 0.35rem;
  }
  legend {
    padding: 0;
    margin-bottom: 0.35rem;
    font-size: var(--small);
    font-weight: 650;
  }
`;
