import type { Decoded } from '../../../core/decode.ts';
import { TRACE_LIMITS, TraceReader, type Trace } from '../../../runtime/trace-file.ts';

/** Reads a file as it comes, line by line: what is too much of anything is never held. Does not throw. */
export async function readTrace(file: Blob): Promise<Decoded<Trace>> {
  if (file.size === 0) return { ok: false, reason: 'the file is empty' };
  if (file.size > TRACE_LIMITS.bytes) {
    return { ok: false, reason: `larger than ${TRACE_LIMITS.bytes / 1024 / 1024} MiB` };
  }
  const trace = new TraceReader();
  try {
    const reason = await takeLines(file.stream().getReader(), trace);
    return reason === null ? trace.end() : { ok: false, reason };
  } catch {
    return { ok: false, reason: 'the browser cannot read the file' };
  }
}

/** Returns why a line was not taken; null at the end. */
async function takeLines(
  bytes: ReadableStreamDefaultReader<Uint8Array>,
  trace: TraceReader,
): Promise<string | null> {
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { value, done } = await bytes.read();
    const lines = (rest + decoder.decode(value, { stream: !done })).split('\n');
    rest = done ? '' : (lines.pop() ?? '');
    // A line without an end must not fill the memory.
    const whole = rest.length > TRACE_LIMITS.line ? [...lines, rest] : lines;
    for (const line of whole) {
      const reason = trace.take(line);
      if (reason === null) continue;
      await bytes.cancel();
      return reason;
    }
    if (done) return null;
  }
}
