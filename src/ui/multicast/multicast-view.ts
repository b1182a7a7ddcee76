import { LitElement, css, html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Status } from '../../runtime/gatehouse.ts';
import { shared } from '../elements/styles.ts';
import '../park/invite.ts';
import type { Session } from '../session.ts';
import { isDown } from '../words.ts';
import './comparison.ts';
import './failing.ts';
import './group.ts';
import './inspector.ts';
import './measuring.ts';
import { PeersController } from './peers-controller.ts';
import './sending.ts';
import { ViewBook } from './view-book.ts';

/** Total-order multicast: messages to all gates, which all deliver in one order. */
@customElement('gh-multicast')
export class MulticastView extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap);
        padding: var(--gap);
      }
      .side {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-content: start;
        gap: inherit;
      }
      .costs {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem;
      }
      .costs h3 {
        margin-bottom: 0.35rem;
      }
      @media (min-width: 60rem) {
        :host {
          grid-template-areas: 'send order' 'more order';
          grid-template-columns: 22rem minmax(0, 1fr);
          grid-template-rows: auto 1fr;
          gap: 1rem;
          padding: 1rem 1.25rem;
        }
        .order {
          grid-area: order;
        }
        .more {
          grid-area: more;
        }
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) status!: Status;

  readonly #peers = new PeersController(this);
  readonly #views = new ViewBook();

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('session')) this.#peers.follow(this.session.gatehouse);
    this.#views.note(this.session.gatehouse.multicast.inspect());
  }

  protected override render(): TemplateResult {
    const { session, status } = this;
    const { gatehouse, nameOf } = session;
    const state = gatehouse.multicast.inspect();
    const down = isDown(status);
    return html`
      <section class="panel" aria-labelledby="send">
        <header><h2 id="send">Send to all gates</h2></header>
        <gh-multicast-sending
          .gatehouse=${gatehouse}
          .group=${state}
          ?down=${down}
        ></gh-multicast-sending>
      </section>
      <div class="side order">
        <section class="panel" aria-labelledby="inspector">
          <header><h2 id="inspector">The same order at every gate</h2></header>
          <gh-multicast-inspector
            .peers=${down ? [] : this.#peers.peers}
            .state=${state}
            .self=${status.id}
            .nameOf=${nameOf}
          ></gh-multicast-inspector>
        </section>
        <section class="panel" aria-labelledby="costs">
          <header><h2 id="costs">What a multicast costs</h2></header>
          <div class="costs">
            <section aria-labelledby="measured">
              <h3 id="measured">In this park, now</h3>
              <gh-multicast-measuring
                .gatehouse=${gatehouse}
                ?down=${down}
              ></gh-multicast-measuring>
            </section>
            <section aria-labelledby="compared">
              <h3 id="compared">As the group grows</h3>
              <gh-multicast-comparison></gh-multicast-comparison>
            </section>
          </div>
        </section>
      </div>
      <div class="side more">
        <section class="panel" aria-labelledby="fail">
          <header><h2 id="fail">Let this gate fail</h2></header>
          <gh-multicast-failing .gatehouse=${gatehouse} .status=${status}></gh-multicast-failing>
        </section>
        <section class="panel" aria-labelledby="group">
          <header><h2 id="group">The group</h2></header>
          <gh-multicast-group
            .state=${state}
            .views=${this.#views}
            .nameOf=${nameOf}
          ></gh-multicast-group>
        </section>
        <section class="panel" aria-labelledby="more">
          <header><h2 id="more">More gates</h2></header>
          <gh-invite view="#/multicast"></gh-invite>
        </section>
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-multicast': MulticastView;
  }
}
