import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Gatehouse, MulticastPeer } from '../../runtime/gatehouse.ts';

/** Between two looks when nothing happens here, ms. */
const IDLE_MS = 1000;
/** Between two looks at the least, ms. */
const BUSY_MS = 200;

type Multicasting = Pick<Gatehouse, 'multicast' | 'subscribe'>;

/**
 * What every gate has delivered and holds back: asked while the host is in a page that can be seen, soon when something
 * has changed here, else once a second.
 */
export class PeersController implements ReactiveController {
  peers: readonly MulticastPeer[] = [];
  #gatehouse: Multicasting | undefined;
  #unsubscribe: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Of the last look. */
  #seen = '';
  #askedAt = -Infinity;
  #isAsking = false;
  #connected = false;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  follow(gatehouse: Multicasting): void {
    if (gatehouse === this.#gatehouse) return;
    this.#leave();
    this.#gatehouse = gatehouse;
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
    this.#unsubscribe = this.#gatehouse?.subscribe(() => {
      if (this.#now() !== this.#seen) this.#lookIn(this.#askedAt + BUSY_MS - performance.now());
    });
    if (this.#gatehouse !== undefined) this.#lookIn(0);
  }

  #leave(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    clearTimeout(this.#timer);
  }

  /** What this gate's own part in the group looks like: when it changes, that of others has changed too. */
  #now(): string {
    const state = this.#gatehouse?.multicast.inspect();
    return state ? `${state.view} ${state.delivered} ${state.held.length} ${state.pending}` : '';
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), Math.max(0, ms));
  }

  async #look(): Promise<void> {
    const gatehouse = this.#gatehouse;
    if (gatehouse === undefined || this.#isAsking) return;
    if (document.visibilityState === 'visible') {
      this.#isAsking = true;
      this.#askedAt = performance.now();
      this.#seen = this.#now();
      try {
        this.peers = await gatehouse.multicast.peers();
      } catch {
        // This gate has crashed or left: it knows nothing of anybody.
        this.peers = [];
      }
      this.#isAsking = false;
      this.host.requestUpdate();
    }
    if (this.#connected) this.#lookIn(this.#now() === this.#seen ? IDLE_MS : BUSY_MS);
  }
}
