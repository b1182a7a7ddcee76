import type { EntryCommand, LogEntry, Position } from '../entry.ts';
import type { Log } from '../log.ts';
import type { Message, MessageType } from '../messages.ts';
import type { Node } from '../node.ts';
import type { Happening, Harness } from './harness.ts';

export interface TranscriptOptions {
  /** What a reader of this one needs to see although it is routine. */
  readonly show?: readonly MessageType[];
  /** What is beside the point here. */
  readonly hide?: readonly MessageType[];
}

/** One line; what a node sends to several at once shares one. */
interface Row {
  readonly at: string;
  readonly from: string | null;
  readonly to: string[];
  readonly text: string;
}

/** Comes with every link, or again and again: left out unless it is asked for. */
const ROUTINE: readonly MessageType[] = ['HELLO', 'PROBE', 'SNAPSHOT_FETCH', 'SNAPSHOT_CHUNK'];

/**
 * What happened, one line each: time in ms, who, what. Heartbeats, their answers and other routine are left out; what
 * one node sends to several at once is one line. At the end the log, as every node holds it.
 */
export function transcript(harness: Harness, options: TranscriptOptions = {}): string {
  const rows: Row[] = [];
  for (const happening of harness.happenings) {
    if (isHidden(happening, options)) continue;
    const row = rowOf(happening);
    const last = rows[rows.length - 1];
    const joins =
      row.from !== null && last?.from === row.from && last.at === row.at && last.text === row.text;
    if (joins) last.to.push(...row.to);
    else rows.push(row);
  }
  const lines = rows.map(({ at, from, to, text }) => {
    if (from !== null) return `${at}  ${from} -> ${to.join(' ')}: ${text}`;
    return text.startsWith('==') ? `\n${at}  ${text}` : `${at}  ${text}`;
  });
  return `${[...lines, '', ...logs(harness)].join('\n').replace(/^\n/, '')}\n`;
}

function rowOf(happening: Happening): Row {
  const at = String(Math.round(happening.at)).padStart(7);
  if (happening.kind !== 'sent') return { at, from: null, to: [], text: plain(happening) };
  const { from, to, message, lost } = happening;
  return { at, from, to: [to], text: `${describe(message)}${lost ? '   (lost)' : ''}` };
}

function isHidden(happening: Happening, { show = [], hide = [] }: TranscriptOptions): boolean {
  if (happening.kind !== 'sent') return false;
  const { message } = happening;
  if (hide.includes(message.type)) return true;
  if (show.includes(message.type)) return false;
  if (message.type === 'GOT_IT') return message.to === 'PROBE';
  if (message.type === 'APPEND' || message.type === 'APPENDED') return message.beat > 0;
  return ROUTINE.includes(message.type);
}

function plain(happening: Exclude<Happening, { kind: 'sent' }>): string {
  switch (happening.kind) {
    case 'act':
      return `== ${happening.text}`;
    case 'note':
      return short(`${happening.node} (${happening.what}: ${happening.detail})`);
    case 'told': {
      const { node, reply } = happening;
      if (!reply.ok) {
        const sure = reply.definite ? 'definite' : 'indefinite';
        return `${node} is told: ${reply.code}, ${sure}: ${reply.message}`;
      }
      const { value } = reply;
      if (value.type === 'done') return `${node} is told: done`;
      if (value.type === 'granted') return `${node} is told: granted, token ${token(value.token)}`;
      if (value.type === 'greeted') return `${node} is told: ${JSON.stringify(value.greetings)}`;
      if (value.type === 'multicast') return `${node} is told: delivered as ${brief(value.id)}`;
      if (value.type === 'inspected')
        return `${node} is told: ${JSON.stringify(value.inspections)}`;
      const outcome = JSON.stringify(value.outcome);
      return `${node} is told: done as entry ${String(value.index)}, outcome ${outcome}`;
    }
  }
}

/** One line for people: what matters for the rules. */
function describe(message: Message): string {
  switch (message.type) {
    case 'HELLO': {
      const { generations, last, leader, knowsYou } = message;
      const log = generations.length === 0 ? 'no log' : `log ends at ${position(last)}`;
      const led = leader === null ? 'no leader' : `${leader} leads`;
      return `HELLO ${log}, ${led}${knowsYou ? ', you are a member' : ''}`;
    }
    case 'ELECT':
      return `ELECT ${message.members.map(({ id }) => id).join(' ')}`;
    case 'TOKEN':
      return `TOKEN of ${message.candidate.id}`;
    case 'ELECTION_STARTED':
      return `ELECTION_STARTED by ${message.wave.source.id}`;
    case 'ELECTION_VOTE':
      return `ELECTION_VOTE to the wave of ${message.wave.source.id}: ${message.best?.id ?? 'nobody'}`;
    case 'ELECTION_FINISHED':
      return `ELECTION_FINISHED by ${message.wave.source.id}: ${message.winner.id} wins`;
    case 'GOT_IT':
      return `GOT_IT to ${message.to}`;
    case 'I_AM_LEADER':
      return short(`I_AM_LEADER of ${message.term}`);
    case 'PREPARE': {
      const forced = message.without ? `, without ${message.without.join(' ')}` : '';
      return short(`PREPARE ${message.term}, my log ends at ${position(message.last)}${forced}`);
    }
    case 'PROMISE': {
      const { tail } = message;
      const more = tail.length > 0 ? `, with entries ${span(tail)}` : '';
      return short(`PROMISE ${message.term}, my log ends at ${position(message.last)}${more}`);
    }
    case 'REFUSE': {
      const why =
        message.reason === 'promised'
          ? `${message.promised} has my promise`
          : `${String(message.leader)} lives`;
      return short(`REFUSE ${message.term}: ${why}`);
    }
    case 'FETCH':
      return `FETCH after ${String(message.after.index)}`;
    case 'FETCHED':
      return `FETCHED ${span(message.entries)}`;
    case 'APPEND': {
      const { entries, previous, commit, quorum, beat } = message;
      const what =
        entries.length > 4
          ? span(entries)
          : entries.map(({ index, command }) => `${String(index)} ${entry(command)}`).join(', ');
      const after = `after ${position(previous)}`;
      const paused = quorum ? '' : ', no quorum';
      if (entries.length === 0 && beat === 0) return `APPEND commit ${String(commit)}${paused}`;
      return `APPEND [${what}] ${after}, commit ${String(commit)}${paused}`;
    }
    case 'APPENDED':
      return message.ok
        ? `APPENDED ${String(message.match.index)}`
        : `APPENDED no, try after ${position(message.match)}`;
    case 'SNAPSHOT_OFFER':
      return `SNAPSHOT_OFFER at ${position(message.at)}`;
    case 'SNAPSHOT_FETCH':
      return `SNAPSHOT_FETCH from ${String(message.offset)}`;
    case 'SNAPSHOT_CHUNK':
      return `SNAPSHOT_CHUNK at ${String(message.offset)} of ${String(message.size)}`;
    case 'SUBMIT':
      return `SUBMIT ${message.operations.map(({ body }) => JSON.stringify(body)).join(' ')}`;
    case 'RESULT':
      return `RESULT ${message.results.map(({ index }) => `entry ${String(index)}`).join(' ')}`;
    case 'DECLINED':
      return `DECLINED ${message.reason}`;
    case 'QUEUED':
      return `QUEUED with ticket ${token(message.ticket)}`;
    case 'LOCK':
      return message.ticket ? `LOCK again, ticket ${token(message.ticket)}` : 'LOCK';
    case 'GRANT':
      return `GRANT token ${token(message.token)}`;
    case 'FLUSH':
      return `FLUSH for view ${String(message.view)} (${message.order})`;
    case 'FLUSHED': {
      const { installed, held } = message;
      if (installed === 0) return 'FLUSHED: was in no view';
      const texts = held.map(({ multicast }) => multicast.text);
      return `FLUSHED view ${String(installed)}: holds ${quoted(texts)}`;
    }
    case 'ORDER':
      return `ORDER ${quoted([message.multicast.text])}`;
    case 'NUMBERED':
      return `NUMBERED ${String(message.number)}: ${quoted([message.multicast.text])}`;
    case 'HELD':
      return `HELD up to ${String(message.upTo)}`;
    case 'DELIVER':
      return `DELIVER up to ${String(message.upTo)}`;
    case 'STAMPED':
      return `STAMPED ${String(message.time)}: ${quoted([message.multicast.text])}`;
    case 'ACKNOWLEDGED':
      return `ACKNOWLEDGED ${message.has.join(' ')}`;
    default:
      return message.type;
  }
}

function entry(command: EntryCommand): string {
  switch (command.kind) {
    case 'membership':
      return `${command.change} ${command.subject}`;
    case 'operation':
      return JSON.stringify(command.operation.body);
    case 'generation':
      return `generation without ${command.without.join(' ')}`;
    case 'view': {
      const { view, cut } = command;
      const members = view.members.map(({ id }) => id).join(' ');
      const last = cut.length > 0 ? `, after ${quoted(cut.map(({ text }) => text))}` : '';
      return `view ${String(view.number)} of ${members}${last}`;
    }
    default:
      return command.kind;
  }
}

function span(entries: readonly LogEntry[]): string {
  const [first] = entries;
  const last = entries[entries.length - 1];
  if (!first || !last) return 'nothing';
  return first === last ? String(first.index) : `${String(first.index)}-${String(last.index)}`;
}

function position({ index, term }: Position): string {
  return term === '' ? '0' : short(`${String(index)} of ${term}`);
}

function token({ term, number }: { term: string; number: number }): string {
  return short(`${String(number)} of ${term}`);
}

function quoted(texts: readonly string[]): string {
  return texts.length === 0 ? 'nothing' : texts.map((text) => JSON.stringify(text)).join(' ');
}

/** A multicast's name without the random part of it. */
function brief(id: string): string {
  return id.replace(/\..*\./, ' no. ');
}

/** Terms without their leading zeros. */
function short(text: string): string {
  return text.replaceAll(/\b0+([0-9]+\.[a-z])/g, '$1');
}

/** The log at the end; a node whose log differs is shown apart. */
function logs(harness: Harness): string[] {
  const shown = new Map<string, string[]>();
  for (const id of harness.ids) {
    const text = logOf(harness.node(id));
    shown.set(text, [...(shown.get(text) ?? []), id]);
  }
  return [...shown]
    .flatMap(([text, ids]) => [`The log of ${ids.join(', ')}:`, text, ''])
    .slice(0, -1);
}

function logOf({ replica }: Node): string {
  const { base, lastIndex } = replica.log;
  const lines = base.index > 0 ? [`  up to ${position(base)}: in the snapshot`] : [];
  for (let i = base.index + 1; i <= lastIndex; i++) {
    const found = replica.log.at(i);
    if (!found) continue;
    const open = i > replica.commitIndex ? '   (not committed)' : '';
    const run = operationsFrom(replica.log, i);
    if (run >= 8 && open === '') {
      const from = position({ index: i, term: found.term });
      lines.push(`  ${from} and the next ${String(run - 1)}: operations`);
      i += run - 1;
    } else {
      lines.push(`  ${position({ index: i, term: found.term })}: ${entry(found.command)}${open}`);
    }
  }
  return lines.join('\n');
}

/** How many operations follow each other from an index on, under one leader. */
function operationsFrom(log: Log, index: number): number {
  let count = 0;
  const { term } = log.at(index) ?? {};
  for (let next = log.at(index); next?.command.kind === 'operation' && next.term === term;) {
    count += 1;
    next = log.at(index + count);
  }
  return count;
}
