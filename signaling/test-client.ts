/** A client for the tests of the server: it keeps what arrives until a test asks for it. */
import { WebSocket, type ClientOptions } from 'ws';
import {
  decodeServerMessage,
  parseFrame,
  SIGNALING_PATH,
  type ClientMessage,
  type ServerMessage,
} from './protocol.ts';

type OfType<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

export class TestClient {
  readonly socket: WebSocket;
  /** Resolves to the close code. */
  readonly closed: Promise<number>;
  readonly #inbox: ServerMessage[] = [];
  #wake: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', (code) => resolve(code)));
    socket.on('message', (data) => {
      const decoded = decodeServerMessage(parseFrame((data as Buffer).toString('utf8')));
      if (!decoded.ok) throw new Error(`The server broke its own protocol: ${decoded.reason}`);
      this.#inbox.push(decoded.message);
      this.#wake();
    });
    socket.on('close', () => this.#wake());
    socket.on('error', () => undefined); // `closed` tells
  }

  /** Rejects with the HTTP status when the server refuses the upgrade. */
  static open(port: number, options: ClientOptions & { path?: string } = {}): Promise<TestClient> {
    const { path = SIGNALING_PATH, ...rest } = options;
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, rest);
    const client = new TestClient(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(client));
      socket.once('unexpected-response', (_request, response) => {
        reject(new Error(String(response.statusCode)));
        socket.terminate();
      });
      socket.once('error', reject);
    });
  }

  /** Opens, says HOWDY and waits for the welcome. */
  static async join(
    port: number,
    id: string,
    more: { park?: string; secret?: string } = {},
  ): Promise<TestClient> {
    const client = await TestClient.open(port);
    client.howdy(id, more);
    await client.next('welcome');
    return client;
  }

  howdy(id: string, more: { park?: string; secret?: string } = {}): void {
    const { park = 'main', secret = `secret-of-${id}` } = more;
    this.send({ type: 'howdy', park, id, priority: 1, secret });
  }

  send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The next message, which must be of this type. Rejects when the socket closes instead. */
  async next<T extends ServerMessage['type']>(type: T): Promise<OfType<T>> {
    while (this.#inbox.length === 0) {
      if (this.socket.readyState === WebSocket.CLOSED) {
        throw new Error(`The socket closed before a ${type} came.`);
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const message = this.#inbox.shift();
    if (message?.type === type) return message as OfType<T>;
    throw new Error(`Expected a ${type}, not ${JSON.stringify(message)}`);
  }

  /** Resolves once the server has dealt with all that was sent so far, and nothing else came. */
  async settle(): Promise<void> {
    this.send({ type: 'ping', nonce: 'settle' });
    await this.next('pong');
  }
}
