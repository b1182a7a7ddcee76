import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { actsNow } from './acting.ts';

/** Something that changes and says so. */
export interface Source {
  subscribe(listener: () => void): () => void;
}

/** A hidden page draws no frames; what it shows (its title) still follows, slowly. */
const HIDDEN_PAUSE_MS = 500;
/**
 * Between two draws of news, ms. Drawing is the dearest thing that a page does, and a gate that draws is late with what
 * others wait for: nobody reads more than five counts a second.
 */
const NEWS_PAUSE_MS = 200;
/** News are drawn so long after they came, ms: what follows at once, as a new leader its election, is drawn with them. */
const NEWS_DELAY_MS = 50;

/** When the page has last drawn news, ms of `performance.now`. One for the page, so that its parts are drawn together. */
let newsDrawnAt = -Infinity;

/**
 * `deeds`: what the person at this page does, which is drawn in the next frame. `news`: what the network does; that is
 * drawn in the next frame too while the person acts, and else after a short while.
 */
type Content = 'deeds' | 'news';

/** An update that is due. */
interface Due {
  /** It waits for the end of a pause. */
  readonly paused: boolean;
  cancel(): void;
}

/** Updates its host when a source changes, at most once a frame, while the host is in the page. */
export class FrameController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #content: Content;
  #source: Source | undefined;
  #unsubscribe: (() => void) | undefined;
  #due: Due | undefined;
  #connected = false;

  constructor(host: ReactiveControllerHost, content: Content) {
    this.#host = host;
    this.#content = content;
    host.addController(this);
  }

  /** Follows another source from now on. */
  follow(source: Source | undefined): void {
    if (source === this.#source) return;
    this.#leave();
    this.#source = source;
    if (this.#connected) this.#join();
  }

  hostConnected(): void {
    this.#connected = true;
    this.#join();
  }

  hostDisconnected(): void {
    this.#connected = false;
    this.#leave();
  }

  #join(): void {
    this.#unsubscribe = this.#source?.subscribe(() => this.#schedule());
    // It may have changed while nobody looked.
    if (this.#source !== undefined) this.#host.requestUpdate();
  }

  #leave(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#due?.cancel();
    this.#due = undefined;
  }

  #schedule(): void {
    const pause = this.#pause();
    // What a person does is not kept waiting by the pause of what came before.
    if (this.#due !== undefined && (pause > 0 || !this.#due.paused)) return;
    this.#due?.cancel();
    const update = (): void => {
      this.#due = undefined;
      if (this.#content === 'news') newsDrawnAt = performance.now();
      this.#host.requestUpdate();
    };
    if (pause <= 0) {
      const frame = requestAnimationFrame(update);
      this.#due = { paused: false, cancel: () => cancelAnimationFrame(frame) };
    } else {
      const timer = setTimeout(update, pause);
      this.#due = { paused: true, cancel: () => clearTimeout(timer) };
    }
  }

  /** How long the next update waits, ms. */
  #pause(): number {
    if (document.visibilityState !== 'visible') return HIDDEN_PAUSE_MS;
    if (this.#content === 'deeds' || actsNow()) return 0;
    return Math.max(NEWS_DELAY_MS, newsDrawnAt + NEWS_PAUSE_MS - performance.now());
  }
}
