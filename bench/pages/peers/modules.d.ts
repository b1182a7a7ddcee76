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

  export class WebrtcProvider {
    constructor(
      room: string,
      doc: Doc,
      options: {
        signaling: string[];
        maxConns: number;
        /** False: by WebRTC alone, also between tabs of one browser. */
        filterBcConns: boolean;
        peerOpts: { config: { iceServers: [] } };
      },
    );
    readonly signalingConns: { on(event: 'connect', listener: () => void): void }[];
    readonly room: { readonly webrtcConns: ReadonlyMap<string, { connected: boolean }> } | null;
    on(event: 'peers', listener: (change: { webrtcPeers: string[] }) => void): void;
    on(event: 'synced', listener: (state: { synced: boolean }) => void): void;
  }
}

declare module '@trystero-p2p/core' {
  export interface Room {
    onPeerJoin: ((peer: string) => void) | null;
  }
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
  }): (config: RoomConfig, room: string) => Room;
}

declare module 'peerjs' {
  export interface DataConnection {
    readonly peer: string;
    on(event: 'open', listener: () => void): void;
  }
  export class Peer {
    constructor(
      id: string,
      options: { host: string; port: number; path: string; config: { iceServers: [] } },
    );
    on(event: 'open', listener: () => void): void;
    on(event: 'connection', listener: (connection: DataConnection) => void): void;
    connect(peer: string): DataConnection;
  }
}

declare module 'broadcast-channel' {
  export class BroadcastChannel {
    constructor(name: string);
    readonly name: string;
  }
  export function createLeaderElection(channel: BroadcastChannel): {
    awaitLeadership(): Promise<void>;
  };
}
