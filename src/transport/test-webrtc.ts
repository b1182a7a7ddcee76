/** For tests: real WebRTC between nodes of one page, with connections that can be broken and looked into. */
import type { NodeId } from '../core/identity.ts';
import type { Clock } from '../runtime/clock.ts';
import { LinkSessions } from './link-sessions.ts';
import type { Connection, ConnectionEvents, SendResult } from './links.ts';
import { MemoryNetwork } from './memory.ts';
import { RoutedTransport } from './routed-transport.ts';
import { webRtcConnections } from './webrtc.ts';
import { refuseWebRtcSignal } from './webrtc-signal.ts';
import type { WireMessage } from './wire.ts';

export const pageClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  schedule: (delayMs, callback) => window.setTimeout(callback, delayMs),
  cancel: (handle) => window.clearTimeout(handle),
};

/** simple-peer takes whatever the window offers: this one remembers its channel. */
class WatchedPeerConnection extends RTCPeerConnection {
  static latest: WatchedPeerConnection | undefined;
  channel: RTCDataChannel | undefined;

  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    WatchedPeerConnection.latest = this;
    this.addEventListener('datachannel', ({ channel }) => {
      this.channel = channel;
    });
  }

  override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
    this.channel = super.createDataChannel(label, init);
    return this.channel;
  }
}

const makeConnection = webRtcConnections({ iceServers: [] });

/** A real connection between two nodes of this page. */
export class WatchedConnection implements Connection {
  open = false;
  readonly pc: WatchedPeerConnection | undefined;
  readonly #inner: Connection | undefined;
  #events: ConnectionEvents | undefined;

  /** Forbidden: it never opens. */
  constructor(
    readonly self: NodeId,
    readonly peer: NodeId,
    initiator: boolean,
    events: ConnectionEvents,
    forbidden: boolean,
  ) {
    if (forbidden) return;
    this.#events = events;
    window.RTCPeerConnection = WatchedPeerConnection;
    this.#inner = makeConnection(self, peer, initiator, {
      signal: (payload) => this.#events?.signal(payload),
      open: () => {
        this.open = true;
        this.#events?.open();
      },
      closed: (closedByPeer) => {
        this.open = false;
        this.#events?.closed(closedByPeer);
      },
      received: (data) => this.#events?.received(data),
      refused: (reason) => this.#events?.refused(reason),
    });
    this.pc = WatchedPeerConnection.latest;
  }

  signal(payload: unknown): void {
    this.#inner?.signal(payload);
  }

  send(message: WireMessage): SendResult {
    return this.#inner?.send(message) ?? 'closed';
  }

  close(): void {
    this.open = false;
    this.#events = undefined;
    this.#inner?.close();
  }

  /** As if this end had given it up. */
  fail(): void {
    const events = this.#events;
    this.close();
    events?.closed(false);
  }
}

/** Nodes in one page: real links, and a coordinator in memory. */
export class PageNetwork {
  readonly connections: WatchedConnection[] = [];
  readonly #coordinators = new MemoryNetwork({ clock: pageClock, random: Math.random });
  readonly #forbidden = new Set<string>();

  create(id: NodeId): RoutedTransport {
    const links = new LinkSessions({
      connect: (self, peer, initiator, events) => {
        const forbidden = this.#forbidden.has(pair(self, peer));
        const made = new WatchedConnection(self, peer, initiator, events, forbidden);
        this.connections.push(made);
        return made;
      },
      refusePayload: refuseWebRtcSignal,
      clock: pageClock,
      random: Math.random,
      timing: { connectTimeoutMs: 3_000, retryMs: 100, retryMostMs: 1_000 },
    });
    const { coordinator } = this.#coordinators.ports(id);
    return new RoutedTransport({ links, coordinator, clock: pageClock, random: Math.random });
  }

  forbid(a: NodeId, b: NodeId): void {
    this.#forbidden.add(pair(a, b));
    this.breakLink(a, b);
  }

  allow(a: NodeId, b: NodeId): void {
    this.#forbidden.delete(pair(a, b));
  }

  breakLink(a: NodeId, b: NodeId): void {
    for (const end of [...this.between(a, b), ...this.between(b, a)]) end.fail();
  }

  /** The open ends at `a` of links to `b`. */
  between(a: NodeId, b: NodeId): WatchedConnection[] {
    return this.connections.filter((end) => end.open && end.self === a && end.peer === b);
  }

  set coordinatorUp(up: boolean) {
    this.#coordinators.coordinatorUp = up;
  }

  dispose(): void {
    for (const connection of this.connections) connection.close();
  }
}

/** Looks again and again, for as long as the slowest machine may take. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 15_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function pair(a: NodeId, b: NodeId): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
