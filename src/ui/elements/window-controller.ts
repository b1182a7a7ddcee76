import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { inSight, scrollTo, type Sight } from './windowing.ts';

interface Options {
  /** The element that scrolls, once it is there. */
  scroller(): HTMLElement | null;
  count(): number;
  /** All rows are equally high; how high may depend on the width there is. */
  rowHeight(width: number): number;
}

/** Tells its host which rows of a long list to draw: those in sight, and a few more. */
export class WindowController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: Options;
  readonly #observer = new ResizeObserver(() => this.#measure());
  #observed: HTMLElement | null = null;
  /** As the last `scroll` told. Asking the scroller would make the browser lay out the page at once, with each new row. */
  #top = 0;
  #height = 0;
  #width = 0;

  constructor(host: ReactiveControllerHost, options: Options) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  get width(): number {
    return this.#width;
  }

  get rowHeight(): number {
    return this.#options.rowHeight(this.#width);
  }

  /** The height of all rows together, in pixels. */
  get total(): number {
    return this.#options.count() * this.rowHeight;
  }

  get sight(): Sight {
    return inSight({
      count: this.#options.count(),
      rowHeight: this.rowHeight,
      top: this.#top,
      height: this.#height,
    });
  }

  hostUpdated(): void {
    const scroller = this.#options.scroller();
    if (scroller === this.#observed) return;
    this.#observed?.removeEventListener('scroll', this.#onScroll);
    this.#observer.disconnect();
    this.#observed = scroller;
    // The list that was scrolled is gone, and this one stands at its beginning.
    this.#onScroll();
    if (scroller === null) return;
    scroller.addEventListener('scroll', this.#onScroll, { passive: true });
    this.#observer.observe(scroller);
  }

  hostDisconnected(): void {
    this.#observed?.removeEventListener('scroll', this.#onScroll);
    this.#observer.disconnect();
    this.#observed = null;
  }

  /** The row at the upper edge of what is seen. */
  get topRow(): number {
    return Math.floor(this.#top / this.rowHeight);
  }

  /**
   * So many rows were put in front, or taken away when negative. Who has scrolled away from the beginning keeps seeing the
   * same ones.
   */
  grewInFront(rows: number): void {
    const scroller = this.#observed;
    if (scroller === null || this.#top < this.rowHeight) return;
    scroller.scrollTop += rows * this.rowHeight;
  }

  reveal(row: number): void {
    const scroller = this.#observed;
    if (scroller === null) return;
    const { rowHeight } = this;
    const height = scroller.clientHeight;
    scroller.scrollTop = scrollTo({ row, rowHeight, top: scroller.scrollTop, height });
  }

  readonly #onScroll = (): void => {
    const top = this.#observed?.scrollTop ?? 0;
    if (top === this.#top) return;
    const before = this.sight;
    this.#top = top;
    const after = this.sight;
    if (before.first !== after.first || before.end !== after.end) this.#host.requestUpdate();
  };

  #measure(): void {
    const scroller = this.#observed;
    if (scroller === null) return;
    if (scroller.clientHeight === this.#height && scroller.clientWidth === this.#width) return;
    this.#height = scroller.clientHeight;
    this.#width = scroller.clientWidth;
    this.#host.requestUpdate();
  }
}
