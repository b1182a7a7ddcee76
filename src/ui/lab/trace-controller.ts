import type { ReactiveControllerHost } from 'lit';
import type { TraceEvent } from '../../runtime/trace.ts';
import { LookController } from '../elements/look-controller.ts';
import { fly, type Flight } from './flights.ts';
import { TraceFeed } from './trace-feed.ts';

/** Reads the trace while its host is in the page. */
export class TraceController {
  readonly #host: ReactiveControllerHost;
  #feed = new TraceFeed(() => []);
  #flights: readonly Flight[] = [];

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    new LookController(host, (time) => this.#look(time));
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

  #look(time: number): void {
    const fresh = this.#feed.poll();
    if (fresh.length === 0 && this.#flights.length === 0) return;
    this.#flights = fly(this.#flights, fresh, { page: time, wall: Date.now() });
    this.#host.requestUpdate();
  }
}
