import { LitElement, css, html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Status } from '../../runtime/gatehouse.ts';
import { MediaController } from '../elements/media-controller.ts';
import { shared } from '../elements/styles.ts';
import '../park/invite.ts';
import { termNumber } from '../park/log-words.ts';
import type { Session } from '../session.ts';
import { gateName } from '../words.ts';
import './controls.ts';
import { ElectionsController } from './elections-controller.ts';
import './elections-panel.ts';
import './faults-panel.ts';
import './message-counts.ts';
import './message-log.ts';
import './network-picture.ts';
import type { TraceOpened } from './open-trace.ts';
import './open-trace.ts';
import { pictureGates } from './picture-gates.ts';
import './refused-input.ts';
import { TraceController } from './trace-controller.ts';

/** The network as students need it: its picture, what one can do to it, and every message. */
@customElement('gh-lab')
export class LabView extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap);
        padding: var(--gap);
      }
      :host([recorded]) {
        display: block;
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1.25rem;
      }
      .facts div {
        display: flex;
        gap: 0.4rem;
      }
      dt {
        color: var(--ink-soft);
      }
      summary {
        padding: 0.35rem 0;
        cursor: pointer;
      }
      .side {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-content: start;
        gap: inherit;
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
          grid-template-areas: 'picture do' 'elections do' 'messages more' 'refused more';
          grid-template-columns: minmax(0, 1fr) 22rem;
          grid-template-rows: auto auto 1fr auto;
          gap: 1rem;
          padding: 1rem 1.25rem;
        }
        .picture {
          grid-area: picture;
        }
        .do {
          grid-area: do;
        }
        .more {
          grid-area: more;
        }
        .elections {
          grid-area: elections;
        }
        .messages {
          grid-area: messages;
        }
        .refused {
          grid-area: refused;
          align-self: start;
        }
      }
      @media (min-width: 100rem) {
        :host {
          grid-template-areas: 'picture do more' 'elections do more' 'messages do more' 'refused do more';
          grid-template-columns: minmax(0, 1fr) 20rem 20rem;
        }
        .messages {
          min-height: max(20rem, 100dvh - 40rem);
        }
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) status!: Status;
  /** A trace that is shown in place of the park. */
  @state() private opened: TraceOpened | null = null;

  /** Where there is little room, what one can do comes before how to read the picture. */
  readonly #roomy = new MediaController(this, '(min-width: 60rem)');
  readonly #trace = new TraceController(this);
  readonly #elections = new ElectionsController(this);
  /** Who keeps links to whom; empty in a mesh. */
  #links: readonly (readonly [string, string])[] = [];
  #version = 0;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('session')) {
      this.#trace.read(() => this.session.gatehouse.trace());
      this.session.others.then(
        ({ tabs }) => {
          if (this.isConnected) this.#elections.ask(tabs);
        },
        // It shows no elections then. Who asks for more than a look is told why.
        () => undefined,
      );
    }
    this.#links = this.status.topology === 'mesh' ? [] : this.session.gatehouse.links();
    this.#elections.record.linksAre(this.#links, Date.now());
    this.#version += 1;
    this.toggleAttribute('recorded', this.opened !== null);
  }

  protected override render(): TemplateResult {
    if (this.opened !== null) {
      const { trace, file } = this.opened;
      return html`<gh-trace .trace=${trace} .file=${file} @trace-closed=${this.#close}></gh-trace>`;
    }
    const { session, status } = this;
    const { feed, flights } = this.#trace;
    const { id, priority, peers, election: kind, topology } = status;
    const sparse = topology !== 'mesh';
    const elections = this.#elections.record.elections(kind, [{ id, priority }, ...peers]);
    return html`
      <section class="panel picture" aria-labelledby="network">
        <header>
          <h2 id="network">Network</h2>
          ${this.#facts()}
        </header>
        <gh-network
          .gates=${pictureGates(status)}
          .flights=${flights}
          .links=${this.#links}
          .tree=${elections.at(-1)?.tree ?? []}
        ></gh-network>
        <details class="small soft" ?open=${this.#roomy.matches}>
          <summary>How to read the picture</summary>
          <p>
            What this node knows: its own links. Whether others' links are open and their terms are
            not told to it, and cut off or crashed it knows of nobody. Links: solid is open, dashed
            is relayed, dotted is connecting, none is closed, a cross is cut off. Marks on them are
            messages; a cross is a lost one.
            ${
              sparse
                ? html`Thin lines: links that other nodes keep in this topology. Arrows: the tree of
                  the last wireless election, from each node to its parent.`
                : ''
            }
          </p>
        </details>
      </section>
      <div class="side do">
        <section class="panel" aria-labelledby="do">
          <header><h2 id="do">Try it</h2></header>
          <gh-controls .session=${session} .status=${status}></gh-controls>
        </section>
      </div>
      <section class="panel elections" aria-labelledby="elections">
        <header>
          <h2 id="elections">Elections and their messages</h2>
          <button class="quiet" @click=${this.#forget}>Forget them</button>
        </header>
        <gh-elections
          .kind=${kind}
          .elections=${elections}
          .nameOf=${session.nameOf}
        ></gh-elections>
      </section>
      <div class="side more">
        <section class="panel" aria-labelledby="faults">
          <header><h2 id="faults">Faults on what this node sends</h2></header>
          <gh-faults .gatehouse=${session.gatehouse} .status=${status}></gh-faults>
        </section>
        <section class="panel" aria-labelledby="counts">
          <header>
            <h2 id="counts">Counts</h2>
            <button class="quiet" @click=${this.#reset}>Reset counts</button>
          </header>
          <gh-counts .feed=${feed} .version=${this.#version}></gh-counts>
        </section>
        <section class="panel" aria-labelledby="more">
          <header><h2 id="more">More gates</h2></header>
          <gh-invite ranked view="#/lab"></gh-invite>
        </section>
        <section class="panel" aria-labelledby="trace">
          <header><h2 id="trace">A trace of the simulator</h2></header>
          <gh-open-trace @trace-opened=${this.#open}></gh-open-trace>
        </section>
      </div>
      <section class="panel messages" aria-labelledby="messages">
        <header><h2 id="messages">Messages</h2></header>
        <gh-messages
          .feed=${feed}
          .version=${this.#version}
          .peers=${status.peers.map((peer) => peer.id)}
          .nameOf=${session.nameOf}
        ></gh-messages>
      </section>
      <section class="panel refused" aria-labelledby="refused">
        <header><h2 id="refused">Refused input</h2></header>
        <gh-refused .refused=${status.refused} .nameOf=${session.nameOf}></gh-refused>
      </section>
    `;
  }

  #facts(): TemplateResult {
    const { term, leader, topology, commitIndex, lastIndex } = this.status;
    const facts: readonly (readonly [string, string])[] = [
      ['Term', termNumber(term)],
      ['Leader', leader === null ? 'none' : gateName(this.status, leader)],
      ['Committed', `${commitIndex} of ${lastIndex}`],
      ['Topology', topology],
    ];
    return html`<dl class="facts small">
      ${facts.map(
        ([what, value]) =>
          html`<div>
            <dt>${what}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>`;
  }

  readonly #open = (opened: TraceOpened): void => {
    this.opened = opened;
  };

  readonly #close = (): void => {
    this.opened = null;
    void this.updateComplete.then(() => this.renderRoot.querySelector('gh-open-trace')?.focus());
  };

  readonly #forget = (): void => {
    this.#elections.record.clear(Date.now());
    this.requestUpdate();
  };

  readonly #reset = (): void => {
    this.#trace.feed.resetCounts();
    this.requestUpdate();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-lab': LabView;
  }
}
