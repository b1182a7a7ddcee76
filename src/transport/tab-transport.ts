/** The transports of a gate's tab: WebRTC links, introduced by the signaling server. */
import type { Clock } from '../runtime/clock.ts';
import { LinkSessions } from './link-sessions.ts';
import { RoutedTransport } from './routed-transport.ts';
import { SignalingClient } from './signaling-client.ts';
import type { Transport } from './transport.ts';
import { LinkReception } from './visitor-links.ts';
import type { Reception } from './visitors.ts';
import { webRtcConnections } from './webrtc.ts';
import { refuseWebRtcSignal } from './webrtc-signal.ts';

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

export interface GateTransports {
  readonly transport: Transport;
  readonly reception: Reception;
}

/** Of a gate: one connection to the coordinator, and links with gates apart from those with visitors. */
export function createGateTransports(options: TabTransportOptions): GateTransports {
  const { clock, iceServers, park, secret, signalingUrl: url, random = Math.random } = options;
  const linked = { connect: webRtcConnections({ iceServers }), refusePayload: refuseWebRtcSignal };
  const coordinator = new SignalingClient({
    ...{ url, park, secret, clock, random },
    visitorSignal: (from, signal) => reception.signal(from, signal),
  });
  const reception = new LinkReception({
    links: new LinkSessions({ ...linked, clock, random }),
    clock,
    signal: (to, signal) => coordinator.signal(to, signal),
  });
  const links = new LinkSessions({ ...linked, clock, random });
  return { transport: new RoutedTransport({ links, coordinator, clock, random }), reception };
}
