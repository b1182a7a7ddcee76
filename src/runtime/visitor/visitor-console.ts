import type { Identity } from '../../core/identity.ts';
import type { Refusal } from '../../core/refusal.ts';
import type { Clock } from '../clock.ts';
import { Deferred } from '../deferred.ts';
import { GatehouseError, type Outcome } from '../gatehouse.ts';
import { Refusals } from '../refusals.ts';
import type {
  VisitorCalls,
  VisitorGatehouse,
  VisitorPhase,
  VisitorResult,
  VisitorState,
  VisitorStatus,
} from './calls.ts';
import type { Ticket, VisitWish } from './messages.ts';
import { Visitor, type VisitAnswer, type VisitorPorts } from './visitor.ts';

/** `window.gatehouse` of a visitor's tab. */
export class VisitorConsole implements VisitorGatehouse {
  readonly visitor: VisitorCalls;
  readonly #park: string;
  readonly #visitor: Visitor;
  readonly #clock: Clock;
  readonly #refusals = new Refusals();
  readonly #listeners = new Set<() => void>();
  #last: VisitorResult | null = null;
  #told = false;

  constructor(park: string, ticket: Ticket, ports: VisitorPorts) {
    this.#park = park;
    this.#clock = ports.clock;
    this.#visitor = new Visitor(ticket, ports, {
      changed: () => this.#changed(),
      refused: (reason, gate) =>
        this.refuse({ source: gate === null ? 'signaling' : 'peer', reason, from: gate }),
      settled: (wish, answer) => this.#settled(wish, answer),
      moved: (inside) => {
        // What is open is what people want to know of; its answer follows.
        if (this.#visitor.wish === null) this.#tell({ kind: 'at-door', inside });
      },
    });
    if (ticket.wish !== null) this.#last = { kind: 'finding-out', wish: ticket.wish };
    this.visitor = {
      state: () => this.#state(),
      enter: () => this.#ask('enter'),
      leave: () => this.#ask('leave'),
      status: () => this.#status(),
      subscribe: (listener) => {
        this.#listeners.add(listener);
        return () => {
          this.#listeners.delete(listener);
        };
      },
    };
  }

  start(self: Identity): void {
    this.#visitor.start(self);
  }

  /** Counts and shows input that some boundary refused. */
  refuse(refusal: Refusal): void {
    this.#refusals.add(refusal, this.#clock.wall());
    this.#changed();
  }

  /** The page goes away. */
  close(): void {
    this.#visitor.close();
  }

  #state(): VisitorState {
    return { phase: this.#phase(), gate: this.#visitor.gate?.id ?? null };
  }

  #phase(): VisitorPhase {
    const { wish, ticket, isLost } = this.#visitor;
    if (isLost) return 'idle';
    if (wish === null) return ticket.inside ? 'entered' : 'idle';
    return wish === 'enter' ? 'entering' : 'leaving';
  }

  #status(): VisitorStatus {
    const { name, ticket, gate, gatesKnown, coordinator, isLost } = this.#visitor;
    return {
      ...this.#state(),
      park: this.#park,
      visitor: name,
      ticket: isLost ? 'lost' : 'held',
      request: ticket.number,
      gateName: gate?.name ?? null,
      gates: gatesKnown,
      signaling: coordinator,
      last: this.#last,
      refused: this.#refusals.list(),
    };
  }

  async #ask(wish: VisitWish): Promise<Outcome> {
    const call = new Deferred<Outcome>();
    this.#visitor.request(wish, (answer) => {
      if (answer.ok) call.resolve(outcomeOf(this.#visitor.name, answer));
      else call.reject(new GatehouseError(answer.code, answer.definite, answer.message));
      if (!answer.ok && !answer.definite && this.#visitor.wish === wish)
        this.#tell({ kind: 'finding-out', wish });
    });
    return call.promise;
  }

  /** A request ended, whether anybody still waits for it or not. */
  #settled(wish: VisitWish, answer: VisitAnswer): void {
    if (answer.ok) {
      this.#tell({ kind: 'decided', wish, outcome: outcomeOf(this.#visitor.name, answer) });
    } else this.#tell({ kind: 'failed', wish, message: answer.message });
  }

  #tell(last: VisitorResult): void {
    this.#last = last;
    this.#changed();
  }

  /** Listeners are told once per turn, however much changed in it. */
  #changed(): void {
    if (this.#told) return;
    this.#told = true;
    queueMicrotask(() => {
      this.#told = false;
      for (const listener of [...this.#listeners]) listener();
    });
  }
}

function outcomeOf(visitor: string, answer: Extract<VisitAnswer, { ok: true }>): Outcome {
  const { allowed, reason, operation, index } = answer;
  return { visitor, allowed, ...(reason === null ? {} : { reason }), operation, index };
}
