import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Whether a media query matches, kept up to date. */
export class MediaController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #query: MediaQueryList;
  /** Kept, since asking the query makes the browser lay out the page at once. */
  #matches: boolean;

  constructor(host: ReactiveControllerHost, query: string) {
    this.#host = host;
    this.#query = matchMedia(query);
    this.#matches = this.#query.matches;
    host.addController(this);
  }

  get matches(): boolean {
    return this.#matches;
  }

  hostConnected(): void {
    this.#query.addEventListener('change', this.#onChange);
    // It may have changed while its host was not in the page.
    this.#matches = this.#query.matches;
  }

  hostDisconnected(): void {
    this.#query.removeEventListener('change', this.#onChange);
  }

  readonly #onChange = (): void => {
    this.#matches = this.#query.matches;
    this.#host.requestUpdate();
  };
}
