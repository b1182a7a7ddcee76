/** The transport of a tab: WebRTC links, introduced by the signaling server. */
import type { Clock } from '../runtime/clock.ts';
import { LinkSessions } from './link-sessions.ts';
import { RoutedTransport } from './routed-transport.ts';
import { SignalingClient } from './signaling-client.ts';
import type { Transport } from './transport.ts';
import { webRtcConnections } from './webrtc.ts';

export interface TabTransportOptions {
  /** Of the signaling server, path included: `ws:` or `wss:`. */
  readonly signalingUrl: string;
  readonly park: string;
  /** Kept with the id, 8 to 128 characters: by it a reloaded page takes its id back from its former self. */
  readonly secret: string;
  /** STUN and TURN servers; none are needed within one network. */
  readonly iceServers: RTCIceServer[];
  /** Not throttled in a hidden tab. */
  readonly clock: Clock;
  /** Uniform in [0, 1). Default: the browser's. */
  readonly random?: () => number;
}

export function createTabTransport(options: TabTransportOptions): Transport {
  const { clock, iceServers, park, secret, signalingUrl: url, random = Math.random } = options;
  return new RoutedTransport({
    links: new LinkSessions({ connect: webRtcConnections({ iceServers }), clock, random }),
    coordinator: new SignalingClient({ url, park, secret, clock, random }),
    clock,
    random,
  });
}
