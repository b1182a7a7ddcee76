import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { actsNow } from './acting.ts';
import { Beat, isHidden, type Part } from './beat.ts';

/** Something that changes and says so. */
export interface Source {
  subscribe(listener: () => void): () => void;
}

/** A hidden page draws no frames; what it shows (its title) still follows, slowly. */
const HIDDEN_PAUSE_MS = 500;
/** Between two draws of news, ms at the least: nobody reads more than five counts a second. */
const NEWS_PAUSE_MS = 200;
/**
 * News take one part in so many of the page's time: a gate that draws is late with what others wait for. In a park of ten
 * thousand visitors, or on an old phone, they are drawn less often.
 */
const NEWS_SHARE = 20;
/** The most between two draws of news, ms. */
const NEWS_MOST_PAUSE_MS = 1000;
/** News are drawn so long after they came, ms: what follows at once, as a new leader its election, is drawn with them. */
const NEWS_DELAY_MS = 50;

/**
 * `deeds`: what the person at this page does, which is drawn in the next frame. `news`: what the network does; that is
 * drawn in the next frame too while the person acts, and else after a short while.
 */
type Content = 'deeds' | 'news';

/** The page's: all parts that wait are drawn together. */
const BEATS: Record<Content, Beat> = {
  deeds: new Beat(() => (isHidden() ? HIDDEN_PAUSE_MS : 0)),
  news: new Beat(({ at, cost }) => {
    if (isHidden()) return HIDDEN_PAUSE_MS;
    if (actsNow()) return 0;
    const pause = Math.min(NEWS_MOST_PAUSE_MS, Math.max(NEWS_PAUSE_MS, cost * NEWS_SHARE));
    return Math.max(NEWS_DELAY_MS, at + pause - performance.now());
  }),
};

/** An element joins the page before those within it. */
let joined = 0;

/** Updates its host when a source changes, at most once a frame, while the host is in the page. */
export class FrameController implements ReactiveController, Part {
  order = 0;
  readonly #host: ReactiveControllerHost;
  readonly #beat: Beat;
  readonly hasNews: () => boolean;
  #source: Source | undefined;
  #unsubscribe: (() => void) | undefined;
  #connected = false;

  /** `hasNews`: whether the host would show something else than it does. Without it, it may. */
  constructor(host: ReactiveControllerHost, content: Content, hasNews = (): boolean => true) {
    this.#host = host;
    this.hasNews = hasNews;
    this.#beat = BEATS[content];
    host.addController(this);
  }

  /** Follows another source from now on. */
  follow(source: Source | undefined): void {
    if (source === this.#source) return;
    this.#leave();
    this.#source = source;
    if (this.#connected) this.#join();
  }

  update(): void {
    this.#host.requestUpdate();
  }

  hostConnected(): void {
    this.#connected = true;
    this.order = ++joined;
    this.#join();
  }

  hostDisconnected(): void {
    this.#connected = false;
    this.#leave();
  }

  #join(): void {
    this.#unsubscribe = this.#source?.subscribe(() => this.#beat.add(this));
    // It may have changed while nobody looked.
    if (this.#source !== undefined) this.#host.requestUpdate();
  }

  #leave(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#beat.remove(this);
  }
}
