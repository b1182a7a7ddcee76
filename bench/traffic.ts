import type { Page } from 'playwright';
import { wireOf } from './wire.ts';

/** What some gates sent to each other in a while. */
export interface Traffic {
  readonly messages: number;
  /** On the wire: of all messages, whatever their type. */
  readonly bytes: number;
  /** How long was listened, ms. */
  readonly ms: number;
}

/** What an admission is made of; PROBEs and their answers are not. */
export const OF_ADMISSIONS = ['SUBMIT', 'APPEND', 'APPENDED', 'RESULT'];

/** Counts what these gates send while something is done: messages of these types, and all bytes. Throws when a gate's trace is too short for it. */
export async function listen(
  pages: readonly Page[],
  types: readonly string[],
  work: () => Promise<unknown>,
): Promise<Traffic> {
  const befores = await Promise.all(pages.map(lastSequence));
  const before = await wireOf(pages);
  const from = performance.now();
  await work();
  const ms = performance.now() - from;
  const bytes = (await wireOf(pages)).bytes - before.bytes;
  const sent = await Promise.all(pages.map((page, at) => sentSince(page, befores[at] ?? 0, types)));
  return { messages: sent.reduce((sum, messages) => sum + messages, 0), bytes, ms };
}

function lastSequence(page: Page): Promise<number> {
  return page.evaluate(() => window.gatehouse?.trace().at(-1)?.sequence ?? 0);
}

function sentSince(page: Page, sequence: number, types: readonly string[]): Promise<number> {
  return page.evaluate(
    ({ sequence, types }) => {
      const trace = window.gatehouse?.trace() ?? [];
      if ((trace[0]?.sequence ?? 0) > sequence + 1) throw new Error('the trace is too short');
      const sent = trace.filter(
        (event) => event.sequence > sequence && event.kind === 'sent' && types.includes(event.what),
      );
      return sent.length;
    },
    { sequence, types },
  );
}
