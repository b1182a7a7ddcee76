/**
 * As much of the peers' packages as is used here: the product's checks must pass without them, and only the benchmarks
 * install them.
 */
declare module 'yjs' {
  export class Doc {
    getArray(name: string): YArray;
  }
  export interface YArray {
    readonly length: number;
    push(content: unknown[]): void;
    observe(listener: () => void): void;
  }
}

declare module 'y-webrtc' {
  import type { Doc } from 'yjs';

  export const WebrtcProvider: new (
    room: string,
    doc: Doc,
    options: {
      signaling: string[];
      maxConns: number;
      /** False: by WebRTC alone, also between tabs of one browser. */
      filterBcConns: boolean;
      peerOpts: { config: { iceServers: [] } };
    },
  ) => unknown;
}

declare module '@trystero-p2p/core' {
  export interface RoomConfig {
    appId: string;
    relayConfig: { urls: string[] };
    rtcConfig: { iceServers: [] };
  }
  export function createTopicStrategy<Client>(strategy: {
    init(config: RoomConfig): Promise<Client>;
    subscribeTopic(
      client: Client,
      topic: string,
      onMessage: (topic: string, payload: string) => void,
    ): () => void;
    publishTopic(client: Client, topic: string, payload: string): void;
  }): (config: RoomConfig, room: string) => unknown;
}

declare module 'peerjs' {
  export class Peer {
    constructor(
      id: string,
      options: { host: string; port: number; path: string; config: { iceServers: [] } },
    );
    on(event: 'open', listener: () => void): void;
    connect(peer: string): unknown;
  }
}

declare module 'broadcast-channel' {
  export const BroadcastChannel: new (name: string) => { readonly type: string };
  export function createLeaderElection(channel: { readonly type: string }): {
    awaitLeadership(): Promise<void>;
  };
}
