import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Gatehouse, Status } from '../runtime/gatehouse.ts';
import { FrameController } from './elements/frame-controller.ts';
import { isSame } from './elements/same.ts';
import { PageTitle } from './elements/page-title.ts';
import { ShortcutsController } from './elements/shortcuts.ts';
import './another-tab.ts';
import './elements/status-line-element.ts';
import { shared } from './elements/styles.ts';
import { loadPanels } from './park/park-view.ts';
import { RefusedEvent } from './refused-event.ts';
import { ROUTES, START, routeOf, type Route } from './routes.ts';
import { Session } from './session.ts';
import { insideWords, knowsPark } from './words.ts';
import { statusLine, type StatusLine } from './status-line.ts';

/** Fetches the list of keys, which few people open: apart from the first load, and right after it. */
function loadShortcuts(): Promise<unknown> {
  return import('./elements/shortcuts-help.ts');
}

interface Shown {
  readonly status: Status;
  readonly news: unknown;
}

/** The page: the line at the top, the navigation, and the view that the address names. */
@customElement('gatehouse-app')
export class AppShell extends LitElement {
  static override styles = [
    shared,
    css`
      /* So that a view can grow to fill what the header leaves of the screen. */
      :host,
      main {
        display: flex;
        flex-direction: column;
      }
      main {
        flex: 1;
        /* It is given the focus so that what follows is read from here: nothing to see in that. */
        outline: none;
      }
      :host {
        min-height: 100dvh;
        background: var(--paper);
        color: var(--ink);
        font: 1rem/1.4 var(--font);
        font-variant-numeric: tabular-nums;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.15rem 0.75rem;
        padding: 0.5rem var(--gap) 0.25rem;
        border-bottom: 1px solid var(--line);
        background: var(--panel);
      }
      gh-status-line,
      nav {
        flex: 1 0 100%;
        min-width: 0;
      }
      nav {
        display: flex;
        flex-wrap: wrap;
        margin: 0 -0.4rem;
      }
      nav a {
        display: flex;
        align-items: center;
        min-height: 2.75rem;
        padding: 0 0.4rem;
        border-bottom: 3px solid transparent;
        color: var(--ink);
        font-size: 0.9375rem;
        text-decoration: none;
      }
      nav a[aria-current='page'] {
        border-bottom-color: var(--accent);
        font-weight: 650;
      }
      /* A long name is cut with an ellipsis: it must not widen the page. */
      .gate {
        flex: 1 1 8rem;
        min-width: 0;
        margin: 0;
        font-weight: 400;
      }
      .more {
        display: flex;
        align-items: center;
        gap: 0.5rem;
      }
      .loading {
        padding: 2rem var(--gap);
      }
      .loading button {
        margin-top: 0.75rem;
      }
      @media (min-width: 60rem) {
        header {
          display: grid;
          grid-template-columns: minmax(0, 1fr) auto;
          padding: 0.5rem 1.25rem 0;
        }
        .gate {
          grid-area: 1 / 2;
          justify-self: end;
          max-width: 32rem;
        }
        nav a {
          min-height: 2.5rem;
          padding: 0 0.75rem;
          font-size: 1rem;
        }
      }
    `,
  ];

  @property({ attribute: false }) gatehouse: Gatehouse | undefined;
  @state() private route: Route = routeOf(location);
  @state() private code: 'there' | 'coming' | 'missing' = 'there';
  @query('gh-shortcuts') private readonly help!: HTMLElementTagNameMap['gh-shortcuts'] | null;

  @query('main') private readonly main!: HTMLElement | null;

  readonly #frames = new FrameController(this, 'news', () => this.#hasNews());
  protected readonly shortcuts = new ShortcutsController(this, {
    '?': () => void this.#showHelp(),
  });
  readonly #title = new PageTitle();
  #session: Session | undefined;
  /** What is shown. */
  #shown: Shown | undefined;
  #line: StatusLine = { tone: 'waiting', text: '' };

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('hashchange', this.#goElsewhere);
    this.#navigate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('hashchange', this.#goElsewhere);
    this.#session?.close();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('gatehouse')) return;
    this.#session?.close();
    this.#session = this.gatehouse === undefined ? undefined : new Session(this.gatehouse);
    this.#frames.follow(this.gatehouse);
  }

  protected override render(): TemplateResult {
    const session = this.#session;
    if (session === undefined) return html``;
    this.#shown = this.#show(session);
    const { status } = this.#shown;
    return html`
      ${this.route.front ? nothing : this.#header(status)}
      <main
        aria-label=${this.route.title}
        tabindex="-1"
        @focus-lost=${() => this.main?.focus({ preventScroll: true })}
      >
        ${this.code === 'there' ? this.route.render(session, status) : this.#notYet()}
      </main>
    `;
  }

  #notYet(): TemplateResult {
    const { title } = this.route;
    if (this.code === 'coming') {
      return html`<p class="loading">Opening the ${title.toLowerCase()} …</p>`;
    }
    return html`<section class="loading" role="alert">
      <h2>${title} could not be fetched</h2>
      <p>The gate itself goes on. If trying again does not help, reload the page.</p>
      <button class="primary" @click=${() => this.#load()}>Try again</button>
    </section>`;
  }

  protected override firstUpdated(): void {
    // Whatever view is first: the park is one that must open without a server. If it fails, the park says so.
    loadPanels().catch(() => undefined);
    loadShortcuts().catch(() => undefined);
  }

  async #showHelp(): Promise<void> {
    await loadShortcuts().catch(() => undefined);
    // The start page has no header, and nothing to press; and without a server there may be no list.
    if (customElements.get('gh-shortcuts')) this.help?.show();
  }

  protected override updated(): void {
    if (this.#shown === undefined) return;
    const { status } = this.#shown;
    const { capacity, name } = status;
    const counted = knowsPark(status) ? `${insideWords(status)}/${capacity} · ` : '';
    this.#title.set(this.route.front ? 'Gatehouse' : `${counted}${name} · Gatehouse`);
  }

  /** Most of what happens in a gate is a heartbeat, which changes nothing that is shown. */
  #hasNews(): boolean {
    if (this.#session === undefined || this.route.news === undefined) return true;
    return !isSame(this.#shown, this.#show(this.#session));
  }

  #show(session: Session): Shown {
    return { status: session.gatehouse.status(), news: this.route.news?.(session) };
  }

  #header(status: Status): TemplateResult {
    return html`<header>
      <gh-status-line .line=${this.#lineOf(status)}></gh-status-line>
      <nav aria-label="Views">${[START, ...ROUTES].map((route) => this.#link(route))}</nav>
      <h1 class="gate ellipsis small soft">${status.name}, park ${status.park}</h1>
      <div class="more">
        <gh-another-tab .status=${status} .view=${this.route.hash}></gh-another-tab>
        <gh-shortcuts></gh-shortcuts>
      </div>
    </header>`;
  }

  #link(route: Route): TemplateResult {
    const current = route.hash === this.route.hash;
    return html`<a href=${route.hash} aria-current=${current ? 'page' : 'false'}
      >${route.title}</a
    >`;
  }

  /** The same object as long as it says the same, so that nothing is drawn or read out again. */
  #lineOf(status: Status): StatusLine {
    const line = statusLine(status);
    if (line.text !== this.#line.text || line.tone !== this.#line.tone) this.#line = line;
    return this.#line;
  }

  /** Another view begins at its beginning, unless it was chosen in the navigation, which is still there. */
  readonly #goElsewhere = (): void => {
    const before = this.route;
    this.#navigate();
    if (this.route === before) return;
    window.scrollTo(0, 0);
    void this.updateComplete.then(() => {
      const focused = (this.renderRoot as ShadowRoot).activeElement;
      const isInHeader = focused !== null && focused.closest('header') !== null;
      if (!isInHeader) this.main?.focus({ preventScroll: true });
    });
  };

  readonly #navigate = (): void => {
    const route = routeOf(location);
    this.route = route;
    if (route.missing) this.dispatchEvent(new RefusedEvent('address', 'no such view'));
    this.#load();
  };

  #load(): void {
    const { route } = this;
    this.code = route.load === undefined ? 'there' : 'coming';
    if (route.load === undefined) return;
    const become = (code: 'there' | 'missing'): void => {
      // Whoever has gone elsewhere meanwhile waits for something else.
      if (this.route === route) this.code = code;
    };
    route.load().then(
      () => become('there'),
      (error: unknown) => {
        console.warn(`Gatehouse: ${route.title} could not be fetched.`, error);
        become('missing');
      },
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gatehouse-app': AppShell;
  }
}
