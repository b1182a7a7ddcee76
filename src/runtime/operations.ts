import { operationKey } from '../core/entry.ts';
import type { Reply } from '../core/effects.ts';
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

interface Open {
  readonly driver: Driver;
  readonly call: Deferred<Committed>;
}

/** Operations of a machine on the log, each as a promise that ends with the life of the node at the latest. */
export class Operations {
  readonly #open = new Set<Open>();

  constructor(private readonly host: Host) {
    host.subscribe(() => this.#endLost());
  }

  /** Resolves once it is committed and applied here. Rejects with `GatehouseError`. */
  submit(body: Json): Promise<Committed> {
    const { life, condition } = this.host;
    if (!life) return Promise.reject(notRunning(condition));
    const open: Open = { driver: life.driver, call: new Deferred() };
    this.#open.add(open);
    life.driver.submit([body], (reply) => {
      this.#open.delete(open);
      this.#settle(open.call, reply);
    });
    return open.call.promise;
  }

  #settle(call: Deferred<Committed>, reply: Reply): void {
    if (!reply.ok) {
      call.reject(new GatehouseError(reply.code, reply.definite, reply.message));
      return;
    }
    if (reply.value.type !== 'outcome') return;
    const { sequence, index, outcome } = reply.value;
    const operation = operationKey({ node: this.host.home.self.id, sequence });
    call.resolve({ operation, index, outcome });
  }

  /** Memory is lost: whoever waits is told. What was written to the outbox is found out after recovery. */
  #endLost(): void {
    const { life, condition } = this.host;
    for (const open of this.#open) {
      if (open.driver === life?.driver) continue;
      this.#open.delete(open);
      const code = condition === 'terminated' ? 'terminated' : 'crashed';
      const message =
        'this gate stopped before the answer came; its outbox finds out after recovery';
      open.call.reject(new GatehouseError(code, false, message));
    }
  }
}

function notRunning(condition: Host['condition']): GatehouseError {
  return condition === 'terminated'
    ? new GatehouseError('terminated', true, 'this gate has left for good; open another one')
    : new GatehouseError('crashed', true, 'this gate has crashed; recover it first');
}
