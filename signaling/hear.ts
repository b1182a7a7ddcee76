/** What the text of one frame brings about in the rooms: all that a browser can do there, but for its socket closing. */
import { CLOSE, decodeClientMessage, parseFrame, type ClientMessage } from './protocol.ts';
import { refuse, type RoomEffect, type Rooms } from './rooms.ts';

/** Takes any text, and throws for none. What is refused is answered by one error, and changes nothing. */
export function hear<S>(rooms: Rooms<S>, socket: S, text: string): RoomEffect<S>[] {
  const decoded = decodeClientMessage(parseFrame(text));
  if (!decoded.ok) return refuse(socket, 'bad-message', decoded.reason);
  return dispatch(rooms, socket, decoded.message);
}

function dispatch<S>(rooms: Rooms<S>, socket: S, message: ClientMessage): RoomEffect<S>[] {
  switch (message.type) {
    case 'howdy':
      return rooms.register(socket, message);
    case 'signal':
      return rooms.relay(socket, message);
    case 'list':
      return rooms.list(socket);
    case 'ping':
      return [{ type: 'send', to: socket, message: { type: 'pong', nonce: message.nonce } }];
    case 'bye':
      return [...rooms.leave(socket), { type: 'close', socket, code: CLOSE.bye, reason: 'Bye.' }];
  }
}
