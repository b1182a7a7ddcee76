import type { ClientMessage, ServerMessage } from '../../../signaling/protocol.ts';

export interface SignalingEvents {
  /** Who is there already. */
  listed(ids: readonly string[]): void;
  signal(from: string, signal: unknown): void;
}

/** The least client of the product's signaling server. Returns how to send a signal. */
export function connectSignaling(
  url: string,
  park: string,
  id: string,
  events: SignalingEvents,
): (to: string, signal: unknown) => void {
  const socket = new WebSocket(url);
  const send = (message: ClientMessage): void => socket.send(JSON.stringify(message));
  socket.onopen = () => {
    send({ type: 'howdy', park, id, priority: 0, secret: `the secret of ${id}` });
  };
  socket.onmessage = ({ data }) => {
    // From our own server, on this machine.
    const message = JSON.parse(String(data)) as ServerMessage;
    if (message.type === 'signal') events.signal(message.from, message.signal);
    if (message.type === 'welcome') {
      events.listed(message.members.map((member) => member.id).filter((other) => other !== id));
    }
  };
  return (to, signal) => {
    send({ type: 'signal', to, signal });
  };
}
