import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { OwnTabs } from '../own-tabs.ts';
import { ElectionRecord } from './elections.ts';

const EVERY_MS = 1000;
/** An event may be told late: what was asked for last time is asked for again. */
const OVERLAP_MS = 5000;

/** Asks the tabs of this browser what they have seen of elections, while its host is in the page. */
export class ElectionsController implements ReactiveController {
  readonly record = new ElectionRecord();
  readonly #host: ReactiveControllerHost;
  #tabs: OwnTabs | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #unsubscribe: (() => void) | undefined;
  #asked = 0;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  ask(tabs: OwnTabs): void {
    this.#tabs = tabs;
    this.#listen();
    this.#look();
  }

  hostConnected(): void {
    this.#listen();
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
    this.#unsubscribe?.();
  }

  #listen(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = this.#tabs?.onSeen((seen) => {
      this.record.add(seen);
      if (seen.events.length > 0) this.#host.requestUpdate();
    });
  }

  #look(): void {
    const now = Date.now();
    this.#tabs?.look(Math.max(0, this.#asked - OVERLAP_MS));
    this.#asked = now;
  }
}
