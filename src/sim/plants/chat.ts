/** Bugs of the chat. */
import type { Json } from '../../core/json.ts';
import { Histories, type Message } from '../../machines/chat-histories.ts';
import {
  decodeChatSnapshot,
  type ChatSnapshot,
  type UserRow,
} from '../../machines/chat-snapshot.ts';
import { Chat } from '../../machines/chat.ts';
import { readChatAction } from '../checkers/chat-model.ts';
import { plantedBug, type PlantedBug } from '../plant.ts';
import { wrap } from './tools.ts';

export const CHAT_BUGS: readonly PlantedBug[] = [
  plantedBug(
    'old-name-is-free',
    'who takes another name gives the old one up, and anybody may have it (rule C1)',
    ['C1'],
    [],
    { install: changedAfterApply(({ users, ...rest }) => ({ ...rest, users: users.map(newest) })) },
  ),
  plantedBug(
    'snapshot-without-messages',
    'who starts from a snapshot has the users and the rooms, and nothing that was said (rule C4)',
    ['S6', 'C4'],
    ['crash', 'wipe'],
    {
      install: () =>
        wrap(
          Chat.prototype,
          'restore',
          (restore) =>
            function (this: Chat, snapshot) {
              restore.call(
                this,
                changed(snapshot, (chat) => ({ ...chat, histories: [] })),
              );
            },
        ),
    },
  ),
  plantedBug(
    'order-forgets-the-view',
    'a room in the order of the multicast sorts by the number alone, and forgets the view (rule C9)',
    ['C4', 'C9'],
    ['crash', 'crash-leader'],
    { multicast: 'sequencer', install: sortsByNumber },
  ),
  plantedBug(
    'said-again',
    'a page that got no answer in time says it again, as something new (rule S7)',
    ['S7'],
    ['partition', 'isolate', 'one-way', 'hang', 'locks'],
    {
      started: (_gate, driver) => {
        const submit = driver.submit.bind(driver);
        driver.submit = (bodies, done) => {
          submit(bodies, (reply, place) => {
            const body = bodies[place] ?? null;
            if (!reply.ok && !reply.definite && readChatAction(body))
              submit([body], () => undefined);
            done(reply, place);
          });
        };
      },
    },
  ),
];

function sortsByNumber(): () => void {
  const numberOf = ({ position }: Message): number => position?.number ?? 0;
  return wrap(
    Histories.prototype,
    'of',
    (of) =>
      function (this: Histories, place) {
        return of.call(this, place).toSorted((a, b) => numberOf(a) - numberOf(b));
      },
  );
}

function newest({ names, ...user }: UserRow): UserRow {
  return { ...user, names: names.slice(-1) };
}

/** What a machine holds after every entry, with something done to it. */
function changedAfterApply(change: (chat: ChatSnapshot) => ChatSnapshot): () => () => void {
  return () =>
    wrap(
      Chat.prototype,
      'apply',
      (apply) =>
        function (this: Chat, entry) {
          const outcome = apply.call(this, entry);
          if (outcome !== null) this.restore(changed(this.snapshot(), change));
          return outcome;
        },
    );
}

function changed(snapshot: Json, change: (chat: ChatSnapshot) => ChatSnapshot): Json {
  const decoded = decodeChatSnapshot(snapshot);
  if (!decoded.ok) return snapshot;
  const { users, rooms, histories, views } = change(decoded.value);
  return {
    users: users.map((user) => ({ ...user })),
    rooms: rooms.map((room) => ({ ...room })),
    histories,
    views: { ...views },
  };
}
