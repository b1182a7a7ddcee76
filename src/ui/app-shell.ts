import { LitElement, css, html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Gatehouse, Status } from '../runtime/gatehouse.ts';
import { FrameController } from './elements/frame-controller.ts';
import { ShortcutsController } from './elements/shortcuts.ts';
import './elements/shortcuts-help.ts';
import './elements/status-line-element.ts';
import { shared } from './elements/styles.ts';
import './park/park-view.ts';
import { ROUTES, routeOf, type Route } from './routes.ts';
import { Session } from './session.ts';
import { insideWords, knowsPark } from './words.ts';
import { statusLine, type StatusLine } from './status-line.ts';

/** The page: the line at the top, the navigation, and the view that the address names. */
@customElement('gatehouse-app')
export class AppShell extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
        min-height: 100dvh;
        background: var(--paper);
        color: var(--ink);
        font: 1rem/1.4 var(--font);
        font-variant-numeric: tabular-nums;
      }
      header {
        display: grid;
        /* A long name is cut with an ellipsis: it must not widen the page. */
        grid-template-columns: minmax(0, 1fr);
        gap: 0.15rem 1.5rem;
        padding: 0.5rem var(--gap) 0;
        border-bottom: 1px solid var(--line);
        background: var(--panel);
      }
      nav {
        display: flex;
        min-width: 0;
        align-items: center;
        gap: 0.25rem;
      }
      nav a {
        display: flex;
        align-items: center;
        min-height: 2.5rem;
        padding: 0 0.75rem;
        border-bottom: 3px solid transparent;
        color: var(--ink);
        text-decoration: none;
      }
      nav a[aria-current='page'] {
        border-bottom-color: var(--accent);
        font-weight: 650;
      }
      /* All views fit the smallest phone. */
      @media (max-width: 24rem) {
        nav a {
          padding: 0 0.5rem;
        }
      }
      .gate {
        flex: 1;
        min-width: 0;
        margin: 0;
        font-weight: 400;
        text-align: right;
      }
      .loading {
        padding: 2rem var(--gap);
      }
      @media (min-width: 60rem) {
        header {
          grid-template-columns: minmax(0, 1fr) auto;
          align-items: center;
          padding: 0.25rem 1.25rem 0;
        }
      }
    `,
  ];

  @property({ attribute: false }) gatehouse: Gatehouse | undefined;
  @state() private route: Route = routeOf(location.hash);
  @state() private loaded = true;
  @query('gh-shortcuts') private readonly help!: HTMLElementTagNameMap['gh-shortcuts'];

  readonly #frames = new FrameController(this);
  protected readonly shortcuts = new ShortcutsController(this, {
    '?': () => this.help.show(),
  });
  #session: Session | undefined;
  #line: StatusLine = { tone: 'waiting', text: '' };

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('hashchange', this.#navigate);
    this.#navigate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('hashchange', this.#navigate);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('gatehouse')) return;
    this.#session = this.gatehouse === undefined ? undefined : new Session(this.gatehouse);
    this.#frames.follow(this.gatehouse);
  }

  protected override render(): TemplateResult {
    const session = this.#session;
    if (session === undefined) return html`<main class="loading">Opening the gate …</main>`;
    const status = session.gatehouse.status();
    return html`
      <header>
        <gh-status-line .line=${this.#lineOf(status)}></gh-status-line>
        <nav aria-label="Views">
          ${ROUTES.map((route) => this.#link(route))}
          <h1 class="gate ellipsis small soft">${status.name}, park ${status.park}</h1>
          <gh-shortcuts></gh-shortcuts>
        </nav>
      </header>
      <main aria-label=${this.route.title}>
        ${
          this.loaded
            ? this.route.render(session, status)
            : html`<p class="loading">Opening the ${this.route.title.toLowerCase()} …</p>`
        }
      </main>
    `;
  }

  protected override updated(): void {
    if (this.#session === undefined) return;
    const status = this.#session.gatehouse.status();
    const { capacity, name } = status;
    const counted = knowsPark(status) ? `${insideWords(status)}/${capacity} · ` : '';
    document.title = `${counted}${name} · Gatehouse`;
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

  readonly #navigate = (): void => {
    const route = routeOf(location.hash);
    this.route = route;
    this.loaded = route.load === undefined;
    if (route.load === undefined) return;
    void route.load().then(() => {
      if (this.route === route) this.loaded = true;
    });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'gatehouse-app': AppShell;
  }
}
