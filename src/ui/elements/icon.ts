import { svg, type SVGTemplateResult, html, type TemplateResult } from 'lit';

/** Shapes that tell a state apart without colour. All are drawn in a box of 16 by 16. */
const PATHS = {
  open: svg`<circle cx="8" cy="8" r="6" fill="currentColor" />`,
  waiting: svg`<path d="M4 1.5h8M4 14.5h8M5 2c0 4 6 4.5 6 6s-6 2-6 6m6-12c0 4-6 4.5-6 6s6 2 6 6" />`,
  paused: svg`<path d="M4 2h3v12H4zM9 2h3v12H9z" fill="currentColor" stroke="none" />`,
  stopped: svg`<rect x="2.5" y="2.5" width="11" height="11" fill="currentColor" />`,
  full: svg`<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor" /><path d="M4 8h8" stroke="var(--icon-ground, var(--panel))" stroke-width="2.4" />`,
  wrong: svg`<path d="M8 1.5 15 14.5H1z" /><path d="M8 6v4.2M8 12v.8" stroke-width="1.8" />`,
  twice: svg`<path d="M1.5 3h7v7h-7zM7 6h7.5v7H7z" stroke-width="1.8" />`,
  pending: svg`<circle cx="3" cy="8" r="1.7" fill="currentColor" stroke="none" /><circle cx="8" cy="8" r="1.7" fill="currentColor" stroke="none" /><circle cx="13" cy="8" r="1.7" fill="currentColor" stroke="none" />`,
  done: svg`<path d="m2 8.5 4 4L14 3.5" stroke-width="2.4" />`,
  refused: svg`<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" /><path d="m5 5 6 6m0-6-6 6" stroke-width="1.8" />`,
  unknown: svg`<circle cx="8" cy="8" r="6.8" stroke-dasharray="2.5 1.8" /><path d="M6 6.2C6 3.4 10 3.6 10 6c0 1.7-2 1.6-2 3.3M8 11v1.2" />`,
  crown: svg`<path d="M1.5 13.5v-9l3.6 3.4L8 2.5l2.9 5.4 3.6-3.4v9z" fill="currentColor" />`,
  voter: svg`<circle cx="8" cy="8" r="5.5" fill="currentColor" />`,
  learner: svg`<circle cx="8" cy="8" r="5.5" />`,
  stranger: svg`<circle cx="8" cy="8" r="5.5" stroke-dasharray="2 2" />`,
  in: svg`<path d="M9 2h5v12H9" /><path d="M1 8h8m-3-3.2L9.2 8 6 11.2" stroke-width="1.8" />`,
  out: svg`<path d="M7 2H2v12h5" /><path d="M6 8h8.4m-3.2-3.2L14.4 8l-3.2 3.2" stroke-width="1.8" />`,
  'link-open': svg`<path d="M1 8h14" stroke-width="2.4" />`,
  'link-relayed': svg`<path d="M1 8h14" stroke-width="2.4" stroke-dasharray="3.4 2" />`,
  'link-connecting': svg`<path d="M1 8h14" stroke-width="2.4" stroke-dasharray="0.6 3.2" stroke-linecap="round" />`,
  'link-closed': svg`<path d="M1 8h3m8 0h3" stroke-width="2.4" /><path d="m5.5 5.5 5 5m0-5-5 5" />`,
} satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof PATHS;

/** A shape beside a word; the word says the same, so it is hidden from screen readers. */
export function icon(name: IconName, size = 16): TemplateResult {
  return html`<svg
    class="icon"
    viewBox="0 0 16 16"
    width=${size}
    height=${size}
    fill="none"
    stroke="currentColor"
    stroke-width="1.4"
    aria-hidden="true"
  >
    ${PATHS[name]}
  </svg>`;
}
