import { WebrtcProvider } from 'y-webrtc';
import { Doc } from 'yjs';

/** A document that all pages of a room share over y-webrtc: not by the browser's own channels, and with everybody. */
export function openYRoom(signaling: string, room: string): Doc {
  const doc = new Doc();
  new WebrtcProvider(room, doc, {
    signaling: [signaling],
    maxConns: 64,
    filterBcConns: false,
    peerOpts: { config: { iceServers: [] } },
  });
  return doc;
}
