import { assert } from '../core/assert.ts';
import type { Reply, ReplyValue } from '../core/effects.ts';
import { operationKey } from '../core/entry.ts';
import type { Command } from '../core/events.ts';
import type { NodeId } from '../core/identity.ts';
import type { Json } from '../core/json.ts';
import { Deferred } from './deferred.ts';
import type { Driver } from './driver.ts';
import { GatehouseError } from './gatehouse.ts';
import type { Host } from './host.ts';

/** An operation that was committed: its id, its entry in the log, and what its machine made of it. */
export interface Committed {
  readonly operation: string;
  readonly index: number;
  readonly outcome: Json;
}

/** An operation, and who waits for it. */
interface Gathered {
  readonly body: Json;
  readonly call: Deferred<ReplyValue>;
}

/**
 * What is asked of the node that runs now: each call as a promise that ends with the life of the node at the latest.
 * Rejects with `GatehouseError`.
 */
export class NodeCalls {
  readonly #host: Host;
  /** Calls that have not been answered, and who was asked. */
  readonly #open = new Map<Deferred<ReplyValue>, Driver>();
  /** Operations that were asked for in this turn. */
  #gathered: Gathered[] = [];

  constructor(host: Host) {
    this.#host = host;
    host.subscribe(() => this.#endLost());
  }

  /** Throws when no node runs. */
  running(): NonNullable<Host['life']> {
    const { life, condition } = this.#host;
    if (life) return life;
    if (condition === 'terminated') throw terminated();
    throw new GatehouseError('crashed', true, 'this gate has crashed; recover it first');
  }

  async command(command: Exclude<Command, { type: 'submit' }>): Promise<ReplyValue> {
    this.flush();
    const call = new Deferred<ReplyValue>();
    this.#ask([call], (driver) => {
      driver.command(command, (reply) => this.#settle(call, reply));
    });
    return call.promise;
  }

  /**
   * Resolves once the operation is committed and applied here. Operations that are asked for in one turn, as when several
   * visitors' answers came together, go out together: in one message, and one write.
   */
  async operate(body: Json): Promise<Committed> {
    const call = new Deferred<ReplyValue>();
    this.#gathered.push({ body, call });
    if (this.#gathered.length === 1) queueMicrotask(() => this.flush());
    return this.#committed(call);
  }

  /** One critical section; a promise for each operation in it. */
  submit(bodies: readonly Json[]): Promise<Committed>[] {
    this.flush();
    const calls = bodies.map((body) => ({ body, call: new Deferred<ReplyValue>() }));
    this.#submit(calls);
    return calls.map(({ call }) => this.#committed(call));
  }

  /** What was asked for in this turn goes out now, before what follows. */
  flush(): void {
    const gathered = this.#gathered;
    this.#gathered = [];
    if (gathered.length > 0) this.#submit(gathered);
  }

  #submit(operations: readonly Gathered[]): void {
    const calls = operations.map(({ call }) => call);
    const bodies = operations.map(({ body }) => body);
    this.#ask(calls, (driver) => {
      driver.submit(bodies, (reply, place) => {
        const call = calls[place];
        if (call) this.#settle(call, reply);
      });
    });
  }

  async #committed({ promise }: Deferred<ReplyValue>): Promise<Committed> {
    const { id } = this.#host.home.self;
    return committed(id, await promise);
  }

  #ask(calls: readonly Deferred<ReplyValue>[], start: (driver: Driver) => void): void {
    try {
      const { driver } = this.running();
      for (const call of calls) this.#open.set(call, driver);
      start(driver);
    } catch (error) {
      for (const call of calls) {
        this.#open.delete(call);
        call.reject(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  #settle(call: Deferred<ReplyValue>, reply: Reply): void {
    this.#open.delete(call);
    if (reply.ok) call.resolve(reply.value);
    else call.reject(new GatehouseError(reply.code, reply.definite, reply.message));
  }

  /** Memory is lost: whoever waits is told. What was written to the outbox is found out after recovery. */
  #endLost(): void {
    const { life, condition } = this.#host;
    const code = condition === 'terminated' ? 'terminated' : 'crashed';
    const message = 'this gate stopped before the answer came; its outbox finds out after recovery';
    for (const [call, driver] of this.#open) {
      if (driver === life?.driver) continue;
      this.#open.delete(call);
      call.reject(new GatehouseError(code, false, message));
    }
  }
}

export function terminated(): GatehouseError {
  return new GatehouseError('terminated', true, 'this gate has left for good; open another one');
}

function committed(node: NodeId, value: ReplyValue): Committed {
  assert(value.type === 'outcome', 'an operation is answered with its outcome');
  const { sequence, index, outcome } = value;
  return { operation: operationKey({ node, sequence }), index, outcome };
}
