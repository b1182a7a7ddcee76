import { LitElement, css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shared } from '../../elements/styles.ts';
import { seconds } from './recorded-words.ts';

/** What a person wants of the player. */
export type Wish =
  | { readonly kind: 'play' | 'pause' | 'step' }
  | { readonly kind: 'seek'; readonly at: number }
  | { readonly kind: 'speed'; readonly speed: number };

export class WishEvent extends Event {
  constructor(readonly wish: Wish) {
    super('player-wish');
  }
}

const SPEEDS: readonly (readonly [number, string])[] = [
  [0.01, '100 times slower'],
  [0.1, '10 times slower'],
  [1, 'as it was'],
  [4, '4 times faster'],
  [10, '10 times faster'],
];

/** Play, step, and a slider over the time of a trace. */
@customElement('gh-player')
export class Player extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem;
      }
      .time {
        flex: 1 1 100%;
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.75rem;
      }
      input {
        width: 100%;
        min-height: 2.75rem;
        margin: 0;
        accent-color: var(--accent);
      }
      output {
        min-width: 9.5rem;
        text-align: right;
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  @property({ type: Number }) began = 0;
  @property({ type: Number }) ends = 0;
  @property({ type: Number }) at = 0;
  @property({ type: Number }) speed = 1;
  @property({ type: Boolean }) playing = false;

  protected override render(): TemplateResult {
    const { playing } = this;
    const [now, whole] = [this.at - this.began, this.ends - this.began];
    return html`
      <div class="time">
        <input
          type="range"
          aria-label="Time in the trace"
          aria-valuetext="${seconds(now)} of ${seconds(whole)}"
          min="0"
          max=${Math.ceil(whole)}
          step="100"
          .value=${String(now)}
          @input=${this.#seek}
        />
        <output class="small">${seconds(now)} of ${seconds(whole)}</output>
      </div>
      <button class="primary" @click=${() => this.#wish({ kind: playing ? 'pause' : 'play' })}>
        ${playing ? 'Pause' : 'Play'}
      </button>
      <button @click=${() => this.#wish({ kind: 'step' })}>Step</button>
      <select aria-label="Speed" @change=${this.#speed}>
        ${SPEEDS.map(
          ([speed, words]) =>
            html`<option value=${speed} ?selected=${speed === this.speed}>${words}</option>`,
        )}
      </select>
    `;
  }

  readonly #seek = (event: Event): void => {
    const { valueAsNumber } = event.target as HTMLInputElement;
    this.#wish({ kind: 'seek', at: this.began + valueAsNumber });
  };

  readonly #speed = (event: Event): void => {
    this.#wish({ kind: 'speed', speed: Number((event.target as HTMLSelectElement).value) });
  };

  #wish(wish: Wish): void {
    this.dispatchEvent(new WishEvent(wish));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-player': Player;
  }
  interface HTMLElementEventMap {
    'player-wish': WishEvent;
  }
}
