/** Many tabs that are registered and do nothing. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { SIGNALING_PATH, type ClientMessage } from '../protocol.ts';

/** So many to a park, so that a newcomer has others to be told of. */
const PARK_SIZE = 50;
/** So many handshakes at once: fewer than a server takes from one address. */
const AT_ONCE = 100;

/** The sockets that are held. Close it in the end. */
export class IdleTabs {
  readonly #sockets: WebSocket[] = [];
  readonly #pinged: Promise<unknown>[] = [];

  constructor(private readonly port: number) {}

  /** Opens and registers `count` more. Rejects when the server refuses one. */
  async open(count: number): Promise<void> {
    const first = this.#sockets.length;
    for (let done = 0; done < count; done += AT_ONCE) {
      const size = Math.min(AT_ONCE, count - done);
      const numbers = Array.from({ length: size }, (_, place) => first + done + place);
      await Promise.all(numbers.map((number) => this.#open(number)));
    }
  }

  /** Resolves when the heartbeat has asked for every one of them. */
  async pinged(): Promise<void> {
    await Promise.all(this.#pinged);
  }

  /** How many are registered still: they get an answer to LIST. */
  async answering(): Promise<number> {
    const answers = this.#sockets.map(async (socket) => {
      if (socket.readyState !== WebSocket.OPEN) return false;
      const answer = answerOf(socket, 'members');
      tell(socket, { type: 'list' });
      return answer.catch(() => false);
    });
    return (await Promise.all(answers)).filter(Boolean).length;
  }

  close(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  async #open(number: number): Promise<void> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}${SIGNALING_PATH}`, {
      perMessageDeflate: false,
    });
    socket.on('error', () => undefined); // a close follows
    this.#sockets.push(socket);
    this.#pinged.push(new Promise((resolve) => socket.once('ping', resolve)));
    await once(socket, 'open');
    const welcome = answerOf(socket, 'welcome');
    const park = `idle ${Math.floor(number / PARK_SIZE)}`;
    const id = `tab-${number}`;
    tell(socket, { type: 'howdy', park, id, priority: 1, secret: `secret of ${id}` });
    await welcome;
  }
}

/** Resolves with true when a message of this type comes, and rejects when the socket closes before. */
function answerOf(socket: WebSocket, type: string): Promise<true> {
  return new Promise((resolve, reject) => {
    const look = (data: unknown): void => {
      if (!String(data).startsWith(`{"type":"${type}"`)) return;
      end();
      resolve(true);
    };
    const fail = (code: number): void => {
      end();
      reject(new Error(`A socket was closed with ${code} before a ${type} came.`));
    };
    const end = (): void => {
      socket.off('message', look);
      socket.off('close', fail);
    };
    socket.on('message', look);
    socket.on('close', fail);
  });
}

function tell(socket: WebSocket, message: ClientMessage): void {
  socket.send(JSON.stringify(message));
}
