/** The page with a park in memory instead of a network: `?state=NAME`, see states.ts; `?chatter` lets messages fly. */
import type { FakeGatehouse } from './fake-gatehouse.ts';
import { openPage } from './open-page.ts';
import { STATES } from './states.ts';

const query = new URLSearchParams(location.search);
const make = STATES[query.get('state') ?? 'open'];
if (make === undefined) throw new Error(`States: ${Object.keys(STATES).join(', ')}`);

const fake = openPage(make());
Object.assign(window, { fake });

if (query.has('chatter')) chatter(fake, Number(query.get('chatter')) || 150);

function chatter(park: FakeGatehouse, everyMs: number): void {
  const types = ['PROBE', 'GOT_IT', 'APPEND', 'APPENDED', 'SUBMIT', 'RESULT', 'ELECT', 'PROMISE'];
  let turn = 0;
  setInterval(() => {
    const { peers } = park.status();
    const peer = peers[turn % Math.max(1, peers.length)];
    const what = types[turn % types.length];
    turn += 1;
    if (peer === undefined || what === undefined) return;
    const kind = turn % 11 === 0 ? 'dropped' : turn % 2 === 0 ? 'sent' : 'received';
    park.note({ kind, what, peer: peer.id, bytes: 40 + ((turn * 37) % 400) });
    if (turn % 16 === 0) park.note({ kind: 'note', what: 'suspects', peer: peer.id });
  }, everyMs);
}
