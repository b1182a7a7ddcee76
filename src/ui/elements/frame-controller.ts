import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Something that changes and says so. */
export interface Source {
  subscribe(listener: () => void): () => void;
}

/** A hidden page draws no frames; what it shows (its title) still follows, slowly. */
const HIDDEN_PAUSE_MS = 500;

/** Updates its host when a source changes, at most once a frame, while the host is in the page. */
export class FrameController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #source: Source | undefined;
  #unsubscribe: (() => void) | undefined;
  #cancel: (() => void) | undefined;
  #connected = false;

  constructor(host: ReactiveControllerHost, source?: Source) {
    this.#host = host;
    this.#source = source;
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
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(): void {
    if (this.#cancel !== undefined) return;
    const update = (): void => {
      this.#cancel = undefined;
      this.#host.requestUpdate();
    };
    if (document.visibilityState === 'visible') {
      const frame = requestAnimationFrame(update);
      this.#cancel = () => cancelAnimationFrame(frame);
    } else {
      const timer = setTimeout(update, HIDDEN_PAUSE_MS);
      this.#cancel = () => clearTimeout(timer);
    }
  }
}
