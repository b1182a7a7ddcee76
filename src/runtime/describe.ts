import type { Message } from '../core/messages.ts';
import { termCounter, type Term } from '../core/term.ts';

/** What a message says, in a few words for the message log. Types that say all by their name have none. */
export function describe(message: Message): string | undefined {
  switch (message.type) {
    case 'HELLO':
      return message.leader === null ? 'knows no leader' : `follows ${message.leader}`;
    case 'JOIN':
      return message.peer.name;
    case 'PROBE':
      return `no. ${message.nonce}`;
    case 'GOT_IT':
      return message.to === 'PROBE' ? `to PROBE no. ${message.nonce}` : 'to ELECT';
    case 'ELECT':
      return `${message.members.length} members`;
    case 'TOKEN':
      return `for ${message.candidate.name}`;
    case 'ELECTION_STARTED':
      return `by ${message.wave.source.id}`;
    case 'ELECTION_VOTE':
      return message.best === null ? 'for nobody' : `for ${message.best.name}`;
    case 'ELECTION_FINISHED':
      return `${message.winner.name} wins`;
    case 'I_AM_LEADER':
    case 'LEADER_REMOVED':
      return of(message.term);
    case 'PREPARE':
      return `${of(message.term)}, log ends at ${message.last.index}`;
    case 'PROMISE':
      return `${of(message.term)}, log ends at ${message.last.index}, ${message.tail.length} entries with it`;
    case 'REFUSE':
      return message.reason === 'promised' ? `promised ${of(message.promised)}` : 'hears a leader';
    case 'FETCH':
      return `after ${message.after.index}`;
    case 'FETCHED':
      return `${message.entries.length} entries after ${message.after.index}`;
    case 'APPEND':
      return describeAppend(message);
    case 'APPENDED':
      if (message.ok && message.beat > 0) {
        return `holds up to ${message.match.index}, to a heartbeat`;
      }
      return message.ok ? `holds up to ${message.match.index}` : `try after ${message.match.index}`;
    case 'SNAPSHOT_OFFER':
    case 'SNAPSHOT_FETCH':
    case 'SNAPSHOT_CHUNK':
      return `of entry ${message.at.index}`;
    case 'SUBMIT':
      return `${message.operations.length} operations`;
    case 'RESULT':
      return `${message.results.length} outcomes`;
    case 'DECLINED':
      return `${message.reason}: ${message.detail}`;
    case 'QUEUED':
      return `ticket ${message.ticket.number}`;
    case 'GRANT':
      return `token ${message.token.number} of ${of(message.token.term)}`;
    case 'ADOPT':
      return 'a person chose your generation';
    case 'ADOPT_REPLY':
      return message.ok ? 'this gate stays with it' : 'this gate does not stay with it';
    case 'FLUSH':
      return `for view ${message.view} of the ${message.order} group`;
    case 'FLUSHED':
      return `${message.held.length} held`;
    case 'ORDER':
      return `no. ${message.multicast.number} of ${message.multicast.from}`;
    case 'NUMBERED':
      return `${message.number}: no. ${message.multicast.number} of ${message.multicast.from}`;
    case 'HELD':
    case 'DELIVER':
      return `up to ${message.upTo}`;
    case 'STAMPED':
      return `at ${message.time}: no. ${message.multicast.number} of ${message.multicast.from}`;
    case 'ACKNOWLEDGED':
      return message.has.join(' ');
    case 'INSPECTED':
      return `${message.delivered} delivered, ${message.heldBack} held back`;
    case 'GROUP_JOIN':
      return `the ${message.order} group`;
    case 'INSPECT':
    case 'LEAVE':
    case 'GAVE_WAY':
    case 'RESIGN':
    case 'LOCK':
    case 'RELEASE':
      return undefined;
  }
}

function describeAppend(message: Extract<Message, { type: 'APPEND' }>): string {
  const { entries, commit, beat } = message;
  const first = entries[0]?.index;
  const last = entries[entries.length - 1]?.index;
  const what =
    first === undefined
      ? beat > 0
        ? 'heartbeat'
        : 'commit news'
      : first === last
        ? `entry ${first}`
        : `entries ${first} to ${last ?? first}`;
  return `${what}, committed ${commit}`;
}

function of(term: Term): string {
  return `term ${termCounter(term)}`;
}
