import type { ReplyValue } from '../core/effects.ts';
import type { Token } from '../core/entry.ts';
import type { Command } from '../core/events.ts';
import { MAX_NAME_LENGTH, NODE_ID_PATTERN } from '../core/identity.ts';
import { refuseParkOperation, type ParkOperation } from '../machines/park.ts';
import type { Clock } from './clock.ts';
import { archiveViews } from './archive-view.ts';
import type { ChatCalls } from './chat-actions.ts';
import { ChatConsole } from './chat-console.ts';
import { entryView, outcomeView } from './entry-view.ts';
import { parseFaults, parseFeign } from './console-input.ts';
import { typedName } from './typed-name.ts';
import { visitorTag } from './visitor-tag.ts';
import { Deferred } from './deferred.ts';
import { leaveWhenSpared } from './departure.ts';
import { Feign } from './feign.ts';
import {
  GatehouseError,
  type ArchiveView,
  type Entry,
  type FaultRuleInput,
  type FeignOptions,
  type Gatehouse,
  type Outcome,
  type Status,
  type StressResult,
  type VisitorTab,
} from './gatehouse.ts';
import type { Host } from './host.ts';
import { MemoryKeychain, type Keychain } from './keychain.ts';
import { MarketConsole } from './market/market-console.ts';
import { MulticastConsole } from './multicast-console.ts';
import { OnDemand } from './on-demand.ts';
import { NodeCalls, terminated } from './node-calls.ts';
import { Stall } from './stall.ts';
import { statusOf } from './status.ts';
import type { TraceEvent } from './trace.ts';

/** When a call that waits for a leader gives up, ms. Operations have their own limit in the core, as long as this. */
const PATIENCE = 5000;
/** Operations of a stress test that are under way at once. */
const STRESS_BATCH = 256;
const DAY = 86_400_000;

/** `window.gatehouse`: the public contract on one host. */
export class Console implements Gatehouse {
  readonly chat: ChatConsole;
  readonly market: MarketConsole;
  readonly multicast: MulticastConsole;
  readonly #host: Host;
  readonly #clock: Clock;
  readonly #feign: Feign;
  readonly #stall = new Stall();
  readonly #calls: NodeCalls;
  /** For all that are told of one change: making one copies the visitors. Null until the first of them is told. */
  #told: Status | null = null;

  /** @param keychain where the chat's keys are kept; without one they are lost with the page */
  constructor(
    host: Host,
    clock: Clock,
    random: () => number,
    keychain: Keychain = new MemoryKeychain(),
  ) {
    this.#host = host;
    // Before anybody else can subscribe, so it is told of each change first.
    host.subscribe(() => {
      this.#told = null;
    });
    this.#clock = clock;
    this.#feign = new Feign(clock, random, {
      fail: (mode) => host.crash(mode),
      recover: () => {
        // It was told to come back by itself, and may have left for good since.
        if (host.condition !== 'terminated') host.recover();
      },
    });
    this.#calls = new NodeCalls(host);
    const chatCalls: ChatCalls = {
      running: () => this.#calls.running(),
      operate: (body) => this.#calls.operate(body),
      applied: (index) => this.#until(({ commitIndex }) => commitIndex >= index, true),
      multicast: (text, order) => this.#calls.command({ type: 'multicast', text, order }),
    };
    // Missing where the page is not secure, whatever the types say.
    const cryptography = 'subtle' in crypto ? crypto : null;
    const chatActions = new OnDemand('the code of the chat', async () => {
      const { ChatActions } = await import('./chat-actions.ts');
      return new ChatActions(host, chatCalls, clock, cryptography, keychain);
    });
    this.chat = new ChatConsole(host, chatActions);
    this.market = new MarketConsole(host, this.#calls, clock, random, () => this.#feign.once());
    this.multicast = new MulticastConsole(
      host,
      (what, command) => this.#command(what, command),
      (command) => this.#calls.command(command),
    );
  }

  async ready(): Promise<Status> {
    const isReady = (status: Status): boolean =>
      status.quorum && ['learner', 'follower', 'leader'].includes(status.role);
    return this.#until(isReady);
  }

  status(): Status {
    return statusOf(this.#host, {
      feigning: this.#feign.on,
      isStalled: (view) => this.#stall.isLong(view, this.#clock.now()),
    });
  }

  subscribe(listener: (status: Status) => void): () => void {
    if (typeof listener !== 'function') throw invalid('listener: a function');
    return this.#host.subscribe(() => listener((this.#told ??= this.status())));
  }

  async enter(visitor?: string): Promise<Outcome> {
    const name = visitor ?? `Visitor ${visitorTag()}`;
    return this.#askPark({ machine: 'park', kind: 'enter', visitor: asVisitor(name) });
  }

  async leave(visitor: string): Promise<Outcome> {
    return this.#askPark({ machine: 'park', kind: 'leave', visitor: asVisitor(visitor) });
  }

  async setCapacity(capacity: number): Promise<Outcome> {
    return this.#askPark({ machine: 'park', kind: 'capacity', capacity });
  }

  async stress(visitors: number): Promise<StressResult> {
    if (!Number.isInteger(visitors) || visitors < 1 || visitors > 100_000) {
      throw invalid('visitors: a whole number from 1 to 100000');
    }
    const started = this.#clock.now();
    const count = { allowed: 0, refused: 0, failed: 0 };
    // Numbered: of 10,000 names drawn by chance two are the same in one stress test of twenty.
    const crowd = visitorTag();
    for (let done = 0; done < visitors; done += STRESS_BATCH) {
      const bodies = Array.from({ length: Math.min(STRESS_BATCH, visitors - done) }, (_, i) => {
        const visitor = `Visitor ${crowd}-${done + i + 1}`;
        return { machine: 'park', kind: 'enter', visitor } satisfies ParkOperation;
      });
      for (const result of await Promise.allSettled(this.#calls.submit(bodies))) {
        if (result.status === 'rejected') count.failed += 1;
        else if (outcomeView(result.value.outcome).allowed) count.allowed += 1;
        else count.refused += 1;
      }
    }
    return { ...count, ms: this.#clock.now() - started };
  }

  async lock(): Promise<{ token: Token; leaseMs: number; release(): Promise<void> }> {
    const reply = await this.#command('lock', { type: 'lock' });
    if (reply.type !== 'granted') throw invalid('the mutex was not granted');
    const { token, leaseMs } = reply;
    return {
      token,
      leaseMs,
      release: async () => {
        await this.#command('release', { type: 'release', token });
      },
    };
  }

  async hello(): Promise<{ peer: string; ms: number | null }[]> {
    const reply = await this.#command('hello', { type: 'hello' });
    return reply.type === 'greeted' ? [...reply.greetings] : [];
  }

  links(): [string, string][] {
    const graph =
      this.#host.life?.driver.node.neighbourhood.graph ?? new Map<string, Set<string>>();
    return [...graph].flatMap(([id, others]) =>
      [...others].filter((other) => id < other).map((other): [string, string] => [id, other]),
    );
  }

  async startElection(): Promise<void> {
    await this.#within(this.#command('startElection', { type: 'start-election' }));
    await this.#until((status) => status.quorum, true);
  }

  async removeLeader(): Promise<void> {
    await this.#command('removeLeader', { type: 'remove-leader' });
    await this.#until((status) => status.vacant, true);
  }

  async terminate(): Promise<void> {
    this.#calls.running();
    this.#host.command('terminate');
    await leaveWhenSpared(this.#host, this.#calls, this.#clock);
    this.#feign.stop();
  }

  crash(mode: 'stop' | 'hang' = 'stop', forMs?: number): void {
    const known: readonly unknown[] = ['stop', 'hang'];
    if (!known.includes(mode)) throw invalid("mode: 'stop' or 'hang'");
    if (this.#host.condition === 'terminated') throw terminated();
    if (forMs !== undefined && !(forMs >= 1 && forMs <= DAY)) throw invalid('forMs: 1 to a day');
    this.#calls.flush();
    this.#host.command(`crash ${mode}`);
    if (forMs === undefined) this.#host.crash(mode);
    else this.#feign.failFor(mode, forMs);
  }

  async recover(): Promise<void> {
    if (this.#host.condition === 'terminated') throw terminated();
    this.#host.command('recover');
    this.#host.recover();
  }

  feign(options: FeignOptions | false = {}): void {
    if (options === false) this.#feign.stop();
    else {
      if (this.#host.condition === 'terminated') throw terminated();
      this.#feign.start(parseFeign(options));
    }
    this.#host.command(options === false ? 'feign off' : 'feign on');
  }

  async proceedWithout(ids: string[]): Promise<void> {
    if (!Array.isArray(ids) || ids.length === 0 || !ids.every(isNodeId)) {
      throw invalid('ids: the gates to go on without, at least one');
    }
    await this.#command('proceedWithout', { type: 'proceed-without', ids });
    await this.#until((status) => status.quorum, true);
  }

  async adopt(generation: string): Promise<void> {
    await this.#command('adopt', { type: 'adopt', generation });
  }

  archives(): ArchiveView[] {
    return archiveViews(this.#host.life?.driver.archives() ?? []);
  }

  async rename(name: string): Promise<void> {
    const trimmed = typeof name === 'string' ? name.trim() : '';
    if (trimmed === '' || trimmed.length > MAX_NAME_LENGTH) {
      throw invalid(`name: 1 to ${MAX_NAME_LENGTH} characters`);
    }
    await this.#command('rename', { type: 'rename', name: trimmed });
    const kept = await this.#host.save({ ...this.#host.home.self, name: trimmed });
    if (kept === 'lost')
      throw new GatehouseError('storage', false, 'the stored data of this gate is gone');
  }

  visitorTabs(): VisitorTab[] {
    const guests = this.#host.life?.desk?.guests() ?? [];
    return guests.map(({ visitor, request }) => ({ visitor, request: request && { ...request } }));
  }

  faults(rules: FaultRuleInput[]): void {
    const parsed = parseFaults(rules);
    this.#host.setFaults(parsed);
    this.#host.command(`faults ${JSON.stringify(parsed)}`);
  }

  async log(from = 1, to = Number.MAX_SAFE_INTEGER): Promise<Entry[]> {
    if (!Number.isInteger(from) || !Number.isInteger(to)) throw invalid('from, to: whole numbers');
    return this.#calls.running().driver.committed(from, to).map(entryView);
  }

  trace(): TraceEvent[] {
    return this.#host.trace.events();
  }

  // --- How calls end --------------------------------------------------------------------------------------------

  async #askPark(body: ParkOperation): Promise<Outcome> {
    const problem = refuseParkOperation(body);
    if (problem !== null) throw invalid(problem);
    const { operation, index, outcome } = await this.#calls.operate(body);
    return {
      ...(body.kind === 'capacity' ? {} : { visitor: body.visitor }),
      allowed: false,
      ...outcomeView(outcome),
      operation,
      index,
    };
  }

  async #command(what: string, command: Exclude<Command, { type: 'submit' }>): Promise<ReplyValue> {
    this.#calls.running();
    this.#host.command(what);
    return this.#calls.command(command);
  }

  /**
   * Resolves with the first status for which this holds, now or after a change. Rejects when none can come any more;
   * `soon`: also after `PATIENCE`.
   */
  async #until(holds: (status: Status) => boolean, soon = false): Promise<Status> {
    const call = new Deferred<Status>();
    const look = (): void => {
      const status = this.status();
      if (holds(status)) call.resolve(status);
      else if (this.#host.condition === 'terminated') call.reject(terminated());
      else if (status.trouble) stoppedBy(status.trouble, call);
    };
    const unsubscribe = this.#host.subscribe(look);
    look();
    try {
      return await (soon ? this.#within(call.promise) : call.promise);
    } finally {
      unsubscribe();
    }
  }

  /** Gives up after `PATIENCE`. What was started goes on, so the error is indefinite. */
  async #within<T>(call: Promise<T>): Promise<T> {
    const late = new Deferred<never>();
    const timer = this.#clock.schedule(PATIENCE, () => {
      late.reject(
        new GatehouseError('no-quorum', false, 'no leader with a quorum came up in time'),
      );
    });
    try {
      return await Promise.race([call, late.promise]);
    } finally {
      this.#clock.cancel(timer);
    }
  }
}

function asVisitor(name: string): string {
  if (typeof name !== 'string') throw invalid('visitor: a name');
  return typedName(name);
}

function isNodeId(id: unknown): id is string {
  return typeof id === 'string' && NODE_ID_PATTERN.test(id);
}

function invalid(message: string): GatehouseError {
  return new GatehouseError('invalid', true, message);
}

/** A gate whose storage was cleared comes back by itself; any other trouble needs a person. */
function stoppedBy(
  { code, message }: NonNullable<Status['trouble']>,
  call: Pick<Deferred<Status>, 'reject'>,
): void {
  if (code === 'storage-lost') return;
  call.reject(new GatehouseError(code === 'internal' ? 'crashed' : 'storage', true, message));
}
