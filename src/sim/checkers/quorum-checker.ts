import type { Member, NodeId } from '../../core/identity.ts';
import type { Message } from '../../core/messages.ts';
import type { Term } from '../../core/term.ts';
import { Violation } from './violation.ts';

/**
 * Counts by what voters said: nobody leads without the promises of a majority (rule S4), and nothing is committed
 * without the acknowledgements of one (rule S2), of all voters, in sight or not. Who promised a term says nothing for
 * an older one any more (rule S4).
 */
export class QuorumChecker {
  /** The greatest term that each has promised. */
  readonly #promised = new Map<NodeId, Term>();
  readonly #promises = new Map<Term, Set<NodeId>>();
  /** Per term and voter, up to where it acknowledged. */
  readonly #acknowledged = new Map<Term, Map<NodeId, number>>();

  sent(from: NodeId, message: Message): void {
    if (message.type === 'PROMISE') this.#promise(from, message.term);
    if (message.type === 'APPENDED' && message.ok)
      this.#acknowledge(from, message.term, message.match.index);
  }

  /**
   * @param members of the log that the leader adopted
   * @param promised on the leader's own disk
   * @param without those whom a person decided to go on without (rule G4); null in an ordinary ballot
   */
  elected(
    leader: NodeId,
    term: Term,
    members: readonly Member[],
    promised: Term,
    without: readonly NodeId[] | null,
  ): void {
    const promises = this.#promises.get(term);
    const voters = members.filter(({ voter }) => voter);
    const silent = voters.filter(({ id }) =>
      id === leader ? promised < term : promises?.has(id) !== true,
    );
    const short = without
      ? silent.some(({ id }) => !without.includes(id))
      : 2 * (voters.length - silent.length) <= voters.length;
    if (short)
      throw new Violation(
        'S4',
        `${leader} leads ${term} with the promises of ${voters.length - silent.length} of ${voters.length} voters`,
      );
  }

  /**
   * A leader has committed an entry: a majority holds it, and an entry of its own term after it (rule R4).
   * @param members in force at the leader
   * @param firstOfTerm where the leader's own term begins in its log
   * @param durable up to where the leader's own disk holds its log
   */
  committed(
    leader: NodeId,
    term: Term,
    members: readonly Member[],
    index: number,
    firstOfTerm: number,
    durable: number,
  ): void {
    const acknowledged = this.#acknowledged.get(term);
    const needed = Math.max(index, firstOfTerm);
    const voters = members.filter(({ voter }) => voter);
    const holders = voters.filter(
      ({ id }) => (id === leader ? durable : (acknowledged?.get(id) ?? 0)) >= needed,
    );
    if (2 * holders.length <= voters.length)
      throw new Violation(
        'S2',
        `${leader} commits ${index} in ${term}, but ${holders.length} of ${voters.length} voters acknowledged ${needed}`,
      );
  }

  #promise(from: NodeId, term: Term): void {
    this.#mayStill(from, term, 'promises');
    this.#promised.set(from, term);
    const promises = this.#promises.get(term) ?? new Set();
    this.#promises.set(term, promises.add(from));
  }

  #acknowledge(from: NodeId, term: Term, index: number): void {
    this.#mayStill(from, term, 'acknowledges');
    const acknowledged = this.#acknowledged.get(term) ?? new Map<NodeId, number>();
    this.#acknowledged.set(term, acknowledged);
    acknowledged.set(from, Math.max(index, acknowledged.get(from) ?? 0));
  }

  #mayStill(from: NodeId, term: Term, what: string): void {
    const promised = this.#promised.get(from) ?? '';
    if (term < promised)
      throw new Violation('S4', `${from} ${what} ${term}, but has promised ${promised}`);
  }
}
