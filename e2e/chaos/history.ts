/** What the clients were told: as calls for the checker, and line by line for anybody else's. */
import type { Call, HistoryLine } from '../../src/sim/checkers/history.ts';
import type { Asked } from '../tab.ts';

/** How an operation ended for its client. `lost`: the page went away before it told anything. */
export type Ending = 'ok' | 'definite' | 'indefinite' | 'lost';

export function endingOf({ answer }: Asked): Ending {
  if (answer === undefined) return 'lost';
  if (answer.ok) return 'ok';
  if (answer.definite) return 'definite';
  return answer.code === 'gone' ? 'lost' : 'indefinite';
}

/** Gives every operation a process: a client that never learns what became of one goes on as another process. */
export class History {
  readonly calls: Call[] = [];
  readonly #asked: Asked[] = [];
  readonly #clients = new Map<string, { process: number; busyUntil: number }>();
  #number = 0;

  constructor(
    private readonly seed: number,
    private readonly startedAt: number,
    private readonly capacity: number,
  ) {}

  /** @param asked operations that have ended, or never will */
  add(asked: Asked): Call {
    const { answer, askedAt } = asked;
    const ending = endingOf(asked);
    const isKnown = ending === 'ok' || ending === 'definite';
    this.#number += 1;
    const call: Call = {
      key: answer?.ok === true ? answer.outcome.operation : `unknown ${this.#number}`,
      process: this.#processOf(asked, isKnown),
      operation: operationOf(asked),
      invokedAt: askedAt - this.startedAt,
      returnedAt: isKnown ? asked.answeredAt - this.startedAt : Infinity,
      result: ending === 'ok' ? 'ok' : ending === 'definite' ? 'fail' : 'info',
      outcome: answer?.ok === true ? outcomeOf(answer.outcome) : null,
    };
    this.calls.push(call);
    this.#asked.push(asked);
    return call;
  }

  /** In the format of the public contract, in the order of time. */
  lines(): HistoryLine[] {
    const { seed, capacity: value } = this;
    const founding = { seed, time: 0, process: 'founder', f: 'capacity', value } as const;
    const lines = this.calls.flatMap((call, place): HistoryLine[] => {
      const asked = this.#asked[place];
      return asked ? linesOf(seed, call, asked.answeredAt - this.startedAt, asked) : [];
    });
    return [
      { ...founding, type: 'invoke', operation: 'founding' },
      { ...founding, type: 'ok', operation: 'founding', allowed: true },
      ...lines.sort((a, b) => a.time - b.time),
    ];
  }

  #processOf({ gate, askedAt, answeredAt }: Asked, isKnown: boolean): string {
    const client = this.#clients.get(gate) ?? { process: 1, busyUntil: 0 };
    if (askedAt < client.busyUntil) client.process += 1;
    client.busyUntil = isKnown ? answeredAt : Infinity;
    this.#clients.set(gate, client);
    return `${gate}#${client.process}`;
  }
}

function operationOf({ kind, visitor, capacity = 0 }: Asked): Call['operation'] {
  return kind === 'capacity' ? { kind, capacity } : { kind, visitor };
}

function outcomeOf({ allowed, reason }: { allowed: boolean; reason?: string }): Call['outcome'] {
  if (allowed) return { allowed };
  if (reason === 'full' || reason === 'already-inside' || reason === 'not-inside') {
    return { allowed, reason };
  }
  throw new Error(`a refusal without a reason: ${String(reason)}`);
}

function linesOf(seed: number, call: Call, endedAt: number, { answer }: Asked): HistoryLine[] {
  const { process, operation, key, invokedAt, result, outcome } = call;
  const about =
    operation.kind === 'capacity' ? { value: operation.capacity } : { visitor: operation.visitor };
  const common = { seed, process, f: operation.kind, operation: key, ...about };
  const invoke: HistoryLine = { ...common, time: invokedAt, type: 'invoke' };
  if (result === 'open' || endedAt === Infinity) return [invoke];
  const end = { ...common, time: endedAt, type: result };
  if (!outcome)
    return [invoke, { ...end, ...(answer?.ok === false ? { reason: answer.code } : {}) }];
  const { allowed } = outcome;
  return [invoke, { ...end, allowed, ...(allowed ? {} : { reason: outcome.reason }) }];
}
