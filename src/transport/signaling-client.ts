/**
 * The coordinator as a tab sees it: a WebSocket to the signaling server, opened again whenever it is lost. What
 * the server says is checked by the schema that both share.
 */
import { NODE_ID_PATTERN, type Identity, type NodeId } from '../core/identity.ts';
import { decode, identity } from '../core/decode.ts';
import { unreachable } from '../core/assert.ts';
import type { Clock, TimerHandle } from '../runtime/clock.ts';
import {
  CLOSE,
  decodeServerMessage,
  LIMITS,
  parseFrame,
  type ClientMessage,
  type ErrorCode,
  type ServerMessage,
} from '../../signaling/protocol.ts';
import type { Coordinator, CoordinatorEvents } from './links.ts';

/** What is needed of a WebSocket: the browser's has it, and so has Node's `ws`. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: (() => void) | null;
  send(text: string): void;
  close(): void;
}

export interface SignalingClientOptions {
  /** `ws:` or `wss:`, with the path of the signaling server. */
  readonly url: string;
  readonly park: string;
  /** By which this node reclaims its id after a lost connection. Kept by the caller, 8 to 128 characters. */
  readonly secret: string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** A visitor's tab is no member: it is told of the members, and they not of it. */
  readonly role?: 'visitor';
  /** At a gate: a visitor's signal, which is data from outside and not checked. Without it, they are refused. */
  readonly visitorSignal?: (from: NodeId, signal: unknown) => void;
  /** Default: the browser's WebSocket. May throw. */
  readonly connect?: (url: string) => Socket;
}

/** Times in ms. */
const FIRST_RETRY_MS = 200;
const MOST_RETRY_MS = 1200;
/** Within this time, its spread included, every tab that lost the server has tried it again. */
const SETTLED_MS = 2000;
/** After a refusal that will hold for a while: the id is taken, the park is full. */
const REFUSED_RETRY_MS = 5_000;
/** From the start of a connection to the welcome. */
const WELCOME_MS = 10_000;
/** A connection that held for so long was a good one: the next retry is fast again. */
const STABLE_MS = 5_000;
const PING_MS = 10_000;
const PONG_MS = 5_000;

/**
 * What the server's list is worth. `partial`: it has just started, and members may be on their way back to it. `asked`:
 * they have had the time, and its list was asked for.
 */
type Listing = 'partial' | 'asked' | 'whole';

export class SignalingClient implements Coordinator {
  readonly #options: SignalingClientOptions;
  #running: { readonly self: Identity; readonly events: CoordinatorEvents } | undefined;
  #socket: Socket | undefined;
  /** By the clock, ms; undefined while we are not registered. */
  #registeredAt: number | undefined;
  #failures = 0;
  #leastPause = 0;
  /** Of whatever comes next: the next try, giving up a silent connection, or the next ping. */
  #timer: TimerHandle | undefined;
  #listing: Listing = 'whole';
  /** Of the next question for a whole list. */
  #settling: TimerHandle | undefined;
  #nextNonce = 1;

  constructor(options: SignalingClientOptions) {
    this.#options = options;
  }

  start(self: Identity, events: CoordinatorEvents): void {
    this.#running = { self, events };
    this.#open();
  }

  signal(to: NodeId, signal: unknown): boolean {
    if (this.#registeredAt === undefined) return false;
    return this.#send({ type: 'signal', to, signal });
  }

  list(): void {
    // While its list is partial nobody shall have it; the whole one will be asked for.
    if (this.#registeredAt !== undefined && this.#listing !== 'partial') {
      this.#send({ type: 'list' });
    }
  }

  close(): void {
    if (this.#registeredAt !== undefined) this.#send({ type: 'bye' });
    this.#running = undefined;
    this.#drop();
  }

  #open(): void {
    const { url, connect = openBrowserSocket } = this.#options;
    this.#after(WELCOME_MS, () => this.#lost());
    let socket: Socket;
    try {
      socket = connect(url);
    } catch {
      // A bad address, or a page that may not: nothing calls back, so try again like after a loss.
      this.#lost();
      return;
    }
    this.#socket = socket;
    const current = (work: () => void): void => {
      if (this.#socket === socket) work();
    };
    socket.onopen = () => current(() => this.#register());
    socket.onmessage = ({ data }) => current(() => this.#receive(data));
    socket.onclose = ({ code }) => {
      current(() => {
        // Another page has our id and our secret: a copy of this tab. Don't fight over it.
        if (code === CLOSE.replaced) this.#leastPause = REFUSED_RETRY_MS;
        this.#lost();
      });
    };
    // A close follows.
    socket.onerror = () => undefined;
  }

  #register(): void {
    if (this.#running === undefined) return;
    const { id, priority } = this.#running.self;
    const { park, secret, role } = this.#options;
    const howdy = { type: 'howdy', park, id, priority, secret } as const;
    this.#send(role === undefined ? howdy : { ...howdy, role });
  }

  #receive(data: unknown): void {
    const isFrame = typeof data === 'string' && data.length <= LIMITS.serverMessageLength;
    const decoded = decodeServerMessage(isFrame ? parseFrame(data) : undefined);
    if (!decoded.ok) {
      // The reason quotes what came, which is not for a count of reasons.
      this.#running?.events.refused('no message of the protocol');
      return;
    }
    if (isOfVisitor(decoded.message) && this.#options.visitorSignal === undefined) {
      this.#running?.events.refused('a signal of a visitor, where none are received');
      return;
    }
    // Whatever it says, it lives.
    if (this.#registeredAt !== undefined) this.#pingLater();
    this.#handle(decoded.message);
  }

  #handle(message: ServerMessage): void {
    const events = this.#running?.events;
    switch (message.type) {
      case 'welcome':
        this.#registeredAt = this.#options.clock.now();
        this.#leastPause = 0;
        this.#pingLater();
        events?.state('connected');
        if (message.fresh) this.#welcomedTooEarly(message.members);
        else events?.members(this.#nodes(message.members));
        return;
      case 'members':
        this.#endSettling();
        events?.members(this.#nodes(message.members));
        return;
      case 'joined':
        if (this.#listing !== 'whole') this.#arrived([message.member]);
        else for (const member of this.#nodes([message.member])) events?.joined(member);
        return;
      case 'gone':
        if (NODE_ID_PATTERN.test(message.id)) events?.gone(message.id);
        return;
      case 'signal':
        if (message.role === undefined) events?.signal(message.from, message.signal);
        else if (this.#running) this.#options.visitorSignal?.(message.from, message.signal);
        return;
      case 'error':
        this.#refused(message.code);
        return;
      case 'pong':
        return;
      default:
        unreachable(message);
    }
  }

  #refused(code: ErrorCode): void {
    switch (code) {
      case 'unknown-peer':
        // A peer that we still want a link to is away: no news, and nobody's mistake.
        return;
      case 'id-taken':
      case 'park-full':
      case 'server-full':
        this.#leastPause = REFUSED_RETRY_MS;
        this.#running?.events.refused(`the server says ${code}`);
        this.#lost();
        return;
      case 'bad-message':
      case 'not-registered':
      case 'too-fast':
      case 'too-large':
        this.#running?.events.refused(`the server says ${code}`);
        return;
      default:
        unreachable(code);
    }
  }

  /** The members that can be nodes. The server knows less about ids than we do. */
  #nodes(members: readonly Identity[]): Identity[] {
    const nodes = members.filter((member) => decode(identity, member).ok);
    if (nodes.length < members.length)
      this.#running?.events.refused('a member that can be no node');
    return nodes.filter(({ id }) => id !== this.#running?.self.id);
  }

  #send(message: ClientMessage): boolean {
    const text = JSON.stringify(message);
    // The server would refuse it; with umlauts only it knows exactly.
    if (text.length > LIMITS.messageBytes) return false;
    try {
      this.#socket?.send(text);
      return this.#socket !== undefined;
    } catch {
      return false;
    }
  }

  /**
   * The list of a server that has just started says little: the park may be alive and on its way back to it. Whoever
   * took it at its word, or those who join meanwhile for all, would found the park a second time (rule J1).
   */
  #welcomedTooEarly(members: readonly Identity[]): void {
    // It may say so again on the same connection: it is asked once for all that.
    this.#endSettling();
    this.#listing = 'partial';
    this.#arrived(members);
    this.#askWhenSettled();
  }

  #arrived(members: readonly Identity[]): void {
    const nodes = this.#nodes(members);
    if (nodes.length > 0) this.#running?.events.arrived(nodes);
  }

  /** Again and again, should the answer not come. */
  #askWhenSettled(): void {
    this.#settling = this.#options.clock.schedule(SETTLED_MS, () => {
      this.#listing = 'asked';
      this.#askWhenSettled();
      this.list();
    });
  }

  #endSettling(): void {
    if (this.#settling !== undefined) this.#options.clock.cancel(this.#settling);
    this.#settling = undefined;
    this.#listing = 'whole';
  }

  #pingLater(): void {
    this.#after(PING_MS, () => {
      this.#send({ type: 'ping', nonce: `${this.#nextNonce++}` });
      this.#after(PONG_MS, () => this.#lost());
    });
  }

  /** The connection is gone, or as good as gone. */
  #lost(): void {
    const registeredAt = this.#registeredAt;
    this.#drop();
    if (this.#running === undefined) return;
    const { clock, random } = this.#options;
    if (registeredAt !== undefined && clock.now() - registeredAt >= STABLE_MS) this.#failures = 0;
    const pause = Math.min(FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 16), MOST_RETRY_MS);
    this.#failures++;
    // A server that comes back must not meet all tabs at once.
    this.#after(Math.max(pause, this.#leastPause) * (0.5 + random()), () => this.#open());
    if (registeredAt !== undefined) this.#running.events.state('disconnected');
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#registeredAt = undefined;
    if (this.#timer !== undefined) this.#options.clock.cancel(this.#timer);
    this.#timer = undefined;
    this.#endSettling();
    socket?.close();
  }

  #after(delayMs: number, work: () => void): void {
    const { clock } = this.#options;
    if (this.#timer !== undefined) clock.cancel(this.#timer);
    this.#timer = clock.schedule(delayMs, () => {
      this.#timer = undefined;
      work();
    });
  }
}

function isOfVisitor(message: ServerMessage): boolean {
  return message.type === 'signal' && message.role !== undefined;
}

function openBrowserSocket(url: string): Socket {
  return new WebSocket(url) as unknown as Socket;
}
