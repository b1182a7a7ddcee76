/** Where the parts of a visitor's tab are put together. */
import { customAlphabet } from 'nanoid';
import type { Clock } from './runtime/clock.ts';
import { VisitorConsole } from './runtime/visitor/visitor-console.ts';
import { StoredTicket } from './storage/indexeddb-tickets.ts';
import { signalingUrl } from './tab-home.ts';
import { createVisitorGates } from './transport/visitor-transport.ts';
import './ui/visitor/visitor-view.ts';

/** Anew with each page: nobody remembers a visitor by it. */
const newId = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 20);

/** Rejects when the browser has no storage for a ticket. */
export async function openVisitor(
  park: string,
  clock: Clock,
  iceServers: RTCIceServer[],
): Promise<VisitorConsole> {
  const tickets = await StoredTicket.claim(park);
  const gates = createVisitorGates({
    signalingUrl: signalingUrl(location),
    park,
    secret: newId(),
    iceServers,
    clock,
  });
  const ports = { gates, tickets, clock, random: Math.random };
  const gatehouse = new VisitorConsole(park, tickets.ticket, ports);
  if (tickets.damage !== null)
    gatehouse.refuse({ source: 'storage', reason: tickets.damage, from: null });
  // The server is told nothing of who this is.
  gatehouse.start({ id: newId(), priority: 0 });
  window.gatehouse = gatehouse;
  addEventListener('pagehide', () => {
    gatehouse.close();
    tickets.close();
  });
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
  const view = document.createElement('gh-visitor');
  view.visitor = gatehouse.visitor;
  document.body.append(view);
  return gatehouse;
}
