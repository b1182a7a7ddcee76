import { describe, expect, it } from 'vitest';
import { decodeTrace } from './trace-file.ts';

const HEAD = { format: 'gatehouse-trace', version: 1, seed: 7, began: 0 };
const EVENT = { sequence: 1, at: 5, node: 'anna', kind: 'note', what: 'elected' };

function read(...lines: unknown[]): ReturnType<typeof decodeTrace> {
  return decodeTrace(lines.map((line) => JSON.stringify(line)).join('\n'));
}

describe('a trace file', () => {
  it('is read as it was written', () => {
    expect(read(HEAD, EVENT)).toEqual({ ok: true, value: { head: HEAD, events: [EVENT] } });
  });

  it.each<[string, unknown[]]>([
    ['line 1: not an object', ['trace']],
    ['line 1: version: a version that is not known here', [{ ...HEAD, version: 2 }]],
    ['line 2: kind: not one of', [HEAD, { ...EVENT, kind: 'heard' }]],
    ['line 3: unknown field', [HEAD, EVENT, { ...EVENT, more: 1 }]],
  ])('is refused: %s', (reason, lines) => {
    const decoded = read(...lines);
    expect(decoded.ok ? 'taken' : decoded.reason).toContain(reason);
  });
});
