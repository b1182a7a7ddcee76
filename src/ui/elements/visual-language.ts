/**
 * The one visual language of all pictures: what a message of a type looks like, wherever it is drawn. The colour tells
 * the family, the shape tells the type within it. The words stand in the legend, so nothing hangs on colour alone.
 */
import { css, svg, type SVGTemplateResult } from 'lit';

export const FAMILIES = {
  meeting: 'Meeting and leaving',
  watching: 'Failure detection',
  election: 'Election',
  ballot: 'Ballot',
  log: 'Replication',
  work: 'Operations',
  mutex: 'Mutex',
  other: 'Other',
} as const;

export type Family = keyof typeof FAMILIES;

/** Drawn around (0, 0), some 12 units wide. */
const SHAPES = {
  circle: svg`<circle r="5.5" />`,
  ring: svg`<circle r="4.5" fill="none" stroke-width="2.5" />`,
  square: svg`<path d="M-5-5h10V5H-5z" />`,
  frame: svg`<path d="M-4.5-4.5h9v9h-9z" fill="none" stroke-width="2.5" />`,
  diamond: svg`<path d="M0-6.5 6.5 0 0 6.5-6.5 0z" />`,
  'open-diamond': svg`<path d="M0-6 6 0 0 6-6 0z" fill="none" stroke-width="2.2" />`,
  triangle: svg`<path d="M0-6 6 5H-6z" />`,
  'triangle-down': svg`<path d="M0 6 6-5H-6z" />`,
  hexagon: svg`<path d="M-3-5.5h6L6.2 0 3 5.5h-6L-6.2 0z" />`,
  crown: svg`<path d="M-6.5 5v-9l3.6 3.2L0-6l2.9 5.2L6.5-4v9z" />`,
  plus: svg`<path d="M-2-6h4v4h4v4H2v4h-4V2h-4v-4h4z" />`,
  bar: svg`<path d="M-6.5-2.5h13v5h-13z" />`,
} satisfies Record<string, SVGTemplateResult>;

export type Shape = keyof typeof SHAPES;

export interface Look {
  readonly family: Family;
  readonly shape: Shape;
}

const LOOKS: Readonly<Record<string, Look>> = {
  HOWDY: { family: 'meeting', shape: 'plus' },
  HELLO: { family: 'meeting', shape: 'circle' },
  JOIN: { family: 'meeting', shape: 'triangle' },
  LEAVE: { family: 'meeting', shape: 'triangle-down' },
  ADOPT: { family: 'meeting', shape: 'diamond' },
  ADOPT_REPLY: { family: 'meeting', shape: 'open-diamond' },
  GAVE_WAY: { family: 'meeting', shape: 'bar' },
  PROBE: { family: 'watching', shape: 'circle' },
  GOT_IT: { family: 'watching', shape: 'ring' },
  ELECT: { family: 'election', shape: 'triangle' },
  TOKEN: { family: 'election', shape: 'circle' },
  ELECTION_STARTED: { family: 'election', shape: 'diamond' },
  ELECTION_VOTE: { family: 'election', shape: 'open-diamond' },
  ELECTION_FINISHED: { family: 'election', shape: 'hexagon' },
  I_AM_LEADER: { family: 'election', shape: 'crown' },
  RESIGN: { family: 'election', shape: 'triangle-down' },
  LEADER_REMOVED: { family: 'election', shape: 'bar' },
  PREPARE: { family: 'ballot', shape: 'square' },
  PROMISE: { family: 'ballot', shape: 'frame' },
  REFUSE: { family: 'ballot', shape: 'bar' },
  FETCH: { family: 'ballot', shape: 'triangle-down' },
  FETCHED: { family: 'ballot', shape: 'triangle' },
  APPEND: { family: 'log', shape: 'square' },
  APPENDED: { family: 'log', shape: 'frame' },
  DECLINED: { family: 'log', shape: 'bar' },
  SNAPSHOT: { family: 'log', shape: 'hexagon' },
  SNAPSHOT_OFFER: { family: 'log', shape: 'hexagon' },
  SNAPSHOT_FETCH: { family: 'log', shape: 'triangle-down' },
  SNAPSHOT_CHUNK: { family: 'log', shape: 'triangle' },
  SUBMIT: { family: 'work', shape: 'diamond' },
  RESULT: { family: 'work', shape: 'open-diamond' },
  LOCK: { family: 'mutex', shape: 'diamond' },
  QUEUED: { family: 'mutex', shape: 'ring' },
  GRANT: { family: 'mutex', shape: 'hexagon' },
  RELEASE: { family: 'mutex', shape: 'open-diamond' },
};

const NEUTRAL: Look = { family: 'other', shape: 'circle' };

export function lookOf(type: string): Look {
  return LOOKS[type] ?? NEUTRAL;
}

const FAMILY_ORDER = Object.keys(FAMILIES);
const TYPE_ORDER = Object.keys(LOOKS);

/** The order in which legends and tables list the types. Unknown ones come last, by name. */
export function compareTypes(a: string, b: string): number {
  const family = FAMILY_ORDER.indexOf(lookOf(a).family) - FAMILY_ORDER.indexOf(lookOf(b).family);
  if (family !== 0) return family;
  return TYPE_ORDER.indexOf(a) - TYPE_ORDER.indexOf(b) || (a < b ? -1 : 1);
}

/** A message's mark, around (0, 0): for use inside an SVG picture. */
export function mark(type: string): SVGTemplateResult {
  const { family, shape } = lookOf(type);
  return svg`<g class="mark ${family}">${SHAPES[shape]}</g>`;
}

/** A message that was lost: the same cross everywhere. */
export const lostMark = svg`<path class="lost-mark" d="M-6-6 6 6M6-6-6 6" />`;

/** The colours. Each stands out from the panel by 3 to 1 and more, in light and in dark. */
export const visualLanguage = css`
  :host {
    --family-meeting: #5b6672;
    --family-watching: #2e7d32;
    --family-election: #c2410c;
    --family-ballot: #7e3fb5;
    --family-log: #1565c0;
    --family-work: #0b7285;
    --family-mutex: #9a6700;
    --family-other: #6b6b6b;
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --family-meeting: #a9b4c0;
      --family-watching: #7ccf80;
      --family-election: #ff9a6b;
      --family-ballot: #cfa2f5;
      --family-log: #82b8ff;
      --family-work: #67d3e3;
      --family-mutex: #e8bf52;
      --family-other: #b5b5b5;
    }
  }
  .mark {
    fill: currentColor;
    stroke: currentColor;
    stroke-width: 0;
    stroke-linejoin: round;
  }
  .mark.meeting {
    color: var(--family-meeting);
  }
  .mark.watching {
    color: var(--family-watching);
  }
  .mark.election {
    color: var(--family-election);
  }
  .mark.ballot {
    color: var(--family-ballot);
  }
  .mark.log {
    color: var(--family-log);
  }
  .mark.work {
    color: var(--family-work);
  }
  .mark.mutex {
    color: var(--family-mutex);
  }
  .mark.other {
    color: var(--family-other);
  }
  .lost-mark {
    fill: none;
    stroke: var(--ink);
    stroke-width: 3;
    stroke-linecap: round;
  }
`;
