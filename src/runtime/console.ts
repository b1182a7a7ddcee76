import { customAlphabet } from 'nanoid';
import type { Reply, ReplyValue } from '../core/effects.ts';
import type { Token } from '../core/entry.ts';
import type { Command } from '../core/events.ts';
import { operationKey } from '../core/entry.ts';
import { MAX_NAME_LENGTH, NODE_ID_PATTERN } from '../core/identity.ts';
import { decodeParkOperation, type ParkOperation } from '../machines/park.ts';
import type { Clock } from './clock.ts';
import { archiveViews } from './archive-view.ts';
import { entryView, outcomeView } from './entry-view.ts';
import { parseFaults, parseFeign } from './console-input.ts';
import { Deferred } from './deferred.ts';
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
} from './gatehouse.ts';
import type { Host } from './host.ts';
import { MulticastConsole } from './multicast-console.ts';
import { Stall } from './stall.ts';
import { statusOf } from './status.ts';
import type { TraceEvent } from './trace.ts';

/** When a call that waits for a leader gives up, ms. Operations have their own limit in the core, as long as this. */
const PATIENCE = 5000;
/** Operations of a stress test that are under way at once. */
const STRESS_BATCH = 256;

const visitorTag = customAlphabet('ABCDEFGHJKLMNPQRSTUVWXYZ23456789', 6);

/** `window.gatehouse`: the public contract on one host. */
export class Console implements Gatehouse {
  readonly multicast: MulticastConsole;
  readonly #host: Host;
  readonly #clock: Clock;
  readonly #feign: Feign;
  readonly #stall = new Stall();
  /** Calls that have not been answered. */
  readonly #open = new Set<{ reject(reason: Error): void }>();

  constructor(host: Host, clock: Clock, random: () => number) {
    this.#host = host;
    this.#clock = clock;
    this.multicast = new MulticastConsole(host, (what, command) => this.#command(what, command));
    this.#feign = new Feign(clock, random, {
      fail: (mode) => this.#fail(mode),
      recover: () => host.recover(),
    });
    host.subscribe(() => this.#failIfDead());
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
    return this.#host.subscribe(() => listener(this.status()));
  }

  async enter(visitor?: string): Promise<Outcome> {
    const name = visitor ?? `Visitor ${visitorTag()}`;
    return this.#operate({ machine: 'park', kind: 'enter', visitor: asVisitor(name) });
  }

  async leave(visitor: string): Promise<Outcome> {
    return this.#operate({ machine: 'park', kind: 'leave', visitor: asVisitor(visitor) });
  }

  async setCapacity(capacity: number): Promise<Outcome> {
    return this.#operate({ machine: 'park', kind: 'capacity', capacity });
  }

  async stress(visitors: number): Promise<StressResult> {
    if (!Number.isInteger(visitors) || visitors < 1 || visitors > 100_000) {
      throw invalid('visitors: a whole number from 1 to 100000');
    }
    const started = this.#clock.now();
    const count = { allowed: 0, refused: 0, failed: 0 };
    for (let done = 0; done < visitors; done += STRESS_BATCH) {
      const bodies = Array.from({ length: Math.min(STRESS_BATCH, visitors - done) }, () => {
        const visitor = `Visitor ${visitorTag()}`;
        return { machine: 'park', kind: 'enter', visitor } satisfies ParkOperation;
      });
      for (const result of await Promise.allSettled(this.#submit(bodies))) {
        if (result.status === 'rejected') count.failed += 1;
        else if (result.value.allowed) count.allowed += 1;
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

  async startElection(): Promise<void> {
    await this.#within(this.#command('startElection', { type: 'start-election' }));
    await this.#until((status) => status.quorum, true);
  }

  async removeLeader(): Promise<void> {
    await this.#command('removeLeader', { type: 'remove-leader' });
    await this.#until((status) => status.vacant, true);
  }

  async terminate(): Promise<void> {
    this.#assertRunning();
    this.#host.command('terminate');
    this.#feign.stop();
    this.#host.leave();
  }

  crash(mode: 'stop' | 'hang' = 'stop'): void {
    const known: readonly unknown[] = ['stop', 'hang'];
    if (!known.includes(mode)) throw invalid("mode: 'stop' or 'hang'");
    if (this.#host.condition === 'terminated') throw terminated();
    this.#host.command(`crash ${mode}`);
    this.#host.crash(mode);
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
    await this.#host.home.save({ ...this.#host.home.self, name: trimmed });
  }

  faults(rules: FaultRuleInput[]): void {
    const parsed = parseFaults(rules);
    this.#host.setFaults(parsed);
    this.#host.command(`faults ${JSON.stringify(parsed)}`);
  }

  async log(from = 1, to = Number.MAX_SAFE_INTEGER): Promise<Entry[]> {
    if (!Number.isInteger(from) || !Number.isInteger(to)) throw invalid('from, to: whole numbers');
    return this.#assertRunning().driver.committed(from, to).map(entryView);
  }

  trace(): TraceEvent[] {
    return this.#host.trace.events();
  }

  // --- How calls end --------------------------------------------------------------------------------------------

  #operate(body: ParkOperation): Promise<Outcome> {
    const decoded = decodeParkOperation(body);
    if (!decoded.ok) return Promise.reject(invalid(decoded.reason));
    const [outcome] = this.#submit([decoded.value]);
    return outcome ?? Promise.reject(invalid('nothing was asked'));
  }

  /** One critical section; a promise for each operation in it. */
  #submit(bodies: readonly ParkOperation[]): Promise<Outcome>[] {
    const settled = bodies.map((body) => {
      const call = new Deferred<Outcome>();
      this.#open.add(call);
      return { body, call };
    });
    try {
      const { driver } = this.#assertRunning();
      driver.submit(bodies, (reply, place) => {
        const item = settled[place];
        if (!item) return;
        this.#open.delete(item.call);
        this.#settle(item.call, item.body, reply);
      });
    } catch (error) {
      for (const { call } of settled) {
        this.#open.delete(call);
        call.reject(error instanceof Error ? error : new Error(String(error)));
      }
    }
    return settled.map(({ call }) => call.promise);
  }

  #settle(call: Deferred<Outcome>, body: ParkOperation, reply: Reply): void {
    if (!reply.ok) {
      call.reject(new GatehouseError(reply.code, reply.definite, reply.message));
      return;
    }
    if (reply.value.type !== 'outcome') return;
    const { sequence, index, outcome } = reply.value;
    call.resolve({
      ...(body.kind === 'capacity' ? {} : { visitor: body.visitor }),
      allowed: false,
      ...outcomeView(outcome),
      operation: operationKey({ node: this.#host.home.self.id, sequence }),
      index,
    });
  }

  async #command(what: string, command: Exclude<Command, { type: 'submit' }>): Promise<ReplyValue> {
    const { driver } = this.#assertRunning();
    this.#host.command(what);
    const call = new Deferred<ReplyValue>();
    this.#open.add(call);
    driver.command(command, (reply) => {
      this.#open.delete(call);
      if (reply.ok) call.resolve(reply.value);
      else call.reject(new GatehouseError(reply.code, reply.definite, reply.message));
    });
    return call.promise;
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

  #assertRunning(): NonNullable<Host['life']> {
    const { life, condition } = this.#host;
    if (life) return life;
    if (condition === 'terminated') throw terminated();
    throw new GatehouseError('crashed', true, 'this gate has crashed; recover it first');
  }

  #fail(mode: 'stop' | 'hang'): void {
    this.#host.crash(mode);
    this.#failIfDead();
  }

  /** Memory is lost: whoever waits is told. What was written to the outbox is found out after recovery. */
  #failIfDead(): void {
    const { condition } = this.#host;
    if (condition === 'running') return;
    const code = condition === 'terminated' ? 'terminated' : 'crashed';
    const message = 'this gate stopped before the answer came; its outbox finds out after recovery';
    for (const call of this.#open) call.reject(new GatehouseError(code, false, message));
    this.#open.clear();
  }
}

function asVisitor(name: string): string {
  if (typeof name !== 'string') throw invalid('visitor: a name');
  return name.trim();
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

function terminated(): GatehouseError {
  return new GatehouseError('terminated', true, 'this gate has left for good; open another one');
}
