import { MULTICASTS } from '../../core/entry.ts';
import { field, type ChatModel } from './chat-model.ts';
import { mustBeSame } from './excerpt.ts';
import { Violation } from './violation.ts';

/** Compares the chat that a node has with the one that the rules make of its log (rules C1 to C4 and C9). */
export function checkChat(snapshot: unknown, due: ChatModel, who: string): void {
  const chat = field(snapshot, 'chat');
  const owners = new Map<string, string>();
  const own = (name: unknown, owner: unknown): void => {
    if (typeof name !== 'string' || typeof owner !== 'string' || owners.has(name))
      throw new Violation('C1', `${who} has the name ${String(name)} twice`);
    owners.set(name, owner);
  };
  for (const user of list(field(chat, 'users')))
    for (const name of list(field(user, 'names'))) own(name, field(user, 'node'));
  for (const room of list(field(chat, 'rooms'))) own(field(room, 'name'), '');
  mustBeSame('C1', who, sorted(owners), sorted(due.owners));
  for (const room of list(field(chat, 'rooms'))) {
    const name = String(field(room, 'name'));
    const members = list(field(room, 'members')).map(String);
    mustBeSame('C2', who, members.sort(), [...(due.members.get(name) ?? [])].sort());
    mustBeSame('C9', who, field(room, 'order'), due.orders.get(name));
  }
  for (const order of MULTICASTS)
    mustBeSame('C9', who, field(field(chat, 'views'), order) ?? 0, due.views.get(order) ?? 0);
  mustBeSame('C4', who, sorted(saidIn(snapshot)), sorted(due.said));
}

/** What stands in the histories of a node, as the model has it. */
export function saidIn(snapshot: unknown): Map<string, string[]> {
  const said = new Map<string, string[]>();
  for (const row of list(field(field(snapshot, 'chat'), 'histories'))) {
    const [place, messages] = list(row);
    const texts = list(messages).map((message) => {
      const [index, from, , text, view, number] = list(message);
      const where = view === undefined ? '' : ` ${JSON.stringify(view)}.${JSON.stringify(number)}`;
      return `${String(index)} ${String(from)}${where} ${JSON.stringify(text)}`;
    });
    said.set(String(place), texts);
  }
  return said;
}

function sorted(map: ReadonlyMap<string, unknown>): unknown[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
