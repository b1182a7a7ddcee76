import {
  LitElement,
  css,
  html,
  nothing,
  svg,
  type SVGTemplateResult,
  type TemplateResult,
} from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { shared } from '../elements/styles.ts';
import { messageOf, type Session } from '../session.ts';
import { count } from '../words.ts';

interface Greeting {
  readonly peer: string;
  /** Null when it did not greet back. */
  readonly ms: number | null;
}

const WIDTH = 320;
const ROW = 34;

/** The hello check: this gate greets its neighbours, and the picture shows who greeted back. */
@customElement('gh-hello')
export class HelloCheck extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 0.35rem;
      }
      h3 {
        font-weight: 650;
      }
      svg {
        display: block;
        width: 100%;
        max-width: 24rem;
        height: auto;
        font-size: 13px;
      }
      text {
        fill: var(--ink);
      }
      line {
        stroke: var(--accent);
        stroke-width: 2;
      }
      .silent line {
        stroke: var(--ink-soft);
        stroke-dasharray: 3 5;
      }
      circle {
        fill: var(--accent);
      }
      .silent circle {
        fill: var(--panel);
        stroke: var(--ink-soft);
        stroke-width: 2;
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ type: Boolean }) disabled = false;
  @state() private told = '';
  @state() private greetings: readonly Greeting[] = [];

  protected override render(): TemplateResult {
    return html`
      <h3>Hello check</h3>
      <div class="row">
        <button ?disabled=${this.disabled} @click=${this.#greet}>Greet the neighbours</button>
      </div>
      ${this.greetings.length === 0 ? nothing : this.#picture()}
      <p class="small" role="status">${this.told}</p>
    `;
  }

  #picture(): TemplateResult {
    const height = ROW * this.greetings.length;
    const words = this.greetings.map((greeting) => `${this.#name(greeting)}: ${answer(greeting)}.`);
    return html`<svg
      viewBox="0 0 ${WIDTH} ${height}"
      role="img"
      aria-label="Who greeted back. ${words.join(' ')}"
    >
      ${this.greetings.map((greeting, at) => this.#line(greeting, ROW * (at + 0.5), height / 2))}
      <circle cx="16" cy=${height / 2} r="10" />
    </svg>`;
  }

  #line(greeting: Greeting, y: number, middle: number): SVGTemplateResult {
    return svg`<g class=${greeting.ms === null ? 'silent' : ''}>
      <line x1="16" y1=${middle} x2="110" y2=${y} />
      <circle cx="110" cy=${y} r="8" />
      <text x="126" y=${y + 4}>${this.#name(greeting)}: ${answer(greeting)}</text>
    </g>`;
  }

  #name({ peer }: Greeting): string {
    return this.session.nameOf(peer);
  }

  readonly #greet = async (): Promise<void> => {
    this.told = 'Greeting …';
    try {
      this.greetings = await this.session.gatehouse.hello();
      const back = this.greetings.filter(({ ms }) => ms !== null).length;
      this.told =
        this.greetings.length === 0
          ? 'This gate has no neighbour.'
          : `${back} of ${count(this.greetings.length, 'neighbour')} greeted back.`;
    } catch (error) {
      this.told = `That did not work: ${messageOf(error)}`;
    }
  };
}

function answer({ ms }: Greeting): string {
  return ms === null ? 'no answer' : `${Math.max(1, Math.round(ms))} ms`;
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-hello': HelloCheck;
  }
}
