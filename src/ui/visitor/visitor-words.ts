/** What a visitor's tab says, in plain words. */
import type { VisitorResult, VisitorStatus } from '../../runtime/gatehouse.ts';
import type { IconName } from '../elements/icon.ts';

export interface VisitorWords {
  readonly icon: IconName;
  /** Where the visitor is, or what is going on. */
  readonly headline: string;
  /** What came of the last request, and what to do. */
  readonly more: string;
}

const LOST =
  'Another page of this browser has it by now, or the data was cleared. Go on there, or take a new one here; by the old one the door can still let you out.';

export function visitorWords(status: VisitorStatus): VisitorWords {
  const { phase, ticket, last, gate } = status;
  if (ticket === 'lost')
    return { icon: 'wrong', headline: 'This page has lost its ticket', more: LOST };
  switch (phase) {
    case 'idle':
      return { icon: iconOf(last, 'out'), headline: 'You are outside', more: afterwards(last) };
    case 'entered':
      return { icon: iconOf(last, 'in'), headline: 'You are inside', more: afterwards(last) };
    case 'entering':
    case 'leaving': {
      const headline = phase === 'entering' ? 'Asking to enter …' : 'Asking to leave …';
      return { icon: 'pending', headline, more: meanwhile(last, gate !== null) };
    }
  }
}

/** Which gate serves this tab, or what it waits for. */
export function gateWords(status: VisitorStatus): string {
  const { gate, gateName, gates, signaling } = status;
  if (gate !== null) return `${gateName ?? 'A gate'} serves you.`;
  if (signaling === 'disconnected') {
    return 'No connection. Your ticket is kept; this page finds a gate by itself when it is back.';
  }
  if (gates === 0) {
    return 'No gate is open. Your ticket is kept; this page finds a gate by itself when one opens.';
  }
  return 'Looking for a gate …';
}

/** What came in and was not taken; null when there is nothing to say. */
export function refusedWords({ refused }: VisitorStatus): string | null {
  const [most] = refused;
  if (most === undefined) return null;
  const count = refused.reduce((sum, kind) => sum + kind.count, 0);
  const often = count === 1 ? 'once' : `${count} times`;
  const reason = refused.length === 1 ? most.reason : `${most.reason}, most often`;
  return `Refused input, ${often}: ${reason}. It changed nothing.`;
}

function iconOf(last: VisitorResult | null, otherwise: IconName): IconName {
  if (last?.kind === 'failed') return 'wrong';
  return last?.kind === 'decided' && !last.outcome.allowed ? 'refused' : otherwise;
}

function afterwards(last: VisitorResult | null): string {
  switch (last?.kind) {
    case undefined:
    case 'finding-out':
      return '';
    case 'failed':
      return `That did not work: ${last.message}. Try again.`;
    case 'at-door':
      return last.inside
        ? 'You were let in at the door. Show this page there.'
        : 'You were let out at the door.';
    case 'decided':
      return decided(last);
  }
}

function decided({ wish, outcome }: Extract<VisitorResult, { kind: 'decided' }>): string {
  if (outcome.allowed) {
    return wish === 'enter' ? 'Welcome! Show this page at the door.' : 'Goodbye, and thank you.';
  }
  switch (outcome.reason) {
    case 'full':
      return 'Refused: the park is full. Wait until somebody leaves, then ask again.';
    case 'already-inside':
      return 'You were let in before.';
    case 'not-inside':
      return 'You were let out before.';
    default:
      return 'Refused.';
  }
}

function meanwhile(last: VisitorResult | null, isServed: boolean): string {
  if (last?.kind === 'finding-out') {
    return 'No answer yet. It may have happened: this page asks on by itself, and counts you once.';
  }
  return isServed ? 'The gates decide together.' : 'Waiting for a gate, up to 5 seconds.';
}
