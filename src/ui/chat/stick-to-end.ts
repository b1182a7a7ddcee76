import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Within so many pixels of its end a list counts as read to the end. */
const NEAR = 32;

/**
 * Keeps the end of a growing list in sight for who is there, and nobody else's place: who has scrolled up to read stays
 * where they are.
 */
export class StickToEnd implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #scroller: () => HTMLElement | null;
  /** The list grew, or the scroller got another size, e.g. since a keyboard came up. It is told before the next paint. */
  readonly #observer = new ResizeObserver(() => this.#settle());
  #observed: HTMLElement | null = null;
  #atEnd = true;
  /** Where the scroller was when it was last looked at. */
  #top = 0;

  constructor(host: ReactiveControllerHost, scroller: () => HTMLElement | null) {
    this.#host = host;
    this.#scroller = scroller;
    host.addController(this);
  }

  get atEnd(): boolean {
    return this.#atEnd;
  }

  /** From now on at the end again, e.g. in another list. */
  toEnd(): void {
    this.#atEnd = true;
    this.#settle();
    this.#host.requestUpdate();
  }

  hostUpdated(): void {
    const scroller = this.#scroller();
    if (scroller === this.#observed) return;
    this.hostDisconnected();
    this.#observed = scroller;
    scroller?.addEventListener('scroll', this.#onScroll, { passive: true });
    for (const element of [scroller, scroller?.firstElementChild]) {
      if (element) this.#observer.observe(element);
    }
  }

  hostDisconnected(): void {
    this.#observed?.removeEventListener('scroll', this.#onScroll);
    this.#observer.disconnect();
    this.#observed = null;
  }

  #settle(): void {
    const scroller = this.#observed;
    if (!scroller || !this.#atEnd) return;
    scroller.scrollTop = scroller.scrollHeight;
    this.#top = scroller.scrollTop;
  }

  /**
   * The event of a scroll to the end may come when the list has grown again, and then finds it far from its end: that is
   * nobody's wish. Only who moves it up leaves the end.
   */
  readonly #onScroll = (): void => {
    const scroller = this.#observed;
    if (!scroller) return;
    const { scrollTop, clientHeight, scrollHeight } = scroller;
    const isUp = scrollTop < this.#top;
    this.#top = scrollTop;
    const isNear = scrollTop + clientHeight >= scrollHeight - NEAR;
    const atEnd = isNear || (this.#atEnd && !isUp);
    if (atEnd === this.#atEnd) return;
    this.#atEnd = atEnd;
    this.#host.requestUpdate();
  };
}
