import type { Status } from '../runtime/gatehouse.ts';
import { gateName, type Acquaintance } from './words.ts';

/** What kind of state the park is in, as seen from this gate. Each has its own word and shape. */
export type Tone = 'open' | 'full' | 'waiting' | 'paused' | 'twice' | 'stopped' | 'wrong';

export interface StatusLine {
  readonly tone: Tone;
  readonly text: string;
}

/** The line at the top of the page: one or two plain sentences that are true whenever they are shown. */
export function statusLine(status: Status): StatusLine {
  if (status.trouble !== null) return { tone: 'wrong', text: trouble(status.trouble) };
  switch (status.role) {
    case 'terminated':
      return {
        tone: 'stopped',
        text: `${status.name} has left the network for good. Reload the page to join again.`,
      };
    case 'crashed':
      return {
        tone: 'stopped',
        text: `${status.name} has crashed: it hears nothing and admits nobody until it recovers.`,
      };
    case 'joining':
      return { tone: 'waiting', text: joining(status) };
    case 'learner':
    case 'follower':
    case 'candidate':
    case 'leader':
      return member(status);
  }
}

function trouble({ code, message }: NonNullable<Status['trouble']>): string {
  switch (code) {
    case 'storage-lost':
      return "This gate's storage was cleared, so it has stopped: it can't vouch for its log. Reload the page to join as a new gate.";
    case 'storage-failed':
      return "This gate can't write to its storage, so it has stopped: it must not promise what it can't keep. Free some space, then reload the page.";
    case 'internal':
      return `This gate has stopped because of a fault in the program (${message}). Reload the page.`;
  }
}

function joining(status: Status): string {
  if (status.conflict !== null) {
    return `This gate set the log of ${otherSide(status, status.conflict)} aside before and can't go back to it: it can only come back as a new gate.`;
  }
  const found = status.peers.length;
  if (found > 0) {
    return `Joining park ${status.park}: ${found} ${found === 1 ? 'gate' : 'gates'} found. Waiting to be let in.`;
  }
  return status.signaling === 'connected'
    ? `Looking for the other gates of park ${status.park}.`
    : `Waiting for the signaling server, which knows the gates of park ${status.park}.`;
}

function member(status: Status): StatusLine {
  const { inStep, members } = status;
  const gates = members === 1 ? 'gate' : 'gates';
  if (status.vacant) {
    return {
      tone: 'paused',
      text: 'Nobody leads: the leader was removed. Admissions paused until somebody starts an election.',
    };
  }
  if (!status.quorum && status.missing.length > 0) {
    return {
      tone: 'paused',
      text: `Only ${inStep} of ${members} ${gates} in reach: admissions paused, so that two sides can't both fill the park.`,
    };
  }
  if (status.leader === null) {
    return {
      tone: 'waiting',
      text: 'Waiting for a leader: the gates are electing one. Admissions paused meanwhile.',
    };
  }
  const leader = gateName(status, status.leader);
  if (!status.quorum) {
    return {
      tone: 'waiting',
      text: `Waiting for leader ${leader} to hear from most gates. Admissions paused meanwhile.`,
    };
  }
  const park = `Leader is ${leader}. ${inStep} of ${members} ${gates} in step.`;
  if (status.conflict !== null)
    return { tone: 'twice', text: twice(otherSide(status, status.conflict)) };
  const wait = mutexWait(status);
  if (wait !== null) return { tone: 'waiting', text: `${park} ${wait}` };
  return isFull(status)
    ? { tone: 'full', text: `${park} Full until somebody leaves.` }
    : { tone: 'open', text: `${park} Admissions open.` };
}

/** Whom people should look for: a gate of the other side, told apart from one of ours that has the same name. */
export function otherSide(
  { id, name, peers }: Acquaintance,
  conflict: NonNullable<Status['conflict']>,
): string {
  const other = { id: conflict.peer, name: conflict.name };
  return gateName(
    { id, name, peers: [...peers.filter((gate) => gate.id !== other.id), other] },
    other.id,
  );
}

function twice(name: string): string {
  return `This park exists twice: the side of ${name} may admit visitors as well as this one, and together they may exceed the capacity. Choose which side goes on.`;
}

/** Why nobody is let in although the gates agree; null when nothing is known to be in the way. */
function mutexWait({ id, name, peers, mutex, stalled }: Status): string | null {
  if (mutex === id) return 'This gate holds the mutex: admissions at all other gates wait for it.';
  if (mutex !== null) {
    return `${gateName({ id, name, peers }, mutex)} holds the mutex: admissions wait until it gives it back.`;
  }
  return stalled ? 'Admissions wait: somebody may hold the mutex, or the leader is slow.' : null;
}

/** No visitor can be let in, however many gates agree. */
export function isFull(status: Pick<Status, 'generation' | 'occupancy' | 'capacity'>): boolean {
  return status.generation !== '' && status.occupancy >= status.capacity;
}
