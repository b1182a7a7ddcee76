import { describe, expect, it } from 'vitest';
import { TraceReader, decodeTrace } from './trace-file.ts';

const PARK = { election: 'ring', topology: 'grid' };
const HEAD = { format: 'gatehouse-trace', version: 2, seed: 7, began: 0, ...PARK };
const NODE = { introduces: 'anna', name: 'Gate 1', priority: 3 };
const EVENT = { sequence: 1, at: 5, node: 'anna', kind: 'note', what: 'elected' };

function read(...lines: unknown[]): ReturnType<typeof decodeTrace> {
  return decodeTrace(lines.map((line) => JSON.stringify(line)).join('\n'));
}

describe('a trace file', () => {
  it('is read as it was written', () => {
    const value = { head: HEAD, nodes: [NODE], events: [EVENT] };
    expect(read(HEAD, NODE, EVENT)).toEqual({ ok: true, value });
  });

  it.each<[string, unknown[]]>([
    ['line 1: not an object', ['trace']],
    ['line 1: version: a version that is not known here', [{ ...HEAD, version: 1 }]],
    ['line 1: nothing there', []],
    ['line 1: election: not one of', [{ ...HEAD, election: 'coin' }]],
    ['line 2: no events', [HEAD]],
    ['line 2: priority: not a number from', [HEAD, { ...NODE, priority: null }, EVENT]],
    ['line 3: earlier than what comes before it', [HEAD, EVENT, { ...EVENT, at: 4 }]],
    ['line 2: earlier than what comes before it', [{ ...HEAD, began: 6 }, EVENT]],
    ['line 2: kind: not one of', [HEAD, { ...EVENT, kind: 'heard' }]],
    ['line 3: unknown field', [HEAD, EVENT, { ...EVENT, more: 1 }]],
  ])('is refused: %s', (reason, lines) => {
    const decoded = read(...lines);
    expect(decoded.ok ? 'taken' : decoded.reason).toContain(reason);
  });

  it('is refused where it is more than a page can show', () => {
    const limits = { line: 200, nodes: 2, events: 3 };
    const first = (...lines: unknown[]): string | null | undefined => {
      const reader = new TraceReader(limits);
      return [HEAD, ...lines]
        .map((line) => reader.take(JSON.stringify(line)))
        .find((reason) => reason !== null);
    };
    const long = { ...EVENT, detail: 'x'.repeat(200) };
    expect(first(long)).toBe('line 2: longer than 200 characters');
    expect(first(NODE, NODE, NODE)).toBe('line 4: more than 2 nodes');
    expect(first(EVENT, EVENT, EVENT)).toBeUndefined();
    expect(first(EVENT, EVENT, EVENT, EVENT)).toBe('line 5: more than 3 events');
  });
});
