import { LitElement, css, html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { Trace } from '../../../runtime/trace-file.ts';
import { shared } from '../../elements/styles.ts';
import type { ElectionChosen } from '../elections-panel.ts';
import '../elections-panel.ts';
import '../message-counts.ts';
import '../message-log.ts';
import '../network-picture.ts';
import type { WishEvent } from './player.ts';
import './player.ts';
import { count, seconds } from './recorded-words.ts';
import { Replay } from './replay.ts';
import { ReplayController } from './replay-controller.ts';

/** Somebody has seen enough of a trace. */
export class TraceClosed extends Event {
  constructor() {
    super('trace-closed');
  }
}

/** A trace in the lab's own parts, in place of the live park: nothing here knows of that. */
@customElement('gh-trace')
export class TraceView extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap);
      }
      .what {
        border: 2px dashed var(--accent);
      }
      .what header {
        flex-wrap: wrap;
      }
      .what p {
        overflow-wrap: anywhere;
      }
      gh-player {
        margin-top: 0.5rem;
      }
      .messages {
        display: flex;
        flex-direction: column;
        min-height: 30rem;
      }
      gh-messages {
        flex: 1;
      }
      @media (min-width: 60rem) {
        :host {
          grid-template-columns: minmax(0, 1fr) 22rem;
        }
        .what,
        .elections,
        .messages {
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  @property({ attribute: false }) trace!: Trace;
  @property() file = '';
  @query('.back') private readonly back!: HTMLButtonElement;

  readonly #player = new ReplayController(this);
  #replay!: Replay;
  #ids: readonly string[] = [];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('trace')) return;
    this.#replay = new Replay(this.trace);
    this.#ids = this.trace.nodes.map(({ introduces }) => introduces);
    this.#player.open(this.#replay);
  }

  /** The way back is where one begins. */
  protected override firstUpdated(): void {
    this.back.focus();
  }

  protected override render(): TemplateResult {
    const replay = this.#replay;
    const { book, nameOf } = replay;
    const timeOf = (at: number): string => seconds(at - replay.began);
    return html`
      ${this.#what()}
      <section class="panel" aria-labelledby="network">
        <header><h2 id="network">Network</h2></header>
        <gh-network
          .gates=${replay.gates}
          .flights=${this.#player.flights}
          .links=${replay.links}
          .tree=${replay.tree}
        ></gh-network>
        <gh-player
          .began=${replay.began}
          .ends=${replay.ends}
          .at=${replay.at}
          .speed=${this.#player.speed}
          .playing=${this.#player.playing}
          @player-wish=${this.#wish}
        ></gh-player>
      </section>
      <section class="panel" aria-labelledby="counts">
        <header><h2 id="counts">Counts until then</h2></header>
        <gh-counts .feed=${book} .version=${replay.at}></gh-counts>
      </section>
      <section class="panel messages" aria-labelledby="messages">
        <header><h2 id="messages">Messages until then</h2></header>
        <gh-messages
          .feed=${book}
          .version=${replay.at}
          .peers=${this.#ids}
          .nodes=${this.#ids}
          .nameOf=${nameOf}
          .timeOf=${timeOf}
        ></gh-messages>
      </section>
      <section class="panel elections" aria-labelledby="elections">
        <header><h2 id="elections">All elections of the trace</h2></header>
        <gh-elections
          recorded
          .kind=${this.trace.head.election}
          .elections=${replay.elections}
          .nameOf=${nameOf}
          .timeOf=${timeOf}
          @election-chosen=${this.#show}
        ></gh-elections>
      </section>
    `;
  }

  #what(): TemplateResult {
    const { head, events } = this.trace;
    const nodes = count(this.#replay.size, 'node');
    return html`<section class="panel what" aria-labelledby="what">
      <header>
        <h2 id="what" data-testid="trace">
          Trace of seed ${head.seed}, ${nodes}, ${count(events.length, 'event')}
        </h2>
        <button class="back" @click=${() => this.dispatchEvent(new TraceClosed())}>
          Back to this park
        </button>
      </header>
      <p class="small soft">
        This is the file ${this.file}, and not the live park, which goes on meanwhile: nothing here
        changes it. Election: ${head.election}, topology: ${head.topology}.
      </p>
    </section>`;
  }

  readonly #wish = ({ wish }: WishEvent): void => {
    switch (wish.kind) {
      case 'play':
        this.#player.play();
        return;
      case 'pause':
        this.#player.pause();
        return;
      case 'step':
        this.#player.step();
        return;
      case 'seek':
        this.#player.seek(wish.at);
        return;
      case 'speed':
        this.#player.speed = wish.speed;
        this.requestUpdate();
        return;
    }
  };

  readonly #show = ({ at }: ElectionChosen): void => {
    this.#player.pause();
    this.#player.seek(at);
    this.renderRoot.querySelector('#network')?.scrollIntoView({ block: 'start' });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-trace': TraceView;
  }
  interface HTMLElementEventMap {
    'trace-closed': TraceClosed;
  }
}
