import type { Entry, Gatehouse } from '../../runtime/gatehouse.ts';

/** How many entries one call fetches. */
const PAGE = 5000;

/** What a file holds that is handed to people: they can see from it whether anything is left out. */
export interface ExportedLog {
  readonly park: string;
  readonly generation: string;
  /** The committed entries, from the first to the last that this gate holds. */
  readonly from: number;
  readonly to: number;
  /** It begins with the first entry of the park; otherwise older ones were folded into a snapshot. */
  readonly complete: boolean;
  readonly entries: readonly Entry[];
}

/** The whole committed log of this gate, fetched page by page. Rejects when the gate changes sides or stops meanwhile. */
export async function wholeLog(gatehouse: Pick<Gatehouse, 'status' | 'log'>): Promise<ExportedLog> {
  const { park, generation, commitIndex } = gatehouse.status();
  const entries: Entry[] = [];
  for (let from = 1; from <= commitIndex; from += PAGE) {
    entries.push(...(await gatehouse.log(from, Math.min(commitIndex, from + PAGE - 1))));
  }
  const now = gatehouse.status().generation;
  const from = entries[0]?.index ?? 0;
  const to = entries.at(-1)?.index ?? 0;
  const whole = to === commitIndex && (to === 0 || entries.length === to - from + 1);
  if (now !== generation || !whole) throw new Error('the log changed while it was read; try again');
  return { park, generation, from, to, complete: from === 1, entries };
}
