import {
  LitElement,
  css,
  html,
  nothing,
  svg,
  type SVGTemplateResult,
  type TemplateResult,
} from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { shared } from '../elements/styles.ts';
import { lostMark, mark, visualLanguage } from '../elements/visual-language.ts';
import { between, centre, place, type Frame, type Point } from '../lab/geometry.ts';
import { successor, type Server } from './ring.ts';
import type { RingFlight } from './ring-flights.ts';

const FRAME: Frame = { width: 340, height: 280, rx: 112, ry: 84 };
const RADIUS = 18;

/** The ring of servers in the order of their identities: who passes the token to whom, who leads, what flies. */
@customElement('gh-ring-picture')
export class RingPicture extends LitElement {
  static override styles = [
    shared,
    visualLanguage,
    css`
      :host {
        display: block;
      }
      svg {
        display: block;
        width: 100%;
        max-width: 26rem;
        height: auto;
        margin: 0 auto;
        font: inherit;
      }
      .way {
        stroke: var(--line-strong);
        stroke-width: 1.5;
      }
      .arrow {
        fill: none;
        stroke: var(--line-strong);
        stroke-width: 2;
        stroke-linecap: round;
        stroke-linejoin: round;
      }
      .body {
        fill: var(--sunken);
        stroke: var(--ink);
        stroke-width: 2.5;
      }
      .halo {
        fill: none;
        stroke: var(--accent);
        stroke-width: 3;
      }
      .leader .body,
      .crown {
        fill: var(--accent);
        stroke: var(--accent);
      }
      .initial,
      .label {
        text-anchor: middle;
        fill: var(--ink);
      }
      .initial {
        font-weight: 700;
        font-size: 15px;
      }
      .leader .initial {
        fill: var(--on-accent);
      }
      .silent .body {
        fill: var(--panel);
        stroke-dasharray: 4 4;
      }
      .silent .initial {
        fill: var(--ink);
      }
      .label {
        font-size: 12.5px;
        font-weight: 600;
        paint-order: stroke;
        stroke: var(--panel);
        stroke-width: 4px;
        stroke-linejoin: round;
      }
      .role {
        font-weight: 400;
        fill: var(--ink-soft);
      }
      .token {
        font-size: 11px;
        font-weight: 650;
        text-anchor: middle;
        fill: var(--family-election);
        paint-order: stroke;
        stroke: var(--panel);
        stroke-width: 4px;
      }
      .heartbeat {
        opacity: 0.75;
      }
      .flight {
        animation: fly 900ms cubic-bezier(0.4, 0, 0.6, 1) both;
        animation-delay: var(--delay);
      }
      .flight.lost {
        animation-name: fall;
      }
      @keyframes fly {
        from {
          transform: translate(var(--from));
          visibility: hidden;
        }
        1% {
          visibility: visible;
        }
        to {
          transform: translate(var(--to));
        }
      }
      @keyframes fall {
        from {
          transform: translate(var(--from));
          visibility: hidden;
        }
        1% {
          visibility: visible;
        }
        55%,
        to {
          transform: translate(var(--half));
        }
      }
      /* Without motion, a message stands still on its way for a moment. */
      @media (prefers-reduced-motion: reduce) {
        .flight,
        .flight.lost {
          animation: none;
          transform: translate(var(--half));
        }
        .heartbeat {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) ring: readonly Server[] = [];
  @property({ attribute: false }) flights: readonly RingFlight[] = [];

  protected override render(): TemplateResult {
    const { ring } = this;
    const places = new Map(ring.map(({ id }, at) => [id, place(FRAME, at, ring.length)]));
    return html`<svg
      viewBox="0 -16 ${FRAME.width} ${FRAME.height + 16}"
      role="img"
      aria-label="The ring of servers. ${describe(ring)}"
    >
      ${ring.map((server) => way(server, ring, places))}
      ${repeat(
        this.flights,
        ({ key }) => key,
        (flight) => drawFlight(flight, places),
      )}
      ${ring.map((server) => drawServer(server, places.get(server.id)))}
    </svg>`;
  }
}

/** The arrow to the next server that answers. */
function way(
  { id, silent }: Server,
  ring: readonly Server[],
  places: ReadonlyMap<string, Point>,
): SVGTemplateResult | typeof nothing {
  const next = successor(ring, id);
  const start = places.get(id);
  const end = next && places.get(next.id);
  if (silent || !start || !end) return nothing;
  const head = between(start, end, 0.58);
  const angle = (Math.atan2(end.y - start.y, end.x - start.x) * 180) / Math.PI;
  return svg`
    <line class="way" x1=${start.x} y1=${start.y} x2=${end.x} y2=${end.y} />
    <path class="arrow" d="M-5-5 3 0-5 5" transform="translate(${head.x} ${head.y}) rotate(${angle})" />
  `;
}

function drawServer(server: Server, at: Point | undefined): SVGTemplateResult | typeof nothing {
  if (!at) return nothing;
  const { name, self, leader, silent } = server;
  const role = words(server);
  // Above the upper servers and below the others: off the ring.
  const above = at.y < centre(FRAME).y - 20;
  const room = RADIUS + (self ? 5 : 0) + (leader && above ? 18 : 0);
  const label = above ? -room - (role === '' ? 7 : 20) : room + 15;
  const plain = name.replace(/^Gate /, '');
  return svg`<g class="${leader ? 'leader' : ''} ${silent ? 'silent' : ''}" transform="translate(${at.x} ${at.y})">
    ${self ? svg`<circle class="halo" r=${RADIUS + 5} />` : nothing}
    <circle class="body" r=${RADIUS} />
    ${leader ? svg`<path class="crown" transform="translate(0 ${-RADIUS - 12})" d="M-10 6v-13l5.5 5L0-9l4.500 7L10-7V6z" />` : nothing}
    <text class="initial" y="5">${silent ? '×' : plain.charAt(0).toUpperCase()}</text>
    <text class="label" y=${label}>${plain.length > 14 ? `${plain.slice(0, 13)}…` : plain}</text>
    <text class="label role" y=${label + 13}>${role}</text>
  </g>`;
}

function drawFlight(
  { from, to, kind, candidate, lost, delay }: RingFlight,
  places: ReadonlyMap<string, Point>,
): SVGTemplateResult | typeof nothing {
  const start = places.get(from);
  const end = places.get(to);
  if (!start || !end) return nothing;
  const style = [
    `--delay: ${Math.round(delay)}ms`,
    `--from: ${pixels(between(start, end, 0.15))}`,
    `--half: ${pixels(between(start, end, 0.5))}`,
    `--to: ${pixels(between(start, end, 0.85))}`,
  ].join('; ');
  return svg`<g class="flight ${kind} ${lost ? 'lost' : ''}" style=${style}>
    ${mark(TYPE[kind])}${lost ? lostMark : nothing}
    ${candidate === null ? nothing : svg`<text class="token" y="-9">${candidate.replace(/^Gate /, '').slice(0, 14)}</text>`}
  </g>`;
}

const TYPE = { heartbeat: 'APPEND', token: 'TOKEN', crown: 'I_AM_LEADER' } as const;

function pixels({ x, y }: Point): string {
  return `${x}px, ${y}px`;
}

function words({ self, leader, silent }: Server): string {
  const role = silent ? 'no answer' : leader ? 'leader' : '';
  return [role, self ? 'you' : ''].filter((word) => word !== '').join(', ');
}

function describe(ring: readonly Server[]): string {
  return ring.map((server) => `${server.name}: ${words(server) || 'server'}.`).join(' ');
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-ring-picture': RingPicture;
  }
}
