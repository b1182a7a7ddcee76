import { operationKey, type Position } from '../../core/entry.ts';
import type { Leadership } from '../../core/leadership.ts';
import type { Node } from '../../core/node.ts';
import type { Applied } from '../../core/replica.ts';
import type { Term } from '../../core/term.ts';
import { decodeOutcome } from './outcome.ts';
import { brokenRule } from './park-model.ts';
import { Lineage } from './lineage.ts';
import { Violation } from './violation.ts';

/** The machines' states are compared at every multiple of it. */
const STATE_INTERVAL = 32;

/** One life of a node, as the checkers follow it. */
interface Life {
  readonly name: string;
  lineage: Lineage | null;
  commit: number;
  leadership: Leadership | null;
}

interface Reign {
  readonly term: Term;
  readonly leadership: Leadership;
  readonly life: string;
}

/** Compares what every node commits and who leads (rules S1 to S4, S6 and S7), entry by entry as it happens. */
export class LogChecker {
  readonly lineages = new Map<string, Lineage>();
  readonly #reigns = new Map<string, Reign>();
  readonly #states = new Map<string, string>();
  /** Per generation the last index that some client was told about. */
  readonly #told = new Map<string, number>();

  constructor(
    private readonly now: () => number,
    /** The first node to commit an entry tells of it. */
    private readonly committed: (lineage: Lineage, index: number) => void = () => undefined,
    /** Runs what may find a violation in the middle of a node's step. */
    private readonly guard: (work: () => void) => void = (work) => {
      work();
    },
  ) {}

  /** Follows a new life of a node. Call the result after every step. */
  follow(name: string, node: Node): () => void {
    const life: Life = { name, lineage: null, commit: 0, leadership: null };
    node.replica.onApplied((applied) => {
      this.guard(() => {
        this.#applied(life, node, applied);
      });
    });
    return () => {
      this.#stepped(life, node);
    };
  }

  lineageOf(node: Node): Lineage | undefined {
    return this.lineages.get(node.replica.membership.generation);
  }

  /** Rule S2: a client was told that its operation is done. */
  told(node: Node, key: string, index: number, outcome: unknown): void {
    const lineage = this.lineageOf(node);
    const first = lineage?.indexOf(key);
    const record = first === undefined ? undefined : lineage?.at(first);
    if (!lineage || !record)
      throw new Violation('S2', `${key} is told done at ${index} but was never committed`);
    if (lineage.at(index)?.text !== record.text && !lineage.at(index)?.duplicate)
      throw new Violation('S2', `${key} is told to be at ${index} but is at ${first ?? 0}`);
    const said = decodeOutcome(outcome);
    if (!said || !record.outcome || !record.operation)
      throw new Violation('S8', `${key} is told no outcome`);
    const broken = brokenRule(record.outcome, said, record.operation);
    if (broken) throw new Violation(broken, `${key} at ${index} is told ${JSON.stringify(said)}`);
    this.#told.set(lineage.generation, Math.max(index, this.#told.get(lineage.generation) ?? 0));
  }

  #applied(life: Life, node: Node, applied: Applied): void {
    const { entry } = applied;
    if (life.lineage === null || entry.index !== life.commit + 1 || startsGeneration(applied)) {
      life.lineage = this.#lineageAt(node, entry.index);
    }
    life.commit = entry.index;
    const { lineage } = life;
    const text = JSON.stringify(entry);
    const known = lineage.at(entry.index);
    if (!known) {
      this.#extends(life, node, lineage, applied, text);
    } else if (known.text !== text) {
      throw new Violation(
        'S6',
        `${life.name} commits ${text} at ${entry.index}, but committed was ${known.text}`,
      );
    }
    this.#checkOutcome(life, lineage, applied);
    if (entry.index % STATE_INTERVAL === 0) this.#checkState(life, node, entry.index);
  }

  #extends(life: Life, node: Node, lineage: Lineage, { entry }: Applied, text: string): void {
    const term = node.leadership?.term ?? node.replica.promised;
    if (node.leadership && term < lineage.newestTerm)
      throw new Violation(
        'S4',
        `${life.name} leads ${term} and commits ${entry.index}, but ${lineage.newestTerm} has committed`,
      );
    if (term > lineage.newestTerm) lineage.newestTerm = term;
    lineage.extend(entry, text, this.now(), lineage.newestTerm);
    this.committed(lineage, entry.index);
  }

  #checkOutcome(life: Life, lineage: Lineage, { entry, outcome, duplicate }: Applied): void {
    const record = lineage.at(entry.index);
    if (!record || entry.command.kind !== 'operation') return;
    const key = operationKey(entry.command.operation.id);
    if (record.duplicate !== duplicate)
      throw new Violation('S7', `${life.name} applies ${key} ${duplicate ? 'never' : 'again'}`);
    if (duplicate || !record.outcome || !record.operation) return;
    const said = decodeOutcome(outcome);
    const broken = said ? brokenRule(record.outcome, said, record.operation) : 'S6';
    if (broken)
      throw new Violation(
        broken,
        `${life.name} applies ${entry.index} with ${JSON.stringify(outcome)}, due is ${JSON.stringify(record.outcome)}`,
      );
  }

  /** Equal logs give equal states, byte for byte, the exactly-once records included. */
  #checkState(life: Life, node: Node, index: number): void {
    const { machine, sessions } = node.replica;
    const state = JSON.stringify([machine.snapshot(), sessions.snapshot()]);
    const key = `${life.lineage?.generation ?? ''}/${index}`;
    const known = this.#states.get(key) ?? state;
    this.#states.set(key, known);
    if (known !== state)
      throw new Violation('S6', `${life.name} at ${index} has ${state}, others have ${known}`);
  }

  #stepped(life: Life, node: Node): void {
    const { replica, leadership } = node;
    if (replica.commitIndex !== life.commit) this.#jumped(life, node);
    if (leadership === life.leadership) return;
    life.leadership = leadership;
    if (leadership) this.#elected(life, node, leadership);
  }

  /** A snapshot took the place of the log, or the log was set aside. */
  #jumped(life: Life, node: Node): void {
    const { replica } = node;
    life.commit = replica.commitIndex;
    life.lineage = null;
    if (replica.commitIndex === 0) return;
    const lineage = this.#lineageAt(node, replica.commitIndex);
    life.lineage = lineage;
    const { base } = replica.log;
    if (lineage.at(base.index)?.entry.term !== base.term)
      throw new Violation(
        'S6',
        `${life.name} has a snapshot at ${base.index} that nobody committed`,
      );
    if (replica.commitIndex % STATE_INTERVAL === 0) this.#checkState(life, node, base.index);
  }

  /** Rules S4 and S2: one leader a term, and it holds everything that was committed in older terms. */
  #elected(life: Life, node: Node, leadership: Leadership): void {
    const { term } = leadership;
    const reign = this.#reigns.get(term);
    if (reign && reign.leadership !== leadership)
      throw new Violation('S4', `${life.name} leads ${term}, which ${reign.life} has led`);
    this.#reigns.set(term, { term, leadership, life: life.name });
    const { log, membership } = node.replica;
    const first = log.at(leadership.replication.openingIndex);
    if (first?.command.kind === 'generation') return;
    const lineage = this.lineages.get(membership.generation);
    if (!lineage) return;
    for (let index = lineage.length; index > log.base.index; index--) {
      const record = lineage.at(index);
      if (!record || record.committedIn >= term) continue;
      if (log.termAt(index) === record.entry.term) return; // Log matching: all before it too.
      const told = index <= (this.#told.get(lineage.generation) ?? 0) ? ', and told,' : '';
      throw new Violation(
        'S2',
        `${life.name} leads ${term} without ${index} of ${record.entry.term}, committed${told} in ${record.committedIn}; ` +
          `its log ends at ${position(log.last)}`,
      );
    }
  }

  #lineageAt(node: Node, index: number): Lineage {
    const generations = node.replica.membership.generationsAt(index);
    const own = generations[generations.length - 1];
    if (!own) throw new Violation('S6', `entry ${index} belongs to no generation`);
    const known = this.lineages.get(own.id);
    if (known) return known;
    const before = generations[generations.length - 2];
    const parent = before ? (this.lineages.get(before.id) ?? null) : null;
    const lineage = new Lineage(own.id, parent, own.at.index);
    this.lineages.set(own.id, lineage);
    return lineage;
  }
}

function startsGeneration({ entry: { command } }: Applied): boolean {
  return command.kind === 'founding' || command.kind === 'generation';
}

function position({ index, term }: Position): string {
  return `${index} of ${term}`;
}
