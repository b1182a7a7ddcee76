import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Often enough to look alive, seldom enough to cost nothing. */
export const LOOK_MS = 100;

/** Looks again and again while its host is in sight: frames are drawn only then. */
export class LookController implements ReactiveController {
  #frame = 0;
  #last = -Infinity;

  /** @param look is told the frame's time and how long ago the last look was, ms */
  constructor(
    host: ReactiveControllerHost,
    private readonly look: (time: number, passed: number) => void,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#frame = requestAnimationFrame(this.#tick);
  }

  hostDisconnected(): void {
    cancelAnimationFrame(this.#frame);
  }

  readonly #tick = (time: number): void => {
    this.#frame = requestAnimationFrame(this.#tick);
    const passed = time - this.#last;
    if (passed < LOOK_MS) return;
    this.#last = time;
    this.look(time, passed);
  };
}
