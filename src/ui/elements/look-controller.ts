import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Often enough to look alive, seldom enough to cost nothing. */
export const LOOK_MS = 100;

/** A hidden page draws no frames; what it looks at must not be forgotten meanwhile. */
const HIDDEN_MS = 1000;

/** Looks again and again while its host is in the page, and slowly while the page is hidden. */
export class LookController implements ReactiveController {
  #frame = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #last = -Infinity;

  /** @param look is told the frame's time and how long ago the last look was, ms */
  constructor(
    host: ReactiveControllerHost,
    private readonly look: (time: number, passed: number) => void,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#awaitFrame();
    this.#timer = setInterval(this.#lookHidden, HIDDEN_MS);
  }

  hostDisconnected(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#pause);
    clearInterval(this.#timer);
  }

  /** A frame that is asked for is drawn, whether anything has changed or not: so only for every look. */
  readonly #awaitFrame = (): void => {
    this.#frame = requestAnimationFrame((time) => {
      this.#pause = setTimeout(this.#awaitFrame, LOOK_MS);
      this.#go(time);
    });
  };

  readonly #lookHidden = (): void => {
    if (document.visibilityState === 'hidden') this.#go(performance.now());
  };

  #go(time: number): void {
    const passed = time - this.#last;
    this.#last = time;
    this.look(time, passed);
  }
}
