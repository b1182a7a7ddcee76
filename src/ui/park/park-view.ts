import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Status } from '../../runtime/gatehouse.ts';
import { downloadJson } from '../elements/download.ts';
import { FrameController } from '../elements/frame-controller.ts';
import { MediaController } from '../elements/media-controller.ts';
import { ShortcutsController } from '../elements/shortcuts.ts';
import { shared } from '../elements/styles.ts';
import { messageOf, type Session } from '../session.ts';
import { count, knowsPark, shortId } from '../words.ts';
import './archives.ts';
import './capacity.ts';
import { lastLetIn, whoLeaves } from './desk.ts';
import type { Door } from './door.ts';
import './door.ts';
import './gates.ts';
import './invite.ts';
import './last-visitors.ts';
import './log-panel.ts';
import './occupancy.ts';
import { needsPerson } from './situation.ts';
import type { VisitorList } from './visitor-list.ts';
import './visitor-list.ts';
import './visitor-tabs.ts';
import { wholeLog } from './whole-log.ts';

/** The last five are shown; a few more are kept for "Let out" to fall back on. */
const SHOWN = 5;
const REMEMBERED = 50;

/** The park as door staff need it: count, two buttons, and everything else one scroll away. */
@customElement('gh-park')
export class ParkView extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-content: start;
        gap: var(--gap);
        padding: var(--gap);
        /* The door covers the end of the screen. */
        padding-bottom: calc(14rem + env(safe-area-inset-bottom));
      }
      .desk,
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
      .named {
        display: grid;
        gap: 0.25rem;
      }
      .named input {
        width: 100%;
      }

      /* A phone on its side: the count and the buttons next to each other, nothing fixed. */
      @media (max-width: 59.99rem) and (max-height: 29.99rem) {
        :host {
          padding-bottom: var(--gap);
        }
        .desk {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
          grid-auto-flow: dense;
        }
        .desk > :not(gh-occupancy, gh-door) {
          grid-column: 1 / -1;
        }
      }

      @media (min-width: 60rem) {
        :host {
          grid-template-columns: minmax(20rem, 26rem) minmax(17rem, 24rem) minmax(24rem, 1fr);
          align-items: start;
          padding: 1rem 1.25rem;
          gap: 1rem;
        }
        gh-situation {
          grid-column: 1 / -1;
        }
        .log {
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
  @state() private selected: string | null = null;
  @state() private visitorName = '';
  /** How the export goes. */
  @state() private exporting = '';
  @query('gh-door') private readonly door!: Door;
  @query('gh-visitor-list') private readonly visitorList!: VisitorList;

  readonly #log = new FrameController(this);
  readonly #desk = new FrameController(this);
  readonly #narrow = new MediaController(this, '(max-width: 59.99rem)');
  readonly #low = new MediaController(this, '(max-height: 29.99rem)');
  protected readonly shortcuts = new ShortcutsController(this, {
    i: () => this.door.letIn(),
    o: () => this.door.letOut(),
    '/': () => this.visitorList.focusSearch(),
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('session')) {
      this.#log.follow(this.session.log);
      this.#desk.follow(this.session.desk);
    }
  }

  protected override render(): TemplateResult {
    const { session, status } = this;
    const { gatehouse, desk, log } = session;
    const unsure = status.unconfirmed?.visitors ?? [];
    const inside = new Set([...status.visitors, ...unsure]);
    const { leaving } = desk;
    const recent = lastLetIn(log.entries, status.id, REMEMBERED);
    const leaver = whoLeaves({ inside, leaving, selected: this.selected, recent });
    const archives = gatehouse.archives();
    const narrow = this.#narrow.matches;
    const situation = html`<gh-situation .gatehouse=${gatehouse} .status=${status}></gh-situation>`;
    return html`
      ${narrow ? nothing : situation}
      <div class="desk">
        <gh-occupancy .status=${status} ?compact=${narrow && needsPerson(status)}></gh-occupancy>
        ${narrow ? situation : nothing}
        <gh-door
          .session=${session}
          .status=${status}
          .visitorName=${this.visitorName}
          .leaver=${leaver}
          ?bar=${narrow && !this.#low.matches}
          @tapped=${this.#tapped}
        ></gh-door>
        <section class="panel" aria-labelledby="last">
          <header><h2 id="last">Last five at this gate</h2></header>
          <gh-last-visitors
            .session=${session}
            .visitors=${recent.slice(0, SHOWN)}
            .inside=${inside}
            ?known=${knowsPark(status)}
            .leaving=${leaving}
          ></gh-last-visitors>
        </section>
        ${this.#nameField()}
      </div>
      <div class="people">
        <section class="panel" aria-labelledby="inside">
          <header>
            <h2 id="inside">Who is inside</h2>
            <gh-capacity .session=${session} .status=${status}></gh-capacity>
          </header>
          <gh-visitor-list
            .visitors=${[...inside]}
            .unsure=${unsure}
            ?known=${knowsPark(status)}
            .leaving=${leaving}
            .selected=${this.selected}
            @choose=${(event: CustomEvent<string | null>) => (this.selected = event.detail)}
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
          <gh-invite></gh-invite>
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

  #nameField(): TemplateResult {
    return html`<form class="panel named" @submit=${this.#named}>
      <label for="name">Name of the next visitor (optional: without one, a name is made)</label>
      <input
        id="name"
        autocomplete="off"
        enterkeyhint="go"
        .value=${this.visitorName}
        @input=${(event: Event) => (this.visitorName = (event.target as HTMLInputElement).value)}
      />
    </form>`;
  }

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

  readonly #named = (event: Event): void => {
    event.preventDefault();
    this.door.letIn();
  };

  readonly #tapped = (event: CustomEvent<'enter' | 'leave'>): void => {
    if (event.detail === 'enter') this.visitorName = '';
    else this.selected = null;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-park': ParkView;
  }
}
