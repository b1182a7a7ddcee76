import type { Effect, Reply } from '../effects.ts';
import type { ParkSettings } from '../entry.ts';
import type { Command, Event } from '../events.ts';
import type { NodeId } from '../identity.ts';
import type { Message } from '../messages.ts';
import { Node } from '../node.ts';
import type { Stored } from '../stored.ts';
import { DEFAULT_TIMING, type Timer, type Timing } from '../timers.ts';
import { TestDisk } from './disk.ts';
import { SETTINGS } from './fixtures.ts';
import type { Undated } from './harness.ts';
import { seeded } from './random.ts';
import { Tally } from './tally.ts';

interface Sent {
  readonly to: NodeId;
  readonly generation: string;
  readonly message: Message;
}

export interface SoloOptions {
  readonly priority?: number;
  readonly stored?: Stored | null;
  readonly timing?: Partial<Timing>;
  readonly settings?: Partial<ParkSettings>;
  readonly snapshotInterval?: number;
  readonly seed?: number;
}

/**
 * One node alone, whose peers are played by the test: it says what arrives and when the disk has done its work, and
 * looks at what the node sends.
 */
export class Solo {
  readonly node: Node;
  readonly tally = new Tally();
  readonly disk = new TestDisk();
  now = 0;
  /** Everything ever sent. */
  readonly sent: Sent[] = [];
  readonly refused: string[] = [];
  readonly notes: string[] = [];
  readonly replies = new Map<number, Reply>();
  readonly timers = new Map<Timer, number>();
  /** Everything that every step returned. */
  readonly effects: Effect[] = [];
  #pending: Extract<Effect, { type: 'persist' }>[] = [];
  #read = 0;
  #nextRequest = 1;

  constructor(id: NodeId, options: SoloOptions = {}) {
    this.node = new Node({
      self: { id, priority: options.priority ?? 0, name: `Gate ${id}` },
      settings: { ...SETTINGS, ...options.settings },
      timing: { ...DEFAULT_TIMING, ...options.timing },
      random: seeded(options.seed ?? 1),
      machine: this.tally,
      snapshotInterval: options.snapshotInterval ?? 1_000_000,
    });
    this.event({ type: 'started', stored: options.stored ?? null });
  }

  event(event: Undated<Event>): void {
    const dated: Event = { ...event, now: this.now, wall: 1_000_000 + this.now };
    for (const effect of this.node.step(dated)) this.#perform(effect);
  }

  receive(from: NodeId, message: Message, generation = this.node.context.generation): void {
    this.event({ type: 'message', from, envelope: { generation, message } });
  }

  link(peer: NodeId, state: 'open' | 'closed' = 'open', closedByPeer = false): void {
    this.event({ type: 'link', peer, state, closedByPeer });
  }

  /** Returns the request's number. */
  command(command: Command): number {
    const request = this.#nextRequest;
    this.#nextRequest += command.type === 'submit' ? command.bodies.length : 1;
    this.event({ type: 'command', request, command });
    return request;
  }

  /** Time passes, and the timers that come due fire in order. */
  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const [next] = [...this.timers].sort(([, a], [, b]) => a - b);
      if (!next || next[1] > end) break;
      this.timers.delete(next[0]);
      this.now = Math.max(this.now, next[1]);
      this.event({ type: 'timer', timer: next[0] });
    }
    this.now = end;
  }

  /** Time goes on to where this timer is due, and it fires alone. */
  fire(timer: Timer): void {
    const due = this.timers.get(timer);
    if (due === undefined) throw new Error(`timer ${timer} is not set`);
    this.timers.delete(timer);
    this.now = Math.max(this.now, due);
    this.event({ type: 'timer', timer });
  }

  /** The disk finishes the writes that are under way, or the first few of them. */
  write(count = Infinity): void {
    for (let done = 0; done < count; done++) {
      const effect = this.#pending.shift();
      if (!effect) return;
      this.disk.write(effect.writes);
      for (const release of effect.releases) this.#perform(release);
      this.event({ type: 'persisted', ticket: effect.ticket });
    }
  }

  /** Memory is lost, and with it every write that is under way: what a new life finds on the disk. */
  crash(): Stored | null {
    this.#pending = [];
    return this.disk.load();
  }

  /** What was sent since the last call, of one type. */
  take<T extends Message['type']>(
    type: T,
  ): { to: NodeId; generation: string; message: Extract<Message, { type: T }> }[] {
    const news = this.sent.slice(this.#read);
    this.#read = this.sent.length;
    return news.flatMap(({ to, generation, message }) =>
      message.type === type
        ? [{ to, generation, message: message as Extract<Message, { type: T }> }]
        : [],
    );
  }

  /** Everything of one type that was ever sent, to one peer or to all. */
  all<T extends Message['type']>(type: T, to?: NodeId): Extract<Message, { type: T }>[] {
    return this.sent.flatMap((sent) =>
      sent.message.type === type && (to === undefined || sent.to === to)
        ? [sent.message as Extract<Message, { type: T }>]
        : [],
    );
  }

  #perform(effect: Effect): void {
    this.effects.push(effect);
    switch (effect.type) {
      case 'send':
        this.sent.push({ to: effect.to, ...effect.envelope });
        return;
      case 'persist':
        this.#pending.push(effect);
        return;
      case 'set-timer':
        this.timers.set(effect.timer, this.now + effect.delayMs);
        return;
      case 'clear-timer':
        this.timers.delete(effect.timer);
        return;
      case 'reply':
        this.replies.set(effect.request, effect.reply);
        return;
      case 'refused':
        this.refused.push(`${effect.from}: ${effect.reason}`);
        return;
      case 'note':
        this.notes.push(`${effect.what}: ${effect.detail}`);
        return;
      case 'meet':
      case 'links':
      case 'request-members':
        return;
    }
  }
}
