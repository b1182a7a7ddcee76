import type { BenchResult } from './result.ts';
import { PageServer } from './page-server.ts';
import { Server } from './server.ts';

/** What every benchmark is given. */
export interface Environment {
  readonly tries: number;
  /** How long gates are watched while they are idle, for their memory; 0: not at all. */
  readonly soakMinutes: number;
  /** Where the product is. */
  readonly gatehouse: string;
  /** Where the floors' and the peers' pages are. */
  readonly pages: string;
  /** The product's signaling server, for the floors too. */
  readonly signaling: string;
  /** y-webrtc's signaling server: topics. */
  readonly topics: string;
  /** The port of PeerJS's signaling server. */
  readonly peerjs: number;
}

export type Benchmark = (environment: Environment) => Promise<BenchResult[]>;

/** Starts all servers, and stops them when `use` has ended. */
export async function withEnvironment(
  options: Pick<Environment, 'tries' | 'soakMinutes'>,
  use: (environment: Environment) => Promise<void>,
): Promise<void> {
  const pages = await PageServer.start();
  const stops: (() => Promise<void>)[] = [() => pages.stop()];
  const started = async (server: Promise<Server>): Promise<Server> => {
    const running = await server;
    stops.push(() => running.stop());
    return running;
  };
  try {
    const gatehouse = await started(Server.gatehouse([pages.url]));
    const topics = await started(Server.topics());
    const peerjs = await started(Server.peerjs());
    await use({
      ...options,
      gatehouse: gatehouse.url,
      pages: pages.url,
      signaling: `${gatehouse.url.replace('http', 'ws')}/signaling`,
      topics: topics.url.replace('http', 'ws'),
      peerjs: peerjs.port,
    });
  } finally {
    await Promise.all(stops.map((stop) => stop()));
  }
}
