import { html, svg, type TemplateResult } from 'lit';

const SHAPES = {
  room: svg`<path d="M6 2 4.500 14M11.500 2 10 14M2.500 5.500h11.500M2 10.500h11.500" />`,
  lock: svg`<rect x="3" y="7" width="10" height="7" rx="1" fill="currentColor" /><path d="M5 7V5a3 3 0 0 1 6 0v2" stroke-width="1.8" />`,
  here: svg`<circle cx="8" cy="8" r="5" fill="currentColor" />`,
  away: svg`<circle cx="8" cy="8" r="5" stroke-dasharray="2.5 2" />`,
};

/** Tells rooms, sealed rooms, who is here and who is not apart by shape; the words beside it say the same. */
export function placeIcon(shape: keyof typeof SHAPES): TemplateResult {
  return html`<svg
    class="icon ${shape}"
    viewBox="0 0 16 16"
    width="16"
    height="16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.6"
    aria-hidden="true"
  >
    ${SHAPES[shape]}
  </svg>`;
}
