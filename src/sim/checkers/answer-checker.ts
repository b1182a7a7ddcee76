import { readChatAnswer } from './chat-model.ts';
import type { Committed } from './lineage.ts';
import { brokenTrade } from './market-checker.ts';
import { decodeOutcome } from './outcome.ts';
import { brokenRule } from './park-model.ts';
import { Violation } from './violation.ts';

/** Whether somebody who asked was told anything: the chat and the market say below that it was nothing. */
export function isAnswer({ operation, chat, trade }: Committed, outcome: unknown): boolean {
  return chat !== null || trade !== null || (operation !== null && decodeOutcome(outcome) !== null);
}

/** Compares what the machines said of an operation with what the rules say of it. */
export function checkAnswer(record: Committed, outcome: unknown, what: string): void {
  const broken = brokenBy(record, outcome);
  if (!broken) return;
  const due = record.chat?.answer ?? record.trade?.due ?? record.outcome;
  throw new Violation(broken, `${what} ${JSON.stringify(outcome)}, due is ${JSON.stringify(due)}`);
}

/** The rule that an answer breaks, if any: the chat's, the market's or the park's. */
function brokenBy({ chat, trade, operation, outcome }: Committed, told: unknown): string | null {
  if (chat) return readChatAnswer(told) === chat.answer ? null : CHAT_RULES[chat.action.kind];
  if (trade) return brokenTrade(trade.due, told, trade.node, trade.acts);
  if (!outcome || !operation) return null;
  const said = decodeOutcome(told);
  return said ? brokenRule(outcome, said, operation) : 'S6';
}

const CHAT_RULES = { register: 'C1', join: 'C2', say: 'C3', tell: 'C3' } as const;
