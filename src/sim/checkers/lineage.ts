import type { LogEntry, Operation, OperationId, Position, Token } from '../../core/entry.ts';
import type { Member } from '../../core/identity.ts';
import type { Json } from '../../core/json.ts';
import type { Term } from '../../core/term.ts';
import { ChatModel, readChatAction, type ChatAction, type ChatAnswer } from './chat-model.ts';
import { MarketModel, type Due } from './market-model.ts';
import { lastMembers } from './observed.ts';
import { ParkModel, readAction, type Action, type Outcome } from './park-model.ts';
import { readVisit, visitKey, VisitLedger } from './visit-ledger.ts';
import { Violation } from './violation.ts';

/** One committed entry, as the first node that committed it showed it. */
export interface Committed {
  readonly entry: LogEntry;
  readonly text: string;
  /** What the rules say about it; null for what is no operation of the park. */
  readonly outcome: Outcome | null;
  readonly operation: Action | null;
  /** What it asks of the chat, and what is due; null for what is no operation of the chat. */
  readonly chat: DueAnswer | null;
  /** What is due of an operation of the market; null for what is none. */
  readonly trade: DueTrade | null;
  /** The operation stands in an earlier entry already. */
  readonly duplicate: boolean;
  /** When, in simulated ms. */
  readonly at: number;
  /** The term whose leader committed it: its own, or a later one. */
  readonly committedIn: Term;
}

/** What is asked of the chat, and what it has to say. */
export interface DueAnswer {
  readonly action: ChatAction;
  readonly answer: ChatAnswer;
}

/** What the market owes an act of a node, which has acted so often with it. */
export interface DueTrade {
  readonly due: Due;
  readonly node: string;
  readonly acts: number;
}

type Judgement = Pick<Committed, 'outcome' | 'operation' | 'chat' | 'trade' | 'duplicate'>;

/** The committed log of one generation, as it grows (rules S1, S3, S5, S6 and S7, and those of the machines). */
export class Lineage {
  readonly generation: string;
  /** The greatest term whose leader has committed something. */
  newestTerm: Term = '';
  /** What began it is committed. */
  isSettled = false;
  readonly #records: Committed[] = [];
  readonly chat = new ChatModel();
  readonly market = new MarketModel();
  #model = new ParkModel(0);
  readonly #visits = new VisitLedger();
  /** Each operation's first entry, and each request's of a visitor's tab. */
  readonly #indexes = new Map<string, number>();
  #lastToken: Token | null = null;
  /** Whose operations ran under a token. */
  readonly #tokens = new Map<string, string>();

  /** @param ancestors the generations that this one grew out of */
  constructor(
    generation: string,
    readonly ancestors: ReadonlySet<string> = new Set(),
  ) {
    this.generation = generation;
  }

  /** Another generation that begins like this one, as far as it shares the entries. */
  fork(
    generation: string,
    ancestors: ReadonlySet<string>,
    shares: (entry: LogEntry) => boolean,
  ): Lineage {
    const lineage = new Lineage(generation, ancestors);
    for (const { entry, text, at, committedIn } of this.#records) {
      if (!shares(entry)) break;
      lineage.extend(entry, text, at, committedIn);
    }
    return lineage;
  }

  get length(): number {
    return this.#records.length;
  }

  get model(): ParkModel {
    return this.#model;
  }

  at(index: number): Committed | undefined {
    return this.#records[index - 1];
  }

  /** The membership at an index (rule M1). */
  membersAt(index: number): readonly Member[] {
    return lastMembers((at) => this.at(at)?.entry, index, 0) ?? [];
  }

  holds({ index, term }: Position): boolean {
    return this.at(index)?.entry.term === term;
  }

  indexOf(key: string): number | undefined {
    return this.#indexes.get(key);
  }

  records(): readonly Committed[] {
    return this.#records;
  }

  /**
   * The next committed entry.
   * @param term in which it was committed
   */
  extend(entry: LogEntry, text: string, at: number, term: Term): Committed {
    if (entry.index !== this.length + 1)
      throw new Violation('S6', `entry ${entry.index} committed, but none at ${this.length + 1}`);
    const last = this.#records[this.length - 1];
    if (last && entry.term < last.entry.term)
      throw new Violation('S6', `terms fall at index ${entry.index}`);
    const record = { entry, text, at, committedIn: term, ...this.#judge(entry) };
    this.#records.push(record);
    const { command } = entry;
    if ('generation' in command) this.isSettled ||= command.generation === this.generation;
    return record;
  }

  #judge(entry: LogEntry): Judgement {
    const { command } = entry;
    if (command.kind === 'founding') this.#model = new ParkModel(command.settings.capacity);
    if (command.kind === 'view') this.chat.viewed(command.order, command.view.number);
    if ('members' in command) this.market.join(command.members.map(({ id }) => id));
    if (command.kind !== 'operation')
      return { outcome: null, operation: null, chat: null, trade: null, duplicate: false };
    const { operation: asked, token } = command;
    this.#checkToken(token, asked, entry.index);
    const { body } = asked;
    const key = keyOf(asked.id);
    const earlier = this.at(this.#indexes.get(key) ?? 0);
    if (earlier) {
      if (JSON.stringify(bodyOf(earlier.entry)) !== JSON.stringify(body))
        throw new Violation(
          'S7',
          `${key} is one thing at ${earlier.entry.index}, and another at ${entry.index}`,
        );
      const { outcome, operation, chat, trade } = earlier;
      return { outcome, operation, chat, trade, duplicate: true };
    }
    this.#indexes.set(key, entry.index);
    return {
      ...this.#decide(entry.index, body),
      chat: this.#said(entry.index, asked),
      trade: this.#trade(entry, asked),
      duplicate: false,
    };
  }

  /** Rule V3: what a visitor gave to several gates is decided where it stands first. */
  #decide(index: number, body: Json): Pick<Judgement, 'outcome' | 'operation'> {
    const operation = readAction(body);
    const visit = readVisit(body);
    const before = visit && this.#visits.due(visit);
    if (!operation || before) return { operation, outcome: before };
    const outcome = this.#model.apply(operation);
    if (visit) {
      this.#visits.decided(visit, outcome);
      this.#indexes.set(visitKey(visit), index);
    }
    return { operation, outcome };
  }

  #said(index: number, { id: { node }, body }: Operation): DueAnswer | null {
    const action = readChatAction(body);
    return action && { action, answer: this.chat.apply(node, action, index) };
  }

  #trade({ index, term }: LogEntry, { id: { node }, body }: Operation): DueTrade | null {
    const due = this.market.apply(body, { node, index, term });
    return due && { due, node, acts: this.market.actsOf(node) };
  }

  #checkToken(token: Token, { under, id: { node } }: Operation, index: number): void {
    if (under && !isSame(under, token))
      throw new Violation(
        'S5',
        `${index} was asked under token ${under.number}, and ran under another`,
      );
    if (this.#lastToken && isOlder(token, this.#lastToken))
      throw new Violation('S5', `tokens fall at index ${index}`);
    this.#lastToken = token;
    const key = `${token.term}/${token.number}`;
    const holder = this.#tokens.get(key) ?? node;
    if (holder !== node)
      throw new Violation('S5', `token ${key} was used by ${holder} and by ${node}`);
    this.#tokens.set(key, node);
  }
}

/** The name of an operation. */
export function keyOf({ node, sequence }: OperationId): string {
  return `${node}.${sequence}`;
}

function bodyOf({ command }: LogEntry): unknown {
  return command.kind === 'operation' ? command.operation.body : null;
}

function isOlder(a: Token, b: Token): boolean {
  return a.term < b.term || (a.term === b.term && a.number < b.number);
}

function isSame(a: Token, b: Token): boolean {
  return a.term === b.term && a.number === b.number;
}
