import type { TraceEvent } from '../../runtime/trace.ts';
import { count } from '../words.ts';
import { EventBook } from './event-book.ts';

const MOST = 10_000;

/** What this page has read of its node's trace. */
export class TraceFeed extends EventBook {
  readonly #trace: () => readonly TraceEvent[];
  #last = 0;

  constructor(trace: () => readonly TraceEvent[], most = MOST) {
    super(most);
    this.#trace = trace;
  }

  /** Reads what has happened since the last time, and returns it. */
  poll(): readonly TraceEvent[] {
    const trace = this.#trace();
    const newest = trace.at(-1)?.sequence ?? 0;
    // A node that lost its memory counts from 1 again.
    if (newest < this.#last) this.#last = 0;
    let from = trace.length;
    while (from > 0 && (trace[from - 1]?.sequence ?? 0) > this.#last) from -= 1;
    if (from === trace.length) return [];
    const fresh = trace.slice(from);
    this.add([...gapBefore(fresh, this.#last), ...fresh]);
    this.#last = newest;
    return fresh;
  }
}

/** The trace keeps so many events only: who looked too seldom, in a hidden tab, has missed the others, and is told. */
function gapBefore([first]: readonly TraceEvent[], last: number): TraceEvent[] {
  const missed = first === undefined || last === 0 ? 0 : first.sequence - last - 1;
  if (first === undefined || missed <= 0) return [];
  const { sequence, at, node } = first;
  const detail = `${count(missed, 'event')} not read, nor counted: this tab was hidden`;
  return [{ sequence: sequence - 1, at, node, kind: 'note', what: 'gap', detail }];
}
