import type { Page } from 'playwright';

/** What some gates sent to each other in a while. */
export interface Traffic {
  readonly messages: number;
  readonly bytes: number;
  /** How long was listened, ms. */
  readonly ms: number;
}

/** What an admission is made of; PROBEs and their answers are not. */
export const OF_ADMISSIONS = ['SUBMIT', 'APPEND', 'APPENDED', 'RESULT'];

/** Counts what these gates send, of these types, while something is done. Throws when a gate's trace is too short for it. */
export async function listen(
  pages: readonly Page[],
  types: readonly string[],
  work: () => Promise<unknown>,
): Promise<Traffic> {
  const befores = await Promise.all(pages.map(lastSequence));
  const from = performance.now();
  await work();
  const ms = performance.now() - from;
  const sent = await Promise.all(pages.map((page, at) => sentSince(page, befores[at] ?? 0, types)));
  return {
    messages: sent.reduce((sum, { messages }) => sum + messages, 0),
    bytes: sent.reduce((sum, { bytes }) => sum + bytes, 0),
    ms,
  };
}

function lastSequence(page: Page): Promise<number> {
  return page.evaluate(() => window.gatehouse?.trace().at(-1)?.sequence ?? 0);
}

function sentSince(
  page: Page,
  sequence: number,
  types: readonly string[],
): Promise<{ messages: number; bytes: number }> {
  return page.evaluate(
    ({ sequence, types }) => {
      const trace = window.gatehouse?.trace() ?? [];
      if ((trace[0]?.sequence ?? 0) > sequence + 1) throw new Error('the trace is too short');
      const sent = trace.filter(
        (event) => event.sequence > sequence && event.kind === 'sent' && types.includes(event.what),
      );
      const bytes = sent.reduce((sum, event) => sum + (event.bytes ?? 0), 0);
      return { messages: sent.length, bytes };
    },
    { sequence, types },
  );
}
