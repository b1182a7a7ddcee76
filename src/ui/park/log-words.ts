/** The log's entries in plain words, and which of them a filter shows. */
import type { Entry, MarketEntry } from '../../runtime/gatehouse.ts';
import { refusalWords } from '../words.ts';

export type NameOf = (id: string) => string;

export const LOG_FILTERS = {
  all: 'Everything',
  in: 'Let in',
  out: 'Let out',
  refused: 'Refused',
  capacity: 'Capacity',
  gates: 'Gates and leaders',
} as const;

export type LogFilter = keyof typeof LOG_FILTERS;

/** Which filter, besides `all`, an entry belongs to. */
export function filterOf(entry: Entry): LogFilter {
  if (entry.allowed === false) return 'refused';
  switch (entry.kind) {
    case 'enter':
      return 'in';
    case 'leave':
      return 'out';
    case 'capacity':
      return 'capacity';
    case 'founding':
    case 'opening':
    case 'generation':
    case 'membership':
    case 'view':
      return 'gates';
    default:
      return 'all';
  }
}

/** What a gate's user did in the chat; what was said is not for the log's readers. */
const IN_THE_CHAT: Readonly<Record<string, string>> = {
  'chat register': 'took a name in the chat',
  'chat join': 'went into a room of the chat',
  'chat say': 'wrote in a room of the chat',
  'chat tell': 'wrote to one person in the chat',
};

/** What an entry says happened: to whom or by whom (a name that people gave), and what. */
export interface EntryParts {
  readonly who: string;
  readonly what: string;
}

/** What an entry says happened, in one sentence. */
export function entryWords(entry: Entry, nameOf: NameOf): string {
  const { who, what } = entryParts(entry, nameOf);
  return who === '' ? what : `${who} ${what}`;
}

/** The name apart, so that a long one can be cut without losing what happened. */
export function entryParts(entry: Entry, nameOf: NameOf): EntryParts {
  const chatted = IN_THE_CHAT[entry.kind];
  if (chatted !== undefined) {
    const refused = entry.allowed === false ? 'was refused something in the chat' : chatted;
    return { who: nameOf(entry.node ?? ''), what: refused };
  }
  if (entry.allowed === false) {
    const { who, what } = refusedWish(entry);
    return { who, what: `${what}: ${refusedWhy(entry)}` };
  }
  if (entry.market) return { who: nameOf(entry.node ?? ''), what: traded(entry.market) };
  const who = entry.visitor ?? 'A visitor';
  const how = entry.ownTab === true ? ' by own phone' : '';
  switch (entry.kind) {
    case 'enter':
      return { who, what: `in${how}` };
    case 'leave':
      return { who, what: `out${how}` };
    case 'capacity':
      return { who: '', what: `Capacity ${entry.capacity ?? '?'}` };
    case 'founding':
      return { who: '', what: `The park was founded, capacity ${entry.capacity ?? '?'}` };
    case 'opening':
      return { who: leaderOf(entry, nameOf), what: 'began to lead' };
    case 'generation':
      return { who: '', what: 'Went on without missing gates: a new generation' };
    case 'membership':
      return membership(entry, nameOf);
    case 'view':
      return { who: '', what: 'A new view of the multicast group' };
    case 'duplicate':
      return { who: nameOf(entry.node ?? ''), what: 'asked again for what had been decided' };
    default:
      return entry.visitor === undefined
        ? { who: '', what: entry.kind }
        : { who: `${entry.kind}:`, what: entry.visitor };
  }
}

function traded({ kind, product, quantity = 0, price = 0, ...rest }: MarketEntry): string {
  const { percent = 0, reason, sale } = rest;
  const goods = `${quantity} ${product ?? 'pieces'}`;
  const why = reason === undefined ? '' : `: refused, ${reason}`;
  switch (kind) {
    case 'commission':
      return `set the market's commission to ${percent} %${why}`;
    case 'deposit':
      return `left ${goods} at the market for ${price} each${why}`;
    case 'buy':
      return sale ? `bought ${goods} for ${sale.paid}` : `wanted ${goods}${why}`;
  }
}

function refusedWish(entry: Entry): EntryParts {
  const who = entry.visitor ?? 'A visitor';
  switch (entry.kind) {
    case 'enter':
      return { who, what: 'not let in' };
    case 'leave':
      return { who, what: 'not let out' };
    case 'capacity':
      return { who: '', what: `Capacity not ${entry.capacity ?? 'set'}` };
    default:
      return { who: '', what: `${entry.kind} refused` };
  }
}

function refusedWhy(entry: Entry): string {
  switch (entry.reason) {
    case 'full':
      return entry.kind === 'capacity' ? 'more are inside' : refusalWords('full', undefined);
    case 'already-inside':
      return 'already inside';
    case 'not-inside':
      return 'not inside';
    default:
      return entry.reason ?? 'the park said no';
  }
}

function membership(entry: Entry, nameOf: NameOf): EntryParts {
  const who = entry.subject === undefined ? 'A gate' : nameOf(entry.subject);
  switch (entry.change) {
    case 'join':
      return { who, what: 'joined' };
    case 'promote':
      return { who, what: 'became a voter' };
    case 'demote':
      return { who, what: 'became a learner' };
    case 'leave':
      return { who, what: 'left' };
    case 'evict':
      return { who, what: 'was removed: it did not answer' };
    default:
      return { who, what: entry.change ?? 'changed' };
  }
}

/** A term carries the id of its leader: `counter.id`. */
function leaderOf(entry: Entry, nameOf: NameOf): string {
  const id = entry.node ?? entry.term.split('.')[1];
  return id === undefined ? 'A leader' : nameOf(id);
}

/** A term as people say it: its number. */
export function termNumber(term: string): string {
  const counter = Number.parseInt(term, 10);
  return Number.isNaN(counter) ? 'none' : String(counter);
}

/** Decides which entries are shown. `text` must be in what the row shows; case does not matter. */
export function entryMatcher(
  filter: LogFilter,
  text: string,
  nameOf: NameOf,
): (entry: Entry) => boolean {
  const wanted = text.trim().toLowerCase();
  return (entry) => {
    if (filter !== 'all' && filterOf(entry) !== filter) return false;
    if (wanted === '') return true;
    const gate = entry.node === undefined ? '' : nameOf(entry.node);
    const row = `${entry.index} ${gate} ${entryWords(entry, nameOf)}`;
    return row.toLowerCase().includes(wanted);
  };
}
