import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { TraceEvent } from '../../runtime/trace.ts';
import { fly, type Flight } from './flights.ts';
import { TraceFeed } from './trace-feed.ts';

/** Often enough to look alive, seldom enough to cost nothing. */
const EVERY_MS = 100;

/** Reads the trace while its host is in sight: frames are drawn only then. */
export class TraceController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #feed = new TraceFeed(() => []);
  #flights: readonly Flight[] = [];
  #frame = 0;
  #next = 0;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  get feed(): TraceFeed {
    return this.#feed;
  }

  get flights(): readonly Flight[] {
    return this.#flights;
  }

  read(trace: () => readonly TraceEvent[]): void {
    this.#feed = new TraceFeed(trace);
  }

  hostConnected(): void {
    this.#frame = requestAnimationFrame(this.#tick);
  }

  hostDisconnected(): void {
    cancelAnimationFrame(this.#frame);
  }

  readonly #tick = (time: number): void => {
    this.#frame = requestAnimationFrame(this.#tick);
    if (time < this.#next) return;
    this.#next = time + EVERY_MS;
    const fresh = this.#feed.poll();
    if (fresh.length === 0 && this.#flights.length === 0) return;
    this.#flights = fly(this.#flights, fresh, { page: time, wall: Date.now() });
    this.#host.requestUpdate();
  };
}
