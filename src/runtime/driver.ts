import { InvariantError, unreachable } from '../core/assert.ts';
import { decodeEnvelope, decodeFrom } from '../core/decode.ts';
import type { Effect, Reply } from '../core/effects.ts';
import type { Command, Event } from '../core/events.ts';
import type { NodeId } from '../core/identity.ts';
import type { Envelope } from '../core/messages.ts';
import { Node, type NodeConfig } from '../core/node.ts';
import type { Refusal } from '../core/refusal.ts';
import type { Applied } from '../core/replica.ts';
import type { Archive } from '../core/stored.ts';
import type { Timer } from '../core/timers.ts';
import type { NodeView } from '../core/view.ts';
import type { Storage, StorageError } from '../storage/storage.ts';
import type { LinkState, Transport, TransportEvents } from '../transport/transport.ts';
import type { Clock, TimerHandle } from './clock.ts';
import { WriteQueue } from './write-queue.ts';

export interface Ports {
  readonly transport: Transport;
  readonly storage: Storage;
  readonly clock: Clock;
}

/** Why a node stopped by itself. It stays stopped: whoever owns it starts a new one. */
export interface Trouble {
  readonly code: 'storage-failed' | 'storage-lost' | 'internal';
  readonly message: string;
}

/** What the driver tells its owner. All optional: the simulator needs other things than a tab. */
export interface Observer {
  /** The node's view may have changed. */
  changed?(): void;
  stopped?(trouble: Trouble): void;
  sent?(to: NodeId, envelope: Envelope): void;
  received?(from: NodeId, envelope: Envelope): void;
  refused?(refusal: Refusal): void;
  /** A message that was sent was lost on this side: by a fault rule or for want of a link. */
  dropped?(to: NodeId, type: string, why: string): void;
  note?(what: string, detail: string): void;
  coordinator?(state: 'connected' | 'disconnected'): void;
  /** After every step: for checkers. */
  stepped?(node: Node): void;
}

/** A plain Omit would lose the union. */
type Undated<E> = E extends unknown ? Omit<E, 'now' | 'wall'> : never;

/**
 * Runs the core against its three ports. The same in a tab and in the simulator: it only carries events in and
 * effects out, and keeps the order in which they come.
 */
export class Driver {
  readonly node: Node;
  readonly #ports: Ports;
  readonly #observer: Observer;
  readonly #writes: WriteQueue;
  readonly #timers = new Map<Timer, TimerHandle>();
  readonly #replies = new Map<number, (reply: Reply) => void>();
  readonly #links = new Map<NodeId, LinkState>();
  #inbox: Undated<Event>[] = [];
  /** Before its disk is read the node knows nothing: a command that comes earlier waits in the inbox. */
  #loaded = false;
  #stepping = false;
  #running = false;
  #nextRequest = 1;

  constructor(config: NodeConfig, ports: Ports, observer: Observer = {}) {
    this.node = new Node(config);
    this.#ports = ports;
    this.#observer = observer;
    this.#writes = new WriteQueue(ports.storage, {
      durable: (effect) => {
        if (!this.#running) return;
        for (const release of effect.releases) this.#perform(release);
        this.#post({ type: 'persisted', ticket: effect.ticket });
      },
      failed: (error) => {
        this.#storageFailed(error);
      },
    });
  }

  get running(): boolean {
    return this.#running;
  }

  /** Loads what is stored, then joins the network. */
  start(): void {
    this.#running = true;
    this.#ports.storage.load((result) => {
      if (!this.#running) return;
      if (!result.ok) {
        this.#storageFailed(result.error);
        return;
      }
      this.#loaded = true;
      this.#inbox.unshift({ type: 'started', stored: result.stored });
      this.#handleInbox();
      if (!this.running) return;
      this.#ports.transport.start(this.node.self, this.#transportEvents());
    });
  }

  /** `done` is called once, unless the driver is halted before. */
  command(command: Exclude<Command, { type: 'submit' }>, done: (reply: Reply) => void): void {
    const request = this.#nextRequest++;
    this.#replies.set(request, done);
    this.#post({ type: 'command', request, command });
  }

  /** One critical section. `done` is called once for each body, with its place in the list. */
  submit(
    bodies: Extract<Command, { type: 'submit' }>['bodies'],
    done: (reply: Reply, place: number) => void,
  ): void {
    const request = this.#nextRequest;
    this.#nextRequest += bodies.length;
    bodies.forEach((_, place) => {
      this.#replies.set(request + place, (reply) => {
        done(reply, place);
      });
    });
    this.#post({ type: 'command', request, command: { type: 'submit', bodies } });
  }

  view(): NodeView {
    return this.node.view();
  }

  /** How a peer can be reached, as the transport sees it. */
  link(peer: NodeId): LinkState {
    return this.#links.get(peer) ?? 'closed';
  }

  committed(from: number, to: number): Applied[] {
    return this.node.replica.committed(from, to);
  }

  archives(): readonly Archive[] {
    return this.node.joining.archives.list;
  }

  /** Memory is lost from now on: no event is handled, no effect done, nobody answered. The ports stay open. */
  halt(): void {
    this.#running = false;
    for (const handle of this.#timers.values()) this.#ports.clock.cancel(handle);
    this.#timers.clear();
    this.#replies.clear();
    this.#inbox = [];
  }

  #transportEvents(): TransportEvents {
    return {
      message: (from, data) => {
        this.#arrived(from, data);
      },
      link: (peer, state, closedByPeer) => {
        const before = this.link(peer);
        this.#links.set(peer, state);
        // The core knows no tries: a link that broke is closed, and one that was never there is no news.
        if (state !== 'connecting') this.#post({ type: 'link', peer, state, closedByPeer });
        else if (before === 'open' || before === 'relayed')
          this.#post({ type: 'link', peer, state: 'closed', closedByPeer });
        else this.#observer.changed?.();
      },
      members: (members) => {
        this.#post({ type: 'members', members });
      },
      hint: (peer) => {
        this.#post({ type: 'hint', peer });
      },
      coordinator: (state) => {
        this.#observer.coordinator?.(state);
      },
      refused: (refusal) => {
        this.#observer.refused?.(refusal);
      },
      dropped: (peer, message, why) => {
        const sent = decodeEnvelope(message);
        this.#observer.dropped?.(peer, sent.ok ? sent.value.message.type : 'unknown', why);
      },
    };
  }

  #arrived(from: NodeId, data: unknown): void {
    if (!this.#running) return;
    const decoded = decodeFrom(from, data);
    if (!decoded.ok) {
      this.#observer.refused?.({ source: 'peer', reason: decoded.reason, from });
      return;
    }
    this.#observer.received?.(from, decoded.value);
    this.#post({ type: 'message', from, envelope: decoded.value });
  }

  /** Events are handled one after the other, also when handling one brings the next. */
  #post(event: Undated<Event>): void {
    if (!this.#running) return;
    this.#inbox.push(event);
    if (this.#loaded && !this.#stepping) this.#handleInbox();
  }

  #handleInbox(): void {
    this.#stepping = true;
    let event = this.#inbox.shift();
    try {
      for (; event; event = this.#inbox.shift()) this.#step(event);
    } catch (error) {
      // Whatever it was: nobody knows in which state it left the node.
      const message = error instanceof Error ? error.message : String(error);
      if (event?.type === 'started' && error instanceof InvariantError) {
        // Each record fits its schema, but together they are no log.
        this.#storageFailed({
          code: 'corrupt',
          message: `what is stored breaks a rule: ${message}`,
        });
      } else this.#stop({ code: 'internal', message });
      if (!(error instanceof InvariantError)) throw error;
    } finally {
      this.#stepping = false;
    }
    if (this.#running) this.#writes.start();
    this.#observer.changed?.();
  }

  #step(event: Undated<Event>): void {
    const { clock } = this.#ports;
    // Dated in place: a copy of so many shapes costs more than most steps.
    const dated: Event = Object.assign(event, { now: clock.now(), wall: clock.wall() });
    const effects = this.node.step(dated);
    for (const effect of effects) this.#perform(effect);
    this.#observer.stepped?.(this.node);
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'send':
        this.#observer.sent?.(effect.to, effect.envelope);
        this.#ports.transport.send(effect.to, effect.envelope);
        return;
      case 'persist':
        this.#writes.push(effect);
        return;
      case 'set-timer':
        this.#setTimer(effect.timer, effect.delayMs);
        return;
      case 'clear-timer':
        this.#clearTimer(effect.timer);
        return;
      case 'reply':
        this.#reply(effect.request, effect.reply);
        return;
      case 'meet':
        this.#ports.transport.meet(effect.peers);
        return;
      case 'links':
        this.#ports.transport.keepLinks(effect.keep, effect.avoid);
        return;
      case 'request-members':
        this.#ports.transport.requestMembers();
        return;
      case 'refused': {
        const { from, reason } = effect;
        this.#observer.refused?.({ source: 'peer', reason, from });
        return;
      }
      case 'note':
        this.#observer.note?.(effect.what, effect.detail);
        return;
      default:
        unreachable(effect);
    }
  }

  #setTimer(timer: Timer, delayMs: number): void {
    this.#clearTimer(timer);
    const handle = this.#ports.clock.schedule(delayMs, () => {
      this.#timers.delete(timer);
      this.#post({ type: 'timer', timer });
    });
    this.#timers.set(timer, handle);
  }

  #clearTimer(timer: Timer): void {
    const handle = this.#timers.get(timer);
    if (handle === undefined) return;
    this.#timers.delete(timer);
    this.#ports.clock.cancel(handle);
  }

  #reply(request: number, reply: Reply): void {
    const done = this.#replies.get(request);
    this.#replies.delete(request);
    done?.(reply);
  }

  #storageFailed(error: StorageError): void {
    const { message: reason } = error;
    if (error.code === 'corrupt')
      this.#observer.refused?.({ source: 'storage', reason, from: null });
    const code = error.code === 'lost' ? 'storage-lost' : 'storage-failed';
    this.#stop({ code, message: error.message });
  }

  /** A node that can't trust its disk or its own state must not say another word (rule S9). */
  #stop(trouble: Trouble): void {
    if (!this.#running) return;
    const open = [...this.#replies.values()];
    this.halt();
    for (const done of open) {
      done({ ok: false, code: 'storage', definite: false, message: trouble.message });
    }
    this.#observer.stopped?.(trouble);
  }
}
