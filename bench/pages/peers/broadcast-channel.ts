/** Peer: the election of broadcast-channel, among tabs of one browser. */
import { BroadcastChannel, createLeaderElection } from 'broadcast-channel';

declare global {
  interface Window {
    /** When this tab became the leader, ms since 1970; 0 while it is not. */
    ledSince?: number;
  }
}

const room = new URLSearchParams(location.search).get('room') ?? 'election';
window.ledSince = 0;
void createLeaderElection(new BroadcastChannel(room))
  .awaitLeadership()
  .then(() => {
    window.ledSince = Date.now();
  });
