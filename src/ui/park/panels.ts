import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Status } from '../../runtime/gatehouse.ts';
import { downloadJson } from '../elements/download.ts';
import { FrameController } from '../elements/frame-controller.ts';
import { shared } from '../elements/styles.ts';
import { messageOf, type Session } from '../session.ts';
import { count, knowsPark, shortId } from '../words.ts';
import './archives.ts';
import './capacity.ts';
import './gates.ts';
import './invite.ts';
import './log-panel.ts';
import './situation.ts';
import type { VisitorList } from './visitor-list.ts';
import './visitor-list.ts';
import './visitor-tabs.ts';
import { wholeLog } from './whole-log.ts';

/**
 * What stands below the door on a phone, and beside it on a desktop: who is inside, the gates, the log. Fetched once the
 * door is up, and shown all at once, so that nothing moves. Fires `choose` with the visitor that was selected, or null.
 */
@customElement('gh-park-panels')
export class ParkPanels extends LitElement {
  static override styles = [
    shared,
    css`
      /* Its columns stand in the grid of the park. */
      :host {
        display: contents;
      }
      .people {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap);
        align-content: start;
        min-width: 0;
      }
      gh-visitor-list {
        height: 20rem;
      }
      gh-log {
        height: 32rem;
      }
      @media (max-width: 59.99rem) and (max-height: 29.99rem) {
        .people,
        .log {
          grid-column: 1 / -1;
        }
      }
      @media (min-width: 60rem) {
        .people {
          grid-area: people;
        }
        .log {
          grid-area: log;
          position: sticky;
          top: 1rem;
          display: flex;
          flex-direction: column;
          height: calc(100dvh - 6.75rem);
          min-height: 28rem;
        }
        gh-log {
          flex: 1;
          height: auto;
        }
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) status!: Status;
  /** The unconfirmed ones too. */
  @property({ attribute: false }) inside!: ReadonlySet<string>;
  /** Visitors who are being let out. */
  @property({ attribute: false }) leaving!: ReadonlySet<string>;
  @property({ attribute: false }) selected: string | null = null;
  /** How the export goes. */
  @state() private exporting = '';
  @query('gh-visitor-list') private readonly visitorList!: VisitorList;

  readonly #log = new FrameController(this, 'news');

  focusSearch(): void {
    this.visitorList.focusSearch();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('session')) this.#log.follow(this.session.log);
  }

  protected override render(): TemplateResult {
    const { session, status } = this;
    const { gatehouse } = session;
    const archives = gatehouse.archives();
    return html`
      <div class="people">
        <section class="panel" aria-labelledby="inside">
          <header>
            <h2 id="inside">Who is inside</h2>
            <gh-capacity .session=${session} .status=${status}></gh-capacity>
          </header>
          <gh-visitor-list
            .visitors=${[...this.inside]}
            .unsure=${status.unconfirmed?.visitors ?? []}
            ?known=${knowsPark(status)}
            .leaving=${this.leaving}
            .selected=${this.selected}
            @choose=${this.#choose}
          ></gh-visitor-list>
        </section>
        <section class="panel" aria-labelledby="gates">
          <header>
            <h2 id="gates">Gates</h2>
            <a class="small" href="#/lab">For students: the lab</a>
          </header>
          <gh-gates .gatehouse=${gatehouse} .status=${status}></gh-gates>
        </section>
        <section class="panel" aria-labelledby="more">
          <header><h2 id="more">More gates</h2></header>
          <gh-invite view="#/park"></gh-invite>
        </section>
        <section class="panel" aria-labelledby="tabs">
          <header><h2 id="tabs">Visitors with their own phones</h2></header>
          <gh-visitor-tabs .tabs=${gatehouse.visitorTabs()}></gh-visitor-tabs>
          <gh-invite what="visitor"></gh-invite>
        </section>
        ${
          archives.length === 0
            ? nothing
            : html`<section class="panel" aria-labelledby="aside">
                <header><h2 id="aside">Logs set aside</h2></header>
                <gh-archives .archives=${archives} .nameOf=${session.nameOf}></gh-archives>
              </section>`
        }
      </div>
      <section class="panel log" aria-labelledby="log">
        <header>
          <h2 id="log">Log</h2>
          <span class="row">
            <span class="small" role="status">${this.exporting}</span>
            <span class="small soft">${this.#entries()}</span>
            <button class="quiet" @click=${this.#export}>Export the log</button>
          </span>
        </header>
        <gh-log .session=${session}></gh-log>
      </section>
    `;
  }

  #entries(): string {
    if (knowsPark(this.status)) return count(this.status.commitIndex, 'entry', 'entries');
    const last = this.session.log.entries.at(-1)?.index ?? 0;
    return last === 0 ? '' : `${count(last, 'entry', 'entries')}, as last known`;
  }

  readonly #choose = ({ detail }: CustomEvent<string | null>): void => {
    this.dispatchEvent(new CustomEvent<string | null>('choose', { detail }));
  };

  readonly #export = async (): Promise<void> => {
    this.exporting = 'Reading the log …';
    try {
      const log = await wholeLog(this.session.gatehouse);
      downloadJson(`gatehouse-${log.park}-${shortId(log.generation)}.json`, log);
      this.exporting = '';
    } catch (error) {
      this.exporting = `Not exported: ${messageOf(error)}`;
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-park-panels': ParkPanels;
  }
}
