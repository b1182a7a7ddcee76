import type { TraceEvent } from '../../runtime/trace.ts';

/** A step of a vote, as this gate saw it. */
export interface VoteStep {
  readonly key: string;
  readonly at: number;
  readonly text: string;
}

/** A pause of so many ms between two steps is the end of a vote. */
const PAUSE_MS = 2500;
const MOST = 12;

/** The steps of the last vote, the oldest first, as plain sentences. */
export class VoteStory {
  #steps: VoteStep[] = [];
  readonly #nameOf: (id: string) => string;

  constructor(nameOf: (id: string) => string) {
    this.#nameOf = nameOf;
  }

  get steps(): readonly VoteStep[] {
    return this.#steps;
  }

  /** True when there is news. */
  take(events: readonly TraceEvent[]): boolean {
    let isNews = false;
    for (const event of events) {
      const text = this.#words(event);
      if (text === null) continue;
      const last = this.#steps.at(-1);
      const isNewVote = event.kind === 'command' || (last && event.at - last.at > PAUSE_MS);
      if (isNewVote === true) this.#steps = [];
      // A leader tells everybody: that is one step.
      if (this.#steps.at(-1)?.text === text) continue;
      const step = { key: `${event.sequence}.${event.at}`, at: event.at, text };
      this.#steps = [...this.#steps, step].slice(-MOST);
      isNews = true;
    }
    return isNews;
  }

  #words({ kind, what, peer = '', detail = '' }: TraceEvent): string | null {
    const other = this.#nameOf(peer);
    switch (`${kind} ${what}`) {
      case 'command startElection':
        return 'You started a vote.';
      case 'note leader-lost':
        return 'The leader was not heard any more.';
      case 'note failed':
        return `${this.#nameOf(idIn(detail))} does not answer: it is skipped.`;
      case 'note elected':
        return 'Most servers have promised: this gate leads.';
      case 'sent TOKEN':
        return `This gate passed a token ${detail} on to ${other}.`;
      case 'received TOKEN':
        return `${other} passed a token ${detail} to this gate.`;
      case 'received I_AM_LEADER':
        return `${other} says: I am the leader.`;
      default:
        return null;
    }
  }
}

/** The id before the reason, in a note of the failure detector. */
function idIn(detail: string): string {
  return detail.split(':')[0] ?? '';
}
