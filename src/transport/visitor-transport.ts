/** The way of a visitor's tab to gates: WebRTC links, introduced by the signaling server. */
import { LinkGates } from './gate-links.ts';
import { LinkSessions } from './link-sessions.ts';
import { SignalingClient } from './signaling-client.ts';
import type { TabTransportOptions } from './tab-transport.ts';
import type { Gates } from './visitors.ts';
import { webRtcConnections } from './webrtc.ts';
import { refuseWebRtcSignal } from './webrtc-signal.ts';

export function createVisitorGates(options: TabTransportOptions): Gates {
  const { clock, iceServers, park, secret, signalingUrl: url, random = Math.random } = options;
  return new LinkGates({
    links: new LinkSessions({
      connect: webRtcConnections({ iceServers }),
      refusePayload: refuseWebRtcSignal,
      ...{ clock, random },
    }),
    coordinator: new SignalingClient({ url, park, secret, clock, random, role: 'visitor' }),
    clock,
  });
}
