import type { ReactiveControllerHost } from 'lit';
import type { TraceEvent } from '../../runtime/trace.ts';
import { LookController } from '../elements/look-controller.ts';
import { TraceFeed } from '../lab/trace-feed.ts';
import { SignsOfLife } from './heartbeats.ts';
import { flyRing, type RingFlight } from './ring-flights.ts';
import { VoteStory } from './vote-story.ts';

/** Reads from the trace what the ring's picture shows, while its host is in sight. */
export class RingTrace {
  readonly #host: ReactiveControllerHost;
  #feed = new TraceFeed(() => []);
  #story = new VoteStory((id) => id);
  #flights: readonly RingFlight[] = [];
  readonly life = new SignsOfLife();

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    new LookController(host, (time) => this.#look(time));
  }

  get flights(): readonly RingFlight[] {
    return this.#flights;
  }

  get story(): VoteStory {
    return this.#story;
  }

  read(trace: () => readonly TraceEvent[], nameOf: (id: string) => string): void {
    this.#feed = new TraceFeed(trace);
    this.#story = new VoteStory(nameOf);
  }

  #look(time: number): void {
    const fresh = this.#feed.poll();
    this.life.take(fresh);
    this.#story.take(fresh);
    this.#flights = flyRing(this.#flights, fresh, { page: time, wall: Date.now() });
    this.#host.requestUpdate();
  }
}
