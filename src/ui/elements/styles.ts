import { css } from 'lit';

/** What every element shares: the box model, focus, text, buttons, fields and panels. */
export const shared = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  fieldset {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  fieldset {
    border: 0;
    min-width: 0;
  }
  h2 {
    font-size: 1rem;
    line-height: 1.3;
  }
  h3 {
    font-size: var(--small);
  }
  a {
    color: var(--accent);
  }
  :focus-visible {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
  }
  svg {
    flex: none;
  }
  .soft {
    color: var(--ink-soft);
  }
  .small {
    font-size: var(--small);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
  }
  .spread {
    justify-content: space-between;
  }
  .ellipsis {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.4rem;
    min-height: 2.25rem;
    padding: 0.25rem 0.75rem;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--panel);
    color: var(--ink);
    font: inherit;
    cursor: pointer;
    touch-action: manipulation;
    -webkit-tap-highlight-color: transparent;
  }
  button:active {
    translate: 0 1px;
  }
  button:disabled {
    border-style: dashed;
    color: var(--ink-soft);
    cursor: not-allowed;
  }
  button.primary {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
  }
  button.primary:disabled {
    background: var(--sunken);
    border-color: var(--line-strong);
    color: var(--ink-soft);
  }
  button[aria-pressed='true'] {
    border-color: var(--ink);
    background: var(--ink);
    color: var(--panel);
  }
  button[aria-disabled='true'] {
    cursor: progress;
  }
  button.quiet {
    border-color: transparent;
    background: none;
    color: var(--accent);
  }
  @media (hover: hover) {
    button:hover {
      background: var(--sunken);
    }
    button.primary:hover {
      background: var(--accent-hover);
    }
    button.quiet:hover {
      background: var(--accent-soft);
    }
    button[aria-pressed='true']:hover {
      background: var(--ink-soft);
    }
  }
  /* The browser takes all backgrounds away here, and with them what tells a pressed button. */
  @media (forced-colors: active) {
    button[aria-pressed='true'],
    button[aria-pressed='true']:hover {
      forced-color-adjust: none;
      border-color: Highlight;
      background: Highlight;
      color: HighlightText;
    }
  }

  input,
  select {
    min-height: 2.25rem;
    min-width: 0;
    padding: 0.25rem 0.5rem;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--panel);
    color: var(--ink);
    font: inherit;
    /* Smaller than 16px, a phone zooms into the field. */
    font-size: 1rem;
  }
  input::placeholder {
    color: var(--ink-soft);
    opacity: 1;
  }
  input[type='range'] {
    padding: 0;
    accent-color: var(--accent);
  }
  input[type='checkbox'] {
    min-height: 0;
    width: 1.15rem;
    height: 1.15rem;
    accent-color: var(--accent);
  }
  label {
    font-size: var(--small);
    color: var(--ink-soft);
  }

  .panel {
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--panel);
    padding: var(--gap);
  }
  .panel > header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.5rem;
    margin-bottom: 0.5rem;
  }

  @media (pointer: coarse) {
    button,
    input,
    select {
      min-height: 2.75rem;
    }
  }
`;
