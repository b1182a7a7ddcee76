import { expect, it } from 'vitest';
import { TRACE_LIMITS } from '../../../runtime/trace-file.ts';
import { readTrace } from './read-trace.ts';

const HEAD =
  '{"format":"gatehouse-trace","version":2,"seed":7,"began":0,"election":"bully","topology":"mesh"}';
const EVENT = '{"sequence":1,"at":5,"node":"änna","kind":"note","what":"elected"}';

it('a file is read line by line, however it comes in pieces', async () => {
  const bytes = new TextEncoder().encode(`${HEAD}\n${EVENT}\n${EVENT}`);
  const file = new Blob();
  Object.defineProperty(file, 'size', { value: bytes.length });
  file.stream = () =>
    new ReadableStream({
      start: (to) => {
        for (const byte of bytes) to.enqueue(Uint8Array.of(byte));
        to.close();
      },
    });
  const read = await readTrace(file);
  if (!read.ok) throw new Error(read.reason);
  expect(read.value.events.map(({ node }) => node)).toEqual(['änna', 'änna']);
  expect(read.value.head.seed).toBe(7);
});

it.each([
  ['the file is empty', ''],
  ['line 1: not an object', 'garbage'],
  ['line 3: not an object', `${HEAD}\n${EVENT}\n{"sequence":`],
  ['line 2: no events', HEAD],
  [`line 1: longer than ${TRACE_LIMITS.line} characters`, 'x'.repeat(2 * TRACE_LIMITS.line)],
])('is refused: %s', async (reason, text) => {
  expect(await readTrace(new Blob([text]))).toEqual({ ok: false, reason });
});

it('is refused by its size before it is read, and where it can not be read', async () => {
  const large = new Blob(['x']);
  Object.defineProperty(large, 'size', { value: TRACE_LIMITS.bytes + 1 });
  expect(await readTrace(large)).toEqual({ ok: false, reason: 'larger than 64 MiB' });
  const gone = new Blob(['x']);
  gone.stream = () =>
    new ReadableStream({ start: (to) => to.error(new DOMException('gone', 'NotReadableError')) });
  const reason = 'the browser cannot read the file';
  expect(await readTrace(gone)).toEqual({ ok: false, reason });
});
