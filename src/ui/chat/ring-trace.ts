import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { TraceEvent } from '../../runtime/trace.ts';
import { TraceFeed } from '../lab/trace-feed.ts';
import { SignsOfLife } from './heartbeats.ts';
import { flyRing, type RingFlight } from './ring-flights.ts';
import { VoteStory } from './vote-story.ts';

/** Often enough to look alive, seldom enough to cost nothing. */
const EVERY_MS = 100;

/** Reads from the trace what the ring's picture shows, while its host is in sight. */
export class RingTrace implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #feed = new TraceFeed(() => []);
  #story = new VoteStory((id) => id);
  #flights: readonly RingFlight[] = [];
  #frame = 0;
  #next = 0;
  readonly life = new SignsOfLife();

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
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
    this.life.take(fresh);
    this.#story.take(fresh);
    this.#flights = flyRing(this.#flights, fresh, { page: time, wall: Date.now() });
    this.#host.requestUpdate();
  };
}
