import * as v from 'valibot';
import type { Call, HistoryLine } from './history.ts';
import type { Action, Outcome } from './park-model.ts';

/** What the clients of one seed saw. */
export interface History {
  /** Which the park was founded with. */
  readonly capacity: number;
  /** The other operations; `invokedAt` and `returnedAt` are lines. */
  readonly calls: readonly Call[];
}

/** A line that is none, or that can't come after those before it. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';

  constructor(line: number, problem: string) {
    super(`line ${line}: ${problem}`);
  }
}

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const word = v.pipe(v.string(), v.minLength(1));
const lineShape = v.pipe(
  v.strictObject({
    seed: whole,
    time: v.pipe(v.number(), v.finite(), v.minValue(0)),
    process: word,
    type: v.picklist(['invoke', 'ok', 'fail', 'info']),
    f: v.picklist(['enter', 'leave', 'capacity']),
    operation: word,
    visitor: v.exactOptional(word),
    value: v.exactOptional(whole),
    allowed: v.exactOptional(v.boolean()),
    reason: v.exactOptional(word),
  }),
  v.check(({ f, visitor, value }) => {
    const isAboutCapacity = f === 'capacity';
    return (value !== undefined) === isAboutCapacity && (visitor === undefined) === isAboutCapacity;
  }),
  v.check(({ type, allowed, reason }) => {
    if ((type === 'ok') !== (allowed !== undefined)) return false;
    const saysWhy = type === 'ok' ? allowed === false : type !== 'invoke';
    return (reason !== undefined) === saysWhy;
  }),
);

/** All histories of a file, by their seeds. Throws a HistoryError for what the contract does not allow. */
export function readHistories(text: string): Map<number, History> {
  const bySeed = new Map<number, SeedReader>();
  for (const [at, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const read = readLine(line, at + 1);
    const reader = bySeed.get(read.seed) ?? new SeedReader();
    bySeed.set(read.seed, reader);
    reader.add(read, at + 1);
  }
  return new Map([...bySeed].map(([seed, reader]) => [seed, reader.history()]));
}

/** The history that lines of one seed tell. */
export function historyOf(lines: readonly HistoryLine[]): History {
  const reader = new SeedReader();
  for (const [at, line] of lines.entries()) reader.add(line, at + 1);
  return reader.history();
}

function readLine(text: string, at: number): HistoryLine {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new HistoryError(at, 'not JSON');
  }
  const parsed = v.safeParse(lineShape, json);
  if (!parsed.success) throw new HistoryError(at, 'no line of a history');
  return parsed.output;
}

/** Puts calls and answers together. */
class SeedReader {
  #time = 0;
  #capacity: number | null = null;
  readonly #calls: Call[] = [];
  readonly #operations = new Set<string>();
  readonly #open = new Map<string, Call>();
  /** Processes whose last operation's fate was never told. */
  readonly #over = new Set<string>();

  add(line: HistoryLine, at: number): void {
    if (line.time < this.#time) throw new HistoryError(at, 'time runs backwards');
    this.#time = line.time;
    if (line.type === 'invoke') this.#invoked(line, at);
    else this.#returned(line, line.type, at);
  }

  history(): History {
    return { capacity: this.#capacity ?? 0, calls: this.#calls };
  }

  #invoked(line: HistoryLine, at: number): void {
    const { process, operation } = line;
    if (this.#open.has(process)) throw new HistoryError(at, `${process} has an operation open`);
    if (this.#over.has(process))
      throw new HistoryError(at, `${process} goes on after an operation of unknown fate`);
    if (this.#operations.has(operation)) throw new HistoryError(at, `${operation} is not new`);
    this.#operations.add(operation);
    const isFirst = this.#operations.size === 1;
    const call: Call = {
      key: operation,
      process,
      operation: actionOf(line, at),
      invokedAt: at,
      returnedAt: Infinity,
      result: 'open',
      outcome: null,
    };
    this.#open.set(process, call);
    if (!isFirst) {
      if (this.#capacity === null) throw new HistoryError(at, 'the park is not founded yet');
      this.#calls.push(call);
    } else if (call.operation.kind !== 'capacity') {
      throw new HistoryError(at, 'the first operation is not the founding capacity');
    }
  }

  #returned(line: HistoryLine, type: 'ok' | 'fail' | 'info', at: number): void {
    const call = this.#open.get(line.process);
    if (call?.key !== line.operation)
      throw new HistoryError(at, `${line.process} has no ${line.operation} open`);
    const { operation } = call;
    if (JSON.stringify(operation) !== JSON.stringify(actionOf(line, at)))
      throw new HistoryError(at, `the answer is to something else than was asked`);
    this.#open.delete(line.process);
    if (type === 'info') this.#over.add(line.process);
    else call.returnedAt = at;
    call.result = type;
    call.outcome = type === 'ok' ? outcomeOf(line, at) : null;
    if (this.#capacity === null && operation.kind === 'capacity') {
      if (call.outcome?.allowed !== true) throw new HistoryError(at, 'the founding failed');
      this.#capacity = operation.capacity;
    }
  }
}

function actionOf({ f, visitor: who, value }: HistoryLine, at: number): Action {
  if (f === 'capacity' && value !== undefined) return { kind: 'capacity', capacity: value };
  if (f !== 'capacity' && who !== undefined) return { kind: f, visitor: who };
  throw new HistoryError(at, 'it does not say about whom, or how many');
}

function outcomeOf({ allowed, reason }: HistoryLine, at: number): Outcome {
  if (allowed === true) return { allowed };
  switch (reason) {
    case 'full':
    case 'already-inside':
    case 'not-inside':
      return { allowed: false, reason };
    default:
      throw new HistoryError(at, 'refused for no known reason');
  }
}
