/** A part of the page that shows something that changes. */
export interface Part {
  /** Greater than that of the parts around it, so that these, which tell it what to show, are updated first. */
  readonly order: number;
  /** It would show something else than it does. */
  hasNews(): boolean;
  update(): void;
}

/** An update that is due. */
interface Due {
  /** It waits for the end of a pause. */
  readonly paused: boolean;
  cancel(): void;
}

/** What is known of the last update. */
export interface LastUpdate {
  /** When it was, ms of `performance.now`. */
  readonly at: number;
  /** How long it kept the page from everything else, ms: its script, layout and paint. */
  readonly cost: number;
}

/** Updates parts of the page together: what several of them show is one frame, and not one for each. */
export class Beat {
  readonly #pause: (last: LastUpdate) => number;
  readonly #waiting = new Set<Part>();
  readonly #drawn = new MessageChannel();
  #due: Due | undefined;
  #last: LastUpdate = { at: -Infinity, cost: 0 };

  /** `pause` tells how long the next update waits, ms. */
  constructor(pause: (last: LastUpdate) => number) {
    this.#pause = pause;
    this.#drawn.port1.onmessage = () => {
      const { at } = this.#last;
      this.#last = { at, cost: performance.now() - at };
    };
  }

  /** The part is to be updated with the next beat. */
  add(part: Part): void {
    this.#waiting.add(part);
    const pause = this.#pause(this.#last);
    if (this.#isInTime(pause)) return;
    this.#due?.cancel();
    this.#due = pause > 0 ? this.#after(pause) : this.#inNextFrame();
  }

  /**
   * Whether the update that is due comes in time. What may not wait is not kept waiting by the pause of what came before,
   * and a page that was hidden meanwhile gets no frame.
   */
  #isInTime(pause: number): boolean {
    if (this.#due === undefined) return false;
    return this.#due.paused ? pause > 0 : !isHidden();
  }

  /** The part has left the page. */
  remove(part: Part): void {
    this.#waiting.delete(part);
    if (this.#waiting.size > 0) return;
    this.#due?.cancel();
    this.#due = undefined;
  }

  #after(pause: number): Due {
    const timer = setTimeout(() => {
      this.#due = undefined;
      // Where nothing is to be drawn the browser need not make a frame.
      for (const part of this.#waiting) if (!part.hasNews()) this.#waiting.delete(part);
      if (this.#waiting.size === 0) return;
      // A hidden page has no frames.
      if (isHidden()) this.#update();
      else this.#due = this.#inNextFrame();
    }, pause);
    return { paused: true, cancel: () => clearTimeout(timer) };
  }

  #inNextFrame(): Due {
    const frame = requestAnimationFrame(() => this.#update());
    return { paused: false, cancel: () => cancelAnimationFrame(frame) };
  }

  #update(): void {
    this.#due = undefined;
    this.#last = { at: performance.now(), cost: 0 };
    const parts = [...this.#waiting].sort((a, b) => a.order - b.order);
    this.#waiting.clear();
    for (const part of parts) part.update();
    // A message is taken once the frame is drawn in which it was posted.
    this.#drawn.port2.postMessage(null);
  }
}

export function isHidden(): boolean {
  return document.visibilityState !== 'visible';
}
