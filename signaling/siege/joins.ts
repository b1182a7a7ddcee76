/** Honest tabs that come while others attack. */
import { performance } from 'node:perf_hooks';
import { WebSocket } from 'ws';
import { SIGNALING_PATH, type ClientMessage } from '../protocol.ts';

export interface Join {
  /** From the first packet of the connection to the welcome: what a person waits for, ms. */
  readonly totalMs: number;
  /** Of that, from HOWDY to the welcome, ms. */
  readonly welcomeMs: number;
}

/** Tabs that come one after the other, each over a connection of its own. Rejects when one is not let in. */
export async function joinHonestly(port: number, count: number): Promise<Join[]> {
  const joins: Join[] = [];
  for (let number = 0; number < count; number++) joins.push(await join(port, `honest-${number}`));
  return joins;
}

function join(port: number, id: string): Promise<Join> {
  const started = performance.now();
  let opened = started;
  const socket = new WebSocket(`ws://127.0.0.1:${port}${SIGNALING_PATH}`, {
    perMessageDeflate: false,
  });
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      opened = performance.now();
      const howdy: ClientMessage = {
        ...{ type: 'howdy', park: 'honest', id, priority: 1 },
        secret: `secret of ${id}`,
      };
      socket.send(JSON.stringify(howdy));
    });
    socket.once('message', (data) => {
      const now = performance.now();
      socket.close();
      const text = (data as Buffer).toString();
      if (!text.startsWith('{"type":"welcome"'))
        reject(new Error(`Not welcomed but told: ${text}`));
      else resolve({ welcomeMs: now - opened, totalMs: now - started });
    });
    socket.once('close', (code) => reject(new Error(`An honest tab was closed with ${code}.`)));
    socket.once('error', reject);
  });
}
