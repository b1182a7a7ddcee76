/** A drawing for each system: what one will see there. Drawn in a box of 240 by 120. */
import { css, html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';

/** A person, standing on (x, y). */
function person(x: number, y: number): SVGTemplateResult {
  return svg`<g transform="translate(${x} ${y})" class="fill">
    <circle cy="-30" r="6" /><path d="M-8 0v-12a8 8 0 0 1 16 0V0z" />
  </g>`;
}

/** A node of an election, as large as its identity. */
function node(x: number, y: number, r: number): SVGTemplateResult {
  return svg`<circle class="solid" cx=${x} cy=${y} r=${r} />`;
}

/** The same messages in the same order at one member. */
function delivered(y: number): SVGTemplateResult {
  return svg`<path d="M96 ${y}H222" />
    <circle class="fill" cx="128" cy=${y} r="8" />
    <path class="solid" d="M156 ${y - 8}h16v16h-16z" />
    <path class="fill" d="M200 ${y - 9}l9 9-9 9-9-9z" />`;
}

const PICTURES = {
  park: svg`
    <path d="M14 106H226" />
    <path class="soft" d="M90 106V58a30 30 0 0 1 60 0v48z" />
    <path d="M90 106V58a30 30 0 0 1 60 0v48M78 106V44m84 62V44M78 44h12m60 0h12" />
    <path class="fill" d="M120 6v18l22-8z" /><path d="M120 28V6" />
    ${person(120, 105)} ${person(40, 105)} ${person(62, 105)} ${person(196, 105)}
    <path d="M206 60h-20m7-7-7 7 7 7" transform="rotate(180 196 60)" />
  `,
  bully: svg`
    <path d="M52 92 108 74M60 86 166 46M118 64 156 50M52 96 190 96" class="dashed" />
    ${node(40, 96, 10)} ${node(112, 72, 14)} ${node(200, 96, 12)}
    <circle class="fill" cx="176" cy="44" r="18" />
    <path class="fill" d="M160 20V6l9 8 7-12 7 12 9-8v14z" />
  `,
  groupcast: svg`
    <circle class="fill" cx="28" cy="60" r="10" />
    <path d="M40 55 88 28m-8 0 9-1-4 8M40 60h46m-7-5 7 5-7 5M40 65l48 27m-8 0 9 1-4-8" />
    ${delivered(24)} ${delivered(60)} ${delivered(96)}
  `,
  chat: svg`
    <path class="soft" d="M22 14h112a10 10 0 0 1 10 10v26a10 10 0 0 1-10 10H56L38 76V60H22a10 10 0 0 1-10-10V24a10 10 0 0 1 10-10z" />
    <path d="M30 31h92M30 44h60" />
    <path class="solid" d="M122 56h92a10 10 0 0 1 10 10v26a10 10 0 0 1-10 10h-12v14l-16-14h-64a10 10 0 0 1-10-10V66a10 10 0 0 1 10-10z" />
    <path class="fill" d="M157 76h24v18h-24z" /><path d="M161 76v-5a8 8 0 0 1 16 0v5" />
  `,
  market: svg`
    <path class="soft" d="M30 14H210L224 46a16 16 0 0 1-32 2 17 17 0 0 1-36 0 18 18 0 0 1-36 0 18 18 0 0 1-36 0 17 17 0 0 1-36 0 16 16 0 0 1-32-2z" />
    <path d="M66 14 48 48M102 14l-18 34m54-34 18 34m18-34 18 34M120 14v34" />
    <path d="M36 62v50M204 62v50M24 112H216M36 94H204" />
    <path class="fill" d="M58 94c-8-10-4-20 4-24l-4-6h16l-4 6c8 4 12 14 4 24z" />
    <path class="fill" d="M104 82c8-12 26-12 36 0l8-7v14l-8-7c-10 12-28 12-36 0z" />
    <circle class="solid" cx="176" cy="84" r="10" /><path d="M176 79v10" />
  `,
} satisfies Record<string, SVGTemplateResult>;

export type PictureName = keyof typeof PICTURES;

/** The words beside it say what it is, so it is hidden from screen readers. */
export function picture(name: PictureName): TemplateResult {
  return html`<svg class="picture" viewBox="0 0 240 120" aria-hidden="true">
    ${PICTURES[name]}
  </svg>`;
}

export const pictureStyles = css`
  .picture {
    display: block;
    width: 100%;
    max-width: 16rem;
    fill: none;
    stroke: var(--ink);
    stroke-width: 2.5;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .picture .fill {
    fill: var(--accent);
    stroke: var(--accent);
  }
  .picture .soft {
    fill: var(--accent-soft);
    stroke: none;
  }
  .picture .solid {
    fill: var(--panel);
  }
  .picture .dashed {
    stroke-dasharray: 1 7;
  }
`;
