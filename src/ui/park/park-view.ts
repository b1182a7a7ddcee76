import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Status } from '../../runtime/gatehouse.ts';
import { FrameController } from '../elements/frame-controller.ts';
import { MediaController } from '../elements/media-controller.ts';
import { ShortcutsController } from '../elements/shortcuts.ts';
import { shared } from '../elements/styles.ts';
import type { Session } from '../session.ts';
import { knowsPark } from '../words.ts';
import { lastLetIn, whoLeaves } from './desk.ts';
import type { Door } from './door.ts';
import './door.ts';
import './last-visitors.ts';
import { needsPerson } from './needs-person.ts';
import './occupancy.ts';
import type { ParkPanels } from './panels.ts';

/** The last five are shown; a few more are kept for "Let out" to fall back on. */
const SHOWN = 5;
const REMEMBERED = 50;

/**
 * Fetches what stands around the door. Apart from the door, so that that is up the sooner; and right after it, since the
 * server may go away at any time.
 */
export function loadPanels(): Promise<unknown> {
  return import('./panels.ts');
}

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
      .desk {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap);
        align-content: start;
        min-width: 0;
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
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
          grid-auto-flow: row dense;
        }
        .desk {
          display: contents;
        }
        gh-situation,
        .desk > :not(gh-door) {
          grid-column: 1 / -1;
        }
      }

      @media (min-width: 60rem) {
        :host {
          grid-template-columns: minmax(0, 19fr) minmax(0, 16fr) minmax(0, 20fr);
          grid-template-areas:
            'situation situation situation'
            'occupancy people log'
            'desk people log';
          grid-template-rows: auto auto 1fr;
          align-items: start;
          padding: 1rem 1.25rem;
          gap: 0 1rem;
        }
        /* Margins and no gaps: most of the time there is no situation. */
        gh-situation {
          grid-area: situation;
          margin-bottom: 1rem;
        }
        gh-occupancy {
          grid-area: occupancy;
          margin-bottom: var(--gap);
        }
        .desk {
          grid-area: desk;
        }
      }
      /* As wide as these columns at the least, the gaps, and a scroll bar. */
      @media (min-width: 67rem) {
        :host {
          grid-template-columns: minmax(20rem, 26rem) minmax(17rem, 24rem) minmax(24rem, 1fr);
        }
      }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) status!: Status;
  @state() private selected: string | null = null;
  @state() private visitorName = '';
  /** Whether the panels have come. */
  @state() private panels: 'coming' | 'here' | 'failed' = 'coming';
  @query('gh-door') private readonly door!: Door;
  @query('gh-park-panels') private readonly panelsElement!: ParkPanels | null;

  readonly #log = new FrameController(this, 'news');
  readonly #desk = new FrameController(this, 'deeds');
  readonly #narrow = new MediaController(this, '(max-width: 59.99rem)');
  readonly #low = new MediaController(this, '(max-height: 29.99rem)');
  protected readonly shortcuts = new ShortcutsController(this, {
    i: () => this.door.letIn(),
    o: () => this.door.letOut(),
    '/': () => this.panelsElement?.focusSearch(),
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('session')) {
      this.#log.follow(this.session.log);
      this.#desk.follow(this.session.desk);
    }
  }

  protected override firstUpdated(): void {
    loadPanels().then(
      () => (this.panels = 'here'),
      () => (this.panels = 'failed'),
    );
  }

  protected override render(): TemplateResult {
    const { session, status } = this;
    const { desk, log } = session;
    const unsure = status.unconfirmed?.visitors ?? [];
    const inside = new Set([...status.visitors, ...unsure]);
    const { leaving } = desk;
    const recent = lastLetIn(log.entries, status.id, REMEMBERED);
    const leaver = whoLeaves({ inside, leaving, selected: this.selected, recent });
    const narrow = this.#narrow.matches;
    return html`
      <gh-occupancy .status=${status} ?compact=${narrow && needsPerson(status)}></gh-occupancy>
      ${this.#situation()}
      <div class="desk">
        <gh-door
          .session=${session}
          .status=${status}
          .visitorName=${this.visitorName}
          .leaver=${leaver}
          ?bar=${narrow && !this.#low.matches}
          @tapped=${this.#tapped}
          @not-in=${this.#notIn}
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
      ${this.#panels(inside)}
    `;
  }

  #situation(): TemplateResult | typeof nothing {
    if (this.panels !== 'here') return nothing;
    return html`<gh-situation
      .gatehouse=${this.session.gatehouse}
      .status=${this.status}
    ></gh-situation>`;
  }

  #panels(inside: ReadonlySet<string>): TemplateResult | typeof nothing {
    if (this.panels === 'coming') return nothing;
    if (this.panels === 'failed') {
      return html`<p role="alert">
        The rest of this page could not be fetched. Counting goes on. Reload the page once the
        server is back.
      </p>`;
    }
    const { session, status } = this;
    return html`<gh-park-panels
      .session=${session}
      .status=${status}
      .inside=${inside}
      .leaving=${session.desk.leaving}
      .selected=${this.selected}
      @choose=${(event: CustomEvent<string | null>) => (this.selected = event.detail)}
    ></gh-park-panels>`;
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

  readonly #named = (event: Event): void => {
    event.preventDefault();
    this.door.letIn();
  };

  readonly #tapped = (event: CustomEvent<'enter' | 'leave'>): void => {
    if (event.detail === 'enter') this.visitorName = '';
    else this.selected = null;
  };

  /** So that a second tap does not let somebody in without a name; what is typed meanwhile is for the next one. */
  readonly #notIn = ({ detail }: CustomEvent<string>): void => {
    if (this.visitorName === '') this.visitorName = detail;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'gh-park': ParkView;
  }
}
