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
import { MediaController } from '../elements/media-controller.ts';
import { shared } from '../elements/styles.ts';
import { lostMark, mark, visualLanguage } from '../elements/visual-language.ts';
import { TALL, WIDE, between, centre, place, type Frame, type Point } from './geometry.ts';
import type { Flight } from './flights.ts';
import type { PictureGate } from './picture-gates.ts';

/** The network: nodes on a ring in the order of their identities, links, messages in flight. */
@customElement('gh-network')
export class NetworkPicture extends LitElement {
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
        height: auto;
        max-height: 62vh;
        font: inherit;
      }
      .ring {
        fill: none;
        stroke: var(--line);
      }
      .link {
        stroke: var(--line-strong);
        stroke-width: 2;
      }
      .theirs {
        stroke: var(--line-strong);
        stroke-width: 1;
      }
      .branch {
        fill: none;
        stroke: var(--family-election);
        stroke-width: 3.5;
        stroke-linecap: round;
        stroke-linejoin: round;
      }
      .relayed {
        stroke-dasharray: 9 6;
      }
      .connecting {
        stroke-dasharray: 1.5 6;
        stroke-linecap: round;
      }
      .cut {
        stroke-dasharray: 2 9;
        opacity: 0.8;
      }
      .node circle {
        fill: var(--panel);
        stroke: var(--ink);
        stroke-width: 2.5;
      }
      .node.learner .body {
        stroke-width: 1.25;
      }
      .node.voter .body {
        fill: var(--sunken);
      }
      .node.suspected .body,
      .node.down .body {
        stroke-dasharray: 5 4;
      }
      .node .halo {
        fill: none;
        stroke: var(--accent);
        stroke-width: 3;
      }
      .node.leader .body {
        fill: var(--accent);
        stroke: var(--accent);
      }
      .crown {
        fill: var(--accent);
      }
      .initial {
        font-weight: 700;
        font-size: 17px;
        text-anchor: middle;
        fill: var(--ink);
      }
      .leader .initial {
        fill: var(--on-accent);
      }
      .label {
        font-size: 14px;
        font-weight: 600;
        text-anchor: middle;
        fill: var(--ink);
        paint-order: stroke;
        stroke: var(--panel);
        stroke-width: 4px;
        stroke-linejoin: round;
      }
      .left {
        text-anchor: end;
      }
      .right {
        text-anchor: start;
      }
      .words {
        font-size: 12.5px;
        font-weight: 400;
        fill: var(--ink-soft);
      }
      .flight {
        animation: fly 900ms cubic-bezier(0.4, 0, 0.6, 1) both;
      }
      .flight.lost {
        animation-name: fall;
      }
      .lost .mark {
        animation: vanish 900ms both;
      }
      .lost .lost-mark {
        animation: appear 900ms both;
      }
      @keyframes fly {
        from {
          transform: translate(var(--from));
        }
        to {
          transform: translate(var(--to));
        }
      }
      @keyframes fall {
        from {
          transform: translate(var(--from));
        }
        55%,
        to {
          transform: translate(var(--half));
        }
      }
      @keyframes vanish {
        0%,
        50% {
          opacity: 1;
        }
        60%,
        to {
          opacity: 0;
        }
      }
      @keyframes appear {
        0%,
        50% {
          opacity: 0;
        }
        60%,
        to {
          opacity: 1;
        }
      }
      /* Without motion, a message stands still near its sender for a moment. */
      @media (prefers-reduced-motion: reduce) {
        .flight,
        .flight.lost {
          animation: none;
          transform: translate(var(--near));
        }
        .lost .mark {
          display: none;
        }
        .lost .lost-mark {
          animation: none;
        }
      }
    `,
  ];

  /** The greatest identity first; one of them may be this node. */
  @property({ attribute: false }) gates: readonly PictureGate[] = [];
  @property({ attribute: false }) flights: readonly Flight[] = [];
  /** Who keeps links to whom in a sparse topology. */
  @property({ attribute: false }) links: readonly (readonly [string, string])[] = [];
  /** Each node and its parent in the tree of a wireless election. */
  @property({ attribute: false }) tree: readonly (readonly [string, string])[] = [];

  readonly #narrow = new MediaController(this, '(max-width: 40rem)');

  protected override render(): TemplateResult {
    const frame = this.#narrow.matches ? TALL : WIDE;
    const { gates } = this;
    const own = gates.find(({ self }) => self)?.id ?? null;
    const places = new Map(gates.map(({ id }, at) => [id, place(frame, at, gates.length)]));
    const self = places.get(own ?? '') ?? place(frame, 0, 1);
    const crowded = gates.length > (frame === TALL ? 6 : 12);
    const radius = crowded ? 16 : 22;
    const tree = describeTree(this.tree, gates);
    return html`<svg
      viewBox="0 0 ${frame.width} ${frame.height}"
      role="img"
      aria-label="Picture of the network. ${describe(gates)}"
      aria-describedby=${tree === '' ? nothing : 'tree'}
    >
      <desc id="tree">${tree}</desc>
      ${this.links.length === 0 ? ring(frame) : this.#othersLinks(places, own)}
      ${gates.map((gate) => this.#link(gate, self, places))}
      ${this.tree.map(([child, parent]) => drawBranch(places.get(child), places.get(parent), radius))}
      ${repeat(
        this.flights,
        ({ key }) => key,
        (flight) => drawFlight(flight, places),
      )}
      ${gates.map((gate) => this.#node(gate, places.get(gate.id) ?? self, frame, radius, crowded))}
    </svg>`;
  }

  /** Those of this node are drawn by what it knows of them. */
  #othersLinks(places: ReadonlyMap<string, Point>, own: string | null): SVGTemplateResult[] {
    return this.links.flatMap(([a, b]) => {
      const [from, to] = [places.get(a), places.get(b)];
      if (a === own || b === own || from === undefined || to === undefined) return [];
      return [svg`<line class="theirs" x1=${from.x} y1=${from.y} x2=${to.x} y2=${to.y} />`];
    });
  }

  #link(
    gate: PictureGate,
    self: Point,
    places: ReadonlyMap<string, Point>,
  ): SVGTemplateResult | typeof nothing {
    const end = places.get(gate.id);
    if (gate.link === null || end === undefined) return nothing;
    const { cut } = gate;
    if (gate.link === 'closed' && !cut) return nothing;
    const half = between(self, end, 0.5);
    return svg`
      <line class="link ${cut ? 'cut' : gate.link}"
        x1=${self.x} y1=${self.y} x2=${end.x} y2=${end.y} />
      ${cut ? svg`<g transform="translate(${half.x} ${half.y})">${lostMark}</g>` : nothing}
    `;
  }

  #node(
    gate: PictureGate,
    at: Point,
    frame: Frame,
    radius: number,
    crowded: boolean,
  ): SVGTemplateResult {
    const classes = [
      'node',
      gate.voter ? 'voter' : 'learner',
      gate.leader ? 'leader' : '',
      gate.suspected ? 'suspected' : '',
      gate.down ? 'down' : '',
    ].join(' ');
    const label = labelPlace(at, frame, radius, crowded, gate.leader);
    return svg`<g class=${classes} transform="translate(${at.x} ${at.y})">
      ${gate.self ? svg`<circle class="halo" r=${radius + 6} />` : nothing}
      <circle class="body" r=${radius} />
      ${gate.leader ? svg`<path class="crown" transform="translate(0 ${-radius - 14})" d="M-12 7v-15l6.6 6L0-11l5.400 9L12-8V7z" />` : nothing}
      <text class="initial" y="6">${glyph(gate)}</text>
      <text class="label ${label.side}" x=${label.x} y=${label.y}>${crowded ? short(plainName(gate), frame === WIDE ? 10 : 8) : short(gate.name, 16)}</text>
      <text class="label words ${label.side}" x=${label.x} y=${label.y + 15}>${crowded ? fewWords(gate) : words(gate)}</text>
    </g>`;
  }
}

interface LabelPlace {
  /** Where the text lies, seen from the node. */
  readonly side: '' | 'left' | 'right';
  readonly x: number;
  /** Of the first of two lines. */
  readonly y: number;
}

/** Off the links: below the node in the lower half of the picture, above it in the upper; outside where nodes stand close. */
function labelPlace(
  at: Point,
  frame: Frame,
  radius: number,
  crowded: boolean,
  leads: boolean,
): LabelPlace {
  const { x, y } = centre(frame);
  if (crowded && frame === WIDE && Math.abs(at.x - x) > frame.rx / 2) {
    const isLeft = at.x < x;
    return { side: isLeft ? 'left' : 'right', x: isLeft ? -radius - 9 : radius + 9, y: -2 };
  }
  const above = at.y < y - 30;
  return { side: '', x: 0, y: above ? -radius - (leads ? 44 : 24) : radius + 19 };
}

function ring(frame: Frame): SVGTemplateResult {
  const { x, y } = centre(frame);
  return svg`<ellipse class="ring" cx=${x} cy=${y} rx=${frame.rx} ry=${frame.ry} />`;
}

/** From a node to its parent: a line along the link, with the head of an arrow at the parent's rim. */
function drawBranch(
  child: Point | undefined,
  parent: Point | undefined,
  radius: number,
): SVGTemplateResult | typeof nothing {
  if (child === undefined || parent === undefined) return nothing;
  const length = Math.hypot(parent.x - child.x, parent.y - child.y);
  const gap = (radius + 8) / length;
  const [from, to] = [between(child, parent, gap), between(child, parent, 1 - gap)];
  const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  return svg`<g class="branch" data-branch>
    <line x1=${from.x} y1=${from.y} x2=${to.x} y2=${to.y} />
    <path d="M-9-6 0 0-9 6" transform="translate(${to.x} ${to.y}) rotate(${angle.toFixed(1)})" />
  </g>`;
}

function drawFlight(
  { from, to, what, lost }: Flight,
  places: ReadonlyMap<string, Point>,
): SVGTemplateResult | typeof nothing {
  const start = places.get(from);
  const end = places.get(to);
  if (start === undefined || end === undefined) return nothing;
  const path = [
    `--from: ${pixels(between(start, end, 0.12))}`,
    `--near: ${pixels(between(start, end, 0.3))}`,
    `--half: ${pixels(between(start, end, 0.5))}`,
    `--to: ${pixels(between(start, end, 0.88))}`,
  ].join('; ');
  return svg`<g class="flight ${lost ? 'lost' : ''}" style=${path}>${mark(what)}${lost ? lostMark : nothing}</g>`;
}

function pixels({ x, y }: Point): string {
  return `${x}px, ${y}px`;
}

function glyph(gate: PictureGate): string {
  if (gate.down) return '×';
  if (gate.suspected) return '?';
  const name = plainName(gate);
  return (name.length <= 2 ? name : name.charAt(0)).toUpperCase();
}

/** What sets it apart: of one without a name, its short id. */
function plainName({ name }: PictureGate): string {
  return name.replace(/^gate /i, '');
}

function words(gate: PictureGate): string {
  const who = gate.self ? `${gate.role}, this node` : gate.role;
  return gate.suspected ? `${who}, suspected` : who;
}

/** Where there is little room, only what sets a node apart. */
function fewWords({ self, leader, suspected, voter, down }: PictureGate): string {
  if (self) return 'this node';
  if (suspected) return 'suspected';
  if (down) return 'down';
  if (leader) return 'leader';
  return voter ? '' : 'learner';
}

function short(name: string, longest: number): string {
  return name.length <= longest ? name : `${name.slice(0, longest - 1)}…`;
}

function describe(gates: readonly PictureGate[]): string {
  return gates.map((gate) => `${gate.name}: ${gate.role}, ${gate.reach}.`).join(' ');
}

/** The branches that are drawn, by names; '' without any. */
function describeTree(
  tree: readonly (readonly [string, string])[],
  gates: readonly PictureGate[],
): string {
  const names = new Map(gates.map(({ id, name }) => [id, name]));
  const branches = tree.flatMap(([child, parent]) => {
    const [below, above] = [names.get(child), names.get(parent)];
    return below === undefined || above === undefined ? [] : [`${below} under ${above}`];
  });
  if (branches.length === 0) return '';
  return `The tree of the last wireless election: ${branches.join(', ')}.`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-network': NetworkPicture;
  }
}
