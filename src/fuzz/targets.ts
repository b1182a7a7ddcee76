import { chat } from './targets/chat.ts';
import { messages, snapshots } from './targets/decode.ts';
import { desk } from './targets/desk.ts';
import { framing } from './targets/framing.ts';
import { inflating } from './targets/inflating.ts';
import { market } from './targets/market.ts';
import { node } from './targets/node.ts';
import { address, page } from './targets/page.ts';
import { client, server } from './targets/signaling.ts';
import { leases, records } from './targets/storage.ts';
import { traces } from './targets/trace.ts';
import { transport } from './targets/transport.ts';
import { visitor } from './targets/visitor.ts';
import { visitors } from './targets/visitors.ts';
import { wires } from './targets/wire.ts';
import type { Target } from './target.ts';

/** What takes data from peers, the signaling server, visitors, storage, files, the address bar and the console. */
export const TARGETS: readonly Target[] = [
  messages,
  snapshots,
  chat,
  market,
  framing,
  inflating,
  wires,
  transport,
  visitors,
  desk,
  visitor,
  server,
  client,
  records,
  leases,
  traces,
  address,
  page,
  node,
];
