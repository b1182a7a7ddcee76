/** Who was the trader when, and what a former one has done since: read from the log. */
import { termHolder } from '../../core/term.ts';
import type { Entry, MarketAct } from '../../runtime/gatehouse.ts';

export interface Office {
  readonly trader: string;
  /** When the next one began, and the entry with which it did; null for the last. */
  readonly end: Pick<Entry, 'index' | 'at'> | null;
}

/** The last so many, the newest first. A new term of the same trader is no other office. */
export function lastOffices(entries: readonly Entry[], most: number): Office[] {
  const offices: Office[] = [];
  let end: Office['end'] = null;
  for (let at = entries.length - 1; at >= 0 && offices.length <= most; at -= 1) {
    const entry = entries[at];
    if (entry?.kind !== 'opening') continue;
    const trader = termHolder(entry.term);
    if (offices.at(-1)?.trader !== trader) offices.push({ trader, end });
    end = { index: entry.index, at: entry.at };
  }
  return offices.slice(0, most);
}

/** Pieces that somebody has bought, and left for sale, since an entry. */
export interface PeerTrade {
  readonly bought: number;
  readonly deposited: number;
}

export function tradeSince(acts: readonly MarketAct[], node: string, index: number): PeerTrade {
  const own = acts.filter((act) => act.node === node && act.index > index && act.success);
  const pieces = (kind: MarketAct['kind']): number =>
    own.reduce((sum, act) => sum + (act.kind === kind ? (act.quantity ?? 0) : 0), 0);
  return { bought: pieces('buy'), deposited: pieces('deposit') };
}
