import type { NodeId } from '../../core/identity.ts';
import type { LogEntry, Position } from '../../core/entry.ts';
import type { Applied } from '../../core/replica.ts';
import type { Term } from '../../core/term.ts';
import { checkAnswer, isAnswer } from './answer-checker.ts';
import { checkChat } from './chat-checker.ts';
import { ChoiceChecker, type Before } from './choice-checker.ts';
import { whereTheyDiffer } from './excerpt.ts';
import { keyOf, Lineage, type Committed } from './lineage.ts';
import { checkMarket } from './market-checker.ts';
import {
  generationsUpTo,
  membersIn,
  membersUpTo,
  type Durable,
  type ObservedNode,
} from './observed.ts';
import { QuorumChecker } from './quorum-checker.ts';
import { checkPark } from './state-checker.ts';
import { TokenLedger } from './token-ledger.ts';
import { Violation } from './violation.ts';

/** The machines' states are compared at every multiple of it. */
export const STATE_INTERVAL = 32;

/** Holds whatever its node says: where no disk is looked at. */
const ANY_DISK: Durable = { end: Infinity, promised: '~' };

/** One life of a node, as the checkers follow it. */
interface Life {
  readonly id: NodeId;
  readonly name: string;
  lineage: Lineage | null;
  commit: number;
  /** The last entry that it knows to be committed; null before the first. */
  last: Position | null;
  office: Office | null;
  /** As it was after its last step. */
  before: Before;
  /** In this step it found that it had slept: then it hears no leader any more (rule F4). */
  hasSlept: boolean;
}

const NOTHING: Before = { generation: '', holdsOperations: false, hasQuorum: false };

export interface SetAside {
  readonly node: NodeId;
  readonly generation: string;
  /** As far as it knew the log to be committed. */
  readonly through: number;
}

/** Where an office begins in the committed log of a generation. */
export interface Opening {
  readonly generation: string;
  readonly at: Position;
}

/** A node leads. */
interface Office {
  readonly leadership: object;
  readonly term: Term;
  /** Where its term begins in its log. */
  readonly first: number;
  /** The membership in force at its log's end, which has been read up to here, and the last entry that changed it. */
  members: ObservedMembers;
  changed: number;
  read: number;
}

interface Leader {
  readonly id: NodeId;
  readonly life: string;
  readonly leadership: object;
}

type ObservedMembers = ReturnType<typeof membersUpTo>;

/** Compares what every node commits and who leads (rules S1 to S7), entry by entry as it happens. */
export class LogChecker {
  readonly lineages = new Map<string, Lineage>();
  /** Logs that a node gave up for another generation. */
  readonly setAside: SetAside[] = [];
  readonly quorums = new QuorumChecker();
  readonly tokens = new TokenLedger();
  readonly choices = new ChoiceChecker(this.lineages);
  readonly #lives = new Map<ObservedNode, Life>();
  /** The newest life of each node. */
  readonly #nodes = new Map<NodeId, ObservedNode>();
  readonly #leaders = new Map<Term, Leader>();
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
    private readonly disk: (id: NodeId, life: string) => Durable = () => ANY_DISK,
  ) {}

  /** Follows a new life of a node, `id#number`. Call the result after every step. */
  follow(name: string, node: ObservedNode): () => void {
    const id = name.replace(/#.*$/, '');
    const life: Life = {
      ...{ id, name, lineage: null, commit: 0, last: null, office: null },
      ...{ before: NOTHING, hasSlept: false },
    };
    this.#lives.set(node, life);
    this.#nodes.set(id, node);
    node.replica.onApplied((applied) => {
      this.guard(() => {
        this.#applied(life, node, applied);
      });
    });
    return () => {
      this.#stepped(life, node);
    };
  }

  /** In the middle of a step: it found that it had slept. */
  slept(node: ObservedNode): void {
    const life = this.#lives.get(node);
    if (life) life.hasSlept = true;
  }

  /** An older leader's copy may still be committed until the term is open: only then an old token is final (rule X2). */
  declined(from: NodeId): void {
    const node = this.#nodes.get(from);
    const office = node && this.#lives.get(node)?.office;
    if (office && node.replica.commitIndex < office.first)
      throw new Violation('S8', `${from} refuses an old token before ${office.term} is open`);
  }

  /** Where the office begins that this node holds; null when it holds none. */
  openingOf(node: ObservedNode): Opening | null {
    const office = this.#lives.get(node)?.office;
    if (!office) return null;
    const { generation } = node.replica.membership;
    return { generation, at: { index: office.first, term: office.term } };
  }

  /** The newest life of a node. */
  newest(id: NodeId): ObservedNode | undefined {
    return this.#nodes.get(id);
  }

  /** How often the office went on to another term. */
  get leaderChanges(): number {
    return Math.max(0, this.#leaders.size - 1);
  }

  hasLed(id: NodeId, term: Term): boolean {
    return this.#leaders.get(term)?.id === id;
  }

  /** Rule S2: a client was told that its operation is done. Returns the generation in which. */
  told(node: ObservedNode, key: string, index: number, outcome: unknown): Lineage {
    const life = this.#lives.get(node);
    const own = life ? this.#lineageAt(life, node) : this.#newestLineage(node);
    const lineage = this.#holder(own, (one) => one.indexOf(key) === index);
    const first = lineage.indexOf(key);
    const record = first === undefined ? undefined : lineage.at(first);
    if (!record)
      throw new Violation('S2', `${key} is told done at ${index} but was never committed`);
    if (index !== first)
      throw new Violation('S2', `${key} is told to be at ${index} but is at ${first ?? 0}`);
    if (!isAnswer(record, outcome)) throw new Violation('S8', `${key} is told no outcome`);
    checkAnswer(record, outcome, `${key} at ${index} is told`);
    this.#told.set(lineage.generation, Math.max(index, this.#told.get(lineage.generation) ?? 0));
    return lineage;
  }

  #applied(life: Life, node: ObservedNode, applied: Applied): void {
    const { entry } = applied;
    const own = this.#lineageAt(life, node);
    // A leader commits in its own generation, whatever a younger one has made of the same entries.
    const lineage = node.leadership ? own : this.#holder(own, (one) => one.holds(entry));
    if (entry.index !== life.commit + 1) this.#checkBase(life, node, lineage);
    life.commit = entry.index;
    const known = lineage.at(entry.index);
    if (!known) this.#extends(life, node, lineage, applied, JSON.stringify(entry));
    // The virtual network hands objects over: mostly it is the very one, which nobody changes (see `FROZEN_SEEDS`).
    else if (known.entry !== entry) checkText(life, known, entry);
    goesOn(life, lineage, entry);
    if (entry.command.kind === 'operation') holdsOperations(life);
    this.#checkOutcome(life, lineage, applied);
    if (entry.index % STATE_INTERVAL === 0) this.#checkState(life, node, lineage, entry.index);
  }

  /** Rule S2: the first to commit an entry is a leader, and a majority holds it. */
  #extends(
    life: Life,
    node: ObservedNode,
    lineage: Lineage,
    { entry }: Applied,
    text: string,
  ): void {
    const office = this.#officeOf(life, node);
    if (!office)
      throw new Violation(
        'S2',
        `${life.name} commits ${entry.index}, which no leader has committed`,
      );
    const { term, members, first } = office;
    if (term < lineage.newestTerm)
      throw new Violation(
        'S4',
        `${life.name} leads ${term} and commits ${entry.index}, but ${lineage.newestTerm} has committed`,
      );
    const { end } = this.disk(life.id, life.name);
    this.quorums.committed(life.id, term, members, entry.index, first, end);
    if (term > lineage.newestTerm) lineage.newestTerm = term;
    lineage.extend(entry, text, this.now(), lineage.newestTerm);
    if (entry.command.kind === 'operation')
      this.tokens.used(entry.command.token, entry.command.operation.id.node);
    this.committed(lineage, entry.index);
  }

  #checkOutcome(life: Life, lineage: Lineage, { entry, outcome, duplicate }: Applied): void {
    const record = lineage.at(entry.index);
    if (!record || entry.command.kind !== 'operation') return;
    const key = keyOf(entry.command.operation.id);
    if (record.duplicate !== duplicate)
      throw new Violation('S7', `${life.name} applies ${key} ${duplicate ? 'never' : 'again'}`);
    if (!duplicate) checkAnswer(record, outcome, `${life.name} applies ${entry.index} with`);
  }

  /** Equal logs give equal states, byte for byte, the exactly-once records included; and the machines are as the rules say. */
  #checkState(life: Life, node: ObservedNode, lineage: Lineage, index: number): void {
    const { machine, sessions } = node.replica;
    const snapshot = machine.snapshot();
    const state = JSON.stringify([snapshot, sessions.snapshot()]);
    const key = `${lineage.generation}/${index}`;
    const known = this.#states.get(key);
    if (known === undefined && lineage.length === index) {
      checkPark(snapshot, lineage.model, life.name);
      checkChat(snapshot, lineage.chat, life.name);
      checkMarket(snapshot, lineage.market, life.name);
    }
    this.#states.set(key, known ?? state);
    if (known === undefined || known === state) return;
    const [own, others] = whereTheyDiffer(state, known);
    throw new Violation('S6', `${life.name} at ${index} has ${own}, others have ${others}`);
  }

  #stepped(life: Life, node: ObservedNode): void {
    if (node.replica.commitIndex !== life.commit) this.#jumped(life, node);
    this.#officeOf(life, node);
    this.#remember(life, node);
  }

  /** For when it sets its log aside in its next step. */
  #remember(life: Life, node: ObservedNode): void {
    const { generation } = node.replica.membership;
    // As long as there is one generation there is none to give way to.
    const hasQuorum = this.lineages.size > 1 && node.liveLeader() !== null;
    const { before } = life;
    if (before.generation !== generation || before.hasQuorum !== hasQuorum)
      life.before = { ...before, generation, hasQuorum };
    life.hasSlept = false;
  }

  /** A snapshot took the place of the log, or the log was set aside. */
  #jumped(life: Life, node: ObservedNode): void {
    const { commitIndex } = node.replica;
    const { id, lineage: own, commit: through } = life;
    life.commit = commitIndex;
    life.lineage = null;
    if (commitIndex === 0) {
      if (own) this.#gaveUp(life, { node: id, generation: own.generation, through });
      return;
    }
    const lineage = this.#holder(this.#lineageAt(life, node), (one) =>
      one.holds(node.replica.log.base),
    );
    this.#checkBase(life, node, lineage);
    goesOn(life, lineage, node.replica.log.base);
    // Of what it stands for nobody can tell any more that it is nothing.
    holdsOperations(life);
    if (commitIndex % STATE_INTERVAL === 0) this.#checkState(life, node, lineage, commitIndex);
  }

  /** Its log is empty again. */
  #gaveUp(life: Life, setAside: SetAside): void {
    const { before, hasSlept } = life;
    life.last = null;
    life.before = NOTHING;
    this.setAside.push(setAside);
    this.choices.setAside(life.name, { ...before, hasQuorum: before.hasQuorum && !hasSlept });
  }

  #checkBase(life: Life, { replica }: ObservedNode, lineage: Lineage): void {
    const { baseSnapshot, log } = replica;
    const { base } = log;
    if (base.index === 0) return;
    if (!lineage.holds(base))
      throw new Violation(
        'S6',
        `${life.name} has a snapshot at ${position(base)} that nobody committed`,
      );
    const members = JSON.stringify(baseSnapshot?.members ?? []);
    if (members !== JSON.stringify(lineage.membersAt(base.index)))
      throw new Violation(
        'S6',
        `${life.name} has a snapshot at ${position(base)} with the members ${members}, which are not the log's`,
      );
  }

  /** The office that a node holds: a new one is judged, and the membership read on. */
  #officeOf(life: Life, node: ObservedNode): Office | null {
    const { leadership, replica } = node;
    if (leadership === null) life.office = null;
    else if (life.office?.leadership !== leadership) {
      life.office = this.#enters(node, leadership);
      this.#elected(life, node, life.office);
    }
    const { office } = life;
    for (; office && office.read < replica.log.lastIndex; office.read++) {
      const members = membersIn(replica.log.at(office.read + 1));
      if (!members) continue;
      if (office.read >= office.first) checkChange(life.name, office, members, replica.commitIndex);
      office.members = members;
      office.changed = office.read + 1;
    }
    return office;
  }

  #enters(node: ObservedNode, leadership: { readonly term: Term }): Office {
    const { term } = leadership;
    const { log } = node.replica;
    let first = log.lastIndex;
    while (first > log.base.index && !isOpening(log.at(first), term)) first -= 1;
    const members = membersUpTo(node, first - 1);
    return { leadership, term, first, members, changed: 0, read: first - 1 };
  }

  /** Rules S4 and S2: one leader a term, promised by a quorum, with everything that was committed in older terms. */
  #elected(life: Life, node: ObservedNode, { leadership, term, first, members }: Office): void {
    const before = this.#leaders.get(term);
    if (before && before.leadership !== leadership)
      throw new Violation('S4', `${life.name} leads ${term}, which ${before.life} has led`);
    this.#leaders.set(term, { leadership, id: life.id, life: life.name });
    const { log } = node.replica;
    const opening = log.at(first)?.command;
    const without = opening?.kind === 'generation' ? opening.without : null;
    const { promised } = this.disk(life.id, life.name);
    this.quorums.elected(life.id, term, members, promised, without);
    if (without) return;
    const generations = generationsUpTo(node, log.lastIndex);
    const lineage = this.lineages.get(generations[generations.length - 1]?.id ?? '');
    if (!lineage) return;
    for (let index = log.base.index + 1; index <= lineage.length; index++) {
      const record = lineage.at(index);
      if (!record || record.committedIn >= term) continue;
      if (log.termAt(index) === record.entry.term) continue;
      const told = index <= (this.#told.get(lineage.generation) ?? 0) ? ', and told,' : '';
      throw new Violation(
        'S2',
        `${life.name} leads ${term} without ${index} of ${record.entry.term}, committed${told} in ${record.committedIn}; ` +
          `its log ends at ${position(log.last)}`,
      );
    }
  }

  /**
   * What a node commits belongs to the newest generation in its log: a leader that a person forced commits what stands
   * before the generation's own entry too, and the generation before may have committed something else there.
   */
  #lineageAt(life: Life, node: ObservedNode): Lineage {
    const { generation } = node.replica.membership;
    if (life.lineage?.generation !== generation) life.lineage = this.#newestLineage(node);
    return life.lineage;
  }

  /** The log of a node that joins a forced generation looks like an older one's at first: then a younger one holds it. */
  #holder(own: Lineage, holds: (lineage: Lineage) => boolean): Lineage {
    if (holds(own)) return own;
    const younger = [...this.lineages.values()].filter(({ ancestors }) =>
      ancestors.has(own.generation),
    );
    return younger.find(holds) ?? own;
  }

  #newestLineage(node: ObservedNode): Lineage {
    const { log } = node.replica;
    const [own, ...older] = generationsUpTo(node, log.lastIndex).toReversed();
    if (!own) throw new Violation('S6', 'entries of no generation are committed');
    const known = this.lineages.get(own.id);
    if (known) return known;
    const ancestors = new Set(older.map(({ id }) => id));
    // One in between may have committed nothing.
    const parent = older.flatMap(({ id }) => this.lineages.get(id) ?? [])[0];
    // Log matching: where the terms differ the parent has gone another way.
    const shares = ({ index, term }: Position): boolean =>
      index < own.at.index && (index <= log.base.index || log.termAt(index) === term);
    const lineage = parent?.fork(own.id, ancestors, shares) ?? new Lineage(own.id, ancestors);
    this.lineages.set(own.id, lineage);
    return lineage;
  }
}

function holdsOperations(life: Life): void {
  if (!life.before.holdsOperations) life.before = { ...life.before, holdsOperations: true };
}

/**
 * Rule S6: what follows comes after what this node knew to be committed, in the same log. Another one takes its place only
 * where it is set aside before (rule G3).
 */
function goesOn(life: Life, lineage: Lineage, { index, term }: Position): void {
  const { last } = life;
  life.last = { index, term };
  if (last && !lineage.holds(last))
    throw new Violation(
      'S6',
      `${life.name} goes on in ${lineage.generation} at ${index}, which does not hold ${position(last)}, committed here`,
    );
}

/** Rule M2, without which majorities need not overlap: one change at a time, of one voter, once the term is open. */
function checkChange(
  who: string,
  { members, changed, first, term }: Office,
  next: ObservedMembers,
  commit: number,
): void {
  if (commit < first) throw new Violation('S2', `${who} changes members before ${term} is open`);
  if (commit < changed)
    throw new Violation('S2', `${who} changes members before ${changed} is committed`);
  const voters = (list: ObservedMembers): string[] =>
    list.flatMap(({ id, voter }) => (voter ? id : []));
  const [before, after] = [voters(members), voters(next)];
  const changes =
    before.filter((id) => !after.includes(id)).length +
    after.filter((id) => !before.includes(id)).length;
  if (changes > 1) throw new Violation('S2', `${who} changes ${changes} voters at once`);
}

/** The first entry that a leader appends (rules R4, G4). */
function isOpening(entry: LogEntry | undefined, term: Term): boolean {
  const kind = entry?.command.kind;
  return entry?.term === term && (kind === 'opening' || kind === 'generation');
}

/** Equal index, equal bytes. */
function checkText(life: Life, known: Committed, entry: LogEntry): void {
  const text = JSON.stringify(entry);
  if (known.text === text) return;
  const [own, committed] = whereTheyDiffer(text, known.text);
  throw new Violation(
    'S6',
    `${life.name} commits ${own} at ${entry.index}, but committed was ${committed}`,
  );
}

function position({ index, term }: Position): string {
  return `${index} of ${term}`;
}
