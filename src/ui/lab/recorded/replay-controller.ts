import type { ReactiveControllerHost } from 'lit';
import type { TraceEvent } from '../../../runtime/trace.ts';
import { LOOK_MS, LookController } from '../../elements/look-controller.ts';
import { fly, type Flight } from '../flights.ts';
import type { Replay } from './replay.ts';

/** Plays a trace while its host is in sight: so much time of the trace for one ms of the page. */
export class ReplayController {
  speed = 1;
  readonly #host: ReactiveControllerHost;
  #replay: Replay | null = null;
  #flights: readonly Flight[] = [];
  #playing = false;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    new LookController(host, (_time, passed) => this.#go(passed));
  }

  get flights(): readonly Flight[] {
    return this.#flights;
  }

  get playing(): boolean {
    return this.#playing;
  }

  open(replay: Replay): void {
    this.#replay = replay;
    this.#flights = [];
    this.#playing = false;
  }

  /** At the end it begins anew. */
  play(): void {
    if (this.#replay === null) return;
    if (this.#replay.at >= this.#replay.ends) this.#replay.seek(this.#replay.began);
    this.#playing = true;
    this.#host.requestUpdate();
  }

  pause(): void {
    this.#playing = false;
    this.#host.requestUpdate();
  }

  step(): void {
    this.#playing = false;
    this.#fly(this.#replay?.step() ?? []);
  }

  /** What lies in between does not fly. */
  seek(at: number): void {
    this.#replay?.seek(at);
    this.#flights = [];
    this.#host.requestUpdate();
  }

  #go(passed: number): void {
    const replay = this.#replay;
    if (replay === null || (!this.#playing && this.#flights.length === 0)) return;
    if (!this.#playing) {
      this.#fly([]);
      return;
    }
    // A tab that was hidden goes on where it was.
    this.#fly(replay.seek(replay.at + Math.min(passed, 2 * LOOK_MS) * this.speed));
    if (replay.at >= replay.ends) this.#playing = false;
  }

  /** Each message once: as it is sent, or lost. */
  #fly(fresh: readonly TraceEvent[]): void {
    const started = fresh.filter(({ kind }) => kind === 'sent' || kind === 'dropped');
    const now = { page: performance.now(), wall: this.#replay?.at ?? 0 };
    this.#flights = fly(this.#flights, started, now);
    this.#host.requestUpdate();
  }
}
