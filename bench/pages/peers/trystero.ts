/** Peer: Trystero, over a server of topics: its own helper for that, as its documentation shows it. */
import { address } from '../lib/watched.ts';
import { createTopicStrategy } from '@trystero-p2p/core';

const joinRoom = createTopicStrategy<WebSocket>({
  init: ({ relayConfig }) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(relayConfig.urls[0] ?? '');
      socket.addEventListener('open', () => resolve(socket), { once: true });
      socket.addEventListener('error', () => reject(new Error('no signaling')), { once: true });
    }),
  subscribeTopic: (socket, topic, onMessage) => {
    const listen = ({ data }: MessageEvent): void => {
      // From our own server, on this machine.
      const message = JSON.parse(String(data)) as { topic?: string; payload?: string };
      if (message.topic === topic && message.payload !== undefined) {
        onMessage(topic, message.payload);
      }
    };
    socket.addEventListener('message', listen);
    socket.send(JSON.stringify({ type: 'subscribe', topics: [topic] }));
    return () => {
      socket.removeEventListener('message', listen);
      socket.send(JSON.stringify({ type: 'unsubscribe', topics: [topic] }));
    };
  },
  publishTopic: (socket, topic, payload) => {
    socket.send(JSON.stringify({ type: 'publish', topic, payload }));
  },
});

joinRoom(
  {
    appId: 'bench',
    relayConfig: { urls: [address.signaling] },
    rtcConfig: { iceServers: [] },
  },
  address.room,
);
