/** What a link layer stands on, played by the fuzzer: connections and a coordinator. */
import type { Identity, NodeId } from '../core/identity.ts';
import type { VirtualClock } from '../sim/virtual-clock.ts';
import {
  type ConnectionEvents,
  type ConnectionFactory,
  type Coordinator,
  type CoordinatorEvents,
} from '../transport/links.ts';
import type { LinkSessions } from '../transport/link-sessions.ts';
import { MAX_LINKS } from '../transport/link-slots.ts';
import { refuseWebRtcSignal } from '../transport/webrtc-signal.ts';
import { must, type Size } from './target.ts';

/** Connections that open at once. What their other ends say is the fuzzer's to choose. */
export class PlayedConnections {
  readonly open = new Map<NodeId, ConnectionEvents>();
  /** Those that are not closed. */
  count = 0;
  /** How often one was made, fed, sent over or closed. */
  deeds = 0;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  readonly connect: ConnectionFactory = (_self, peer, _initiator, events) => {
    this.count += 1;
    this.deeds += 1;
    const opening = this.#clock.schedule(1, () => {
      this.open.set(peer, events);
      events.open();
    });
    return {
      signal: (payload) => {
        this.deeds += 1;
        must(refuseWebRtcSignal(payload) === null, 'a connection is fed what was checked');
      },
      send: (message) => {
        this.deeds += 1;
        JSON.stringify(message);
        return 'sent';
      },
      close: () => {
        this.deeds += 1;
        this.count -= 1;
        this.#clock.cancel(opening);
        if (this.open.get(peer) === events) this.open.delete(peer);
      },
    };
  };
}

/** Where the coordinator's voice comes in. Whoever asks it for a list gets none: only what the fuzzer says comes. */
export class PlayedCoordinator implements Coordinator {
  events: CoordinatorEvents | null = null;
  /** How often it was told something. */
  deeds = 0;

  start(_self: Identity, events: CoordinatorEvents): void {
    this.events = events;
  }
  signal(): boolean {
    this.deeds += 1;
    return true;
  }
  list(): void {
    this.deeds += 1;
  }
  close(): void {
    this.events = null;
  }
}

/** What a link layer over such connections holds. */
export function sizesOfLinks(layer: LinkSessions, { count, open }: PlayedConnections): Size[] {
  return [
    { what: 'links', size: layer.held().links.length, most: MAX_LINKS },
    { what: 'connections', size: count, most: MAX_LINKS },
    { what: 'open connections', size: open.size, most: MAX_LINKS },
  ];
}
