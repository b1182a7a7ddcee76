import type { Operation } from '../../core/entry.ts';
import type { Message } from '../../core/messages.ts';
import type { Committed } from '../checkers/lineage.ts';
import type { Due } from '../checkers/market-model.ts';

/**
 * Counts what happens in runs under short names, for the coverage table: messages by their type, decisions by the
 * word that a node notes, entries by what they say, answers by what they tell.
 */
export class Tally {
  readonly counts = new Map<string, number>();
  readonly #asked = new Set<string>();

  /** @param leads the receiver leads in the term that the message speaks of */
  sent(message: Message, leads: boolean): void {
    this.count(message.type);
    switch (message.type) {
      case 'HELLO':
        if (message.wantsReply && message.leader === null) this.count('HELLO looks for a leader');
        return;
      case 'GOT_IT':
        this.count(`GOT_IT to ${message.to}`);
        return;
      case 'PROMISE':
        if (message.tail.length > 0) this.count('PROMISE with entries');
        return;
      case 'PREPARE':
        if (message.without) this.count('PREPARE without voters');
        return;
      case 'REFUSE':
        this.count(`REFUSE ${message.reason}`);
        if (leads) this.count('REFUSE to a leader');
        return;
      case 'APPEND':
        if (message.beat > 0) this.count('APPEND heartbeat');
        else if (message.entries.length === 0) this.count('APPEND commit news');
        return;
      case 'APPENDED':
        if (!message.ok) this.count('APPENDED does not fit');
        else if (message.beat > 0) this.count('APPENDED to a heartbeat');
        return;
      case 'DECLINED':
        this.count(`DECLINED ${message.reason}`);
        return;
      case 'SUBMIT':
        this.#submitted(message.operations);
        return;
      case 'ORDER':
        if (message.lateMs > 0) this.count('ORDER late on purpose');
        return;
      case 'HELD':
        if (message.asks) this.count('HELD asks');
        return;
      case 'ACKNOWLEDGED':
        this.count(`ACKNOWLEDGED ${message.purpose}`);
        return;
      case 'LOCK':
        if (message.ticket) this.count('LOCK again with its ticket');
        return;
      default:
    }
  }

  noted(what: string, detail: string): void {
    this.count(`note ${what}`);
    if (what === 'ballot-lost') this.count(`ballot lost: ${detail}`);
  }

  /** An operation's call is over. */
  told(type: 'invoke' | 'ok' | 'fail' | 'info', reason: string | null): void {
    this.count(`told ${type}`);
    if ((type === 'fail' || type === 'info') && reason !== null)
      this.count(`error ${reason}, ${type === 'fail' ? 'definite' : 'indefinite'}`);
  }

  committed({ entry, outcome, chat, trade, duplicate }: Committed): void {
    const { command, term } = entry;
    if (command.kind === 'membership') {
      this.count(`entry membership ${command.change}`);
      const byItself = command.change === 'leave' && term.endsWith(`.${command.subject}`);
      if (byItself) this.count('entry of a leader that removes itself');
      return;
    }
    this.count(`entry ${command.kind}`);
    if (command.kind === 'view' && command.cut.length > 0) this.count('entry view with a cut');
    if (command.kind !== 'operation') return;
    if (command.operation.under) this.count('entry operation under a held mutex');
    if (chat) this.count(`chat ${chat.action.kind} ${chat.answer}`);
    if (outcome?.allowed === false) this.count(`outcome ${outcome.reason}`);
    if (trade && !duplicate) this.#traded(trade.due);
  }

  #traded(due: Due): void {
    if (!due.success) this.count(`outcome ${due.reason}`);
    else if ('seller' in due) this.count('sale');
  }

  #submitted(operations: readonly Operation[]): void {
    for (const { id } of operations) {
      const key = `${id.node}.${id.sequence}`;
      if (this.#asked.has(key)) this.count('SUBMIT again');
      this.#asked.add(key);
    }
  }

  count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }
}
