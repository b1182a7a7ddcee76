/** Bugs of the total order and of changes of view. */
import { Context } from '../../core/context.ts';
import type { NodeId } from '../../core/identity.ts';
import type { Message } from '../../core/messages.ts';
import { Sends } from '../../core/multicast/sends.ts';
import { SequencerOrder } from '../../core/multicast/sequencer.ts';
import type { Node } from '../../core/node.ts';
import { Replication } from '../../core/replication.ts';
import { plantedBug, type PlantedBug } from '../plant.ts';
import { both, changeHeard, replace, wrap } from './tools.ts';

export const MULTICAST_BUGS: readonly PlantedBug[] = [
  plantedBug(
    'delivered-before-all-hold-it',
    'a numbered message is delivered when it comes, though others may not have it yet (rule T5)',
    ['T3', 'T1'],
    ['loss', 'crash-leader', 'crash'],
    {
      multicast: 'sequencer',
      started: (_gate, { node }) => {
        changeHeard(node, (message) =>
          message.type === 'NUMBERED' ? { ...message, upTo: message.number } : message,
        );
      },
    },
  ),
  plantedBug(
    'goes-on-after-flush',
    'who has answered FLUSH still acknowledges and delivers in the old view (rule T6)',
    ['T7', 'T3', 'T1'],
    ['loss', 'crash', 'delay'],
    {
      multicast: 'sequencer',
      install: () => replace(SequencerOrder.prototype, 'stop', () => undefined),
    },
  ),
  plantedBug(
    'view-without-its-cut',
    'a new view begins without what was under way in the old one (rule T7)',
    ['T1', 'T3'],
    ['loss', 'crash', 'crash-leader'],
    { multicast: 'lamport', install: forgetsTheCut },
  ),
  plantedBug(
    'multicast-failed-for-sure',
    'a multicast that was sent and is not delivered in time is said to have failed for sure (rule T14)',
    ['T14'],
    ['isolate', 'stall'],
    { multicast: 'sequencer', install: definiteWhenLate },
  ),
  plantedBug(
    'acknowledgement-overtakes',
    'an acknowledgement counts although messages that its sender had sent before are not here yet (rule T11)',
    ['T1'],
    ['loss', 'reorder', 'delay'],
    {
      multicast: 'lamport',
      started: (_gate, { node }) => {
        changeHeard(node, (message, from) => withoutOwnCount(node, message, from));
      },
    },
  ),
];

function forgetsTheCut(): () => void {
  return wrap(
    Replication.prototype,
    'append',
    (append) =>
      function (this: Replication, commands) {
        const changed = commands.map((command) =>
          command.kind === 'view' ? { ...command, cut: [] } : command,
        );
        return append.call(this, changed);
      },
  );
}

/** Every answer that time brings about is definite. */
function definiteWhenLate(): () => void {
  let isLate = false;
  return both(
    () =>
      wrap(
        Sends.prototype,
        'deadlinePassed',
        (deadlinePassed) =>
          function (this: Sends) {
            isLate = true;
            deadlinePassed.call(this);
            isLate = false;
          },
      ),
    () =>
      wrap(
        Context.prototype,
        'replyError',
        (replyError) =>
          function (this: Context, request, code, definite, message) {
            replyError.call(this, request, code, definite || isLate, message);
          },
      ),
  )();
}

function withoutOwnCount(node: Node, message: Message, from: NodeId): Message {
  if (message.type !== 'ACKNOWLEDGED') return message;
  const members = node.groups.of('lamport').view?.members ?? [];
  const has = message.has.map((count, place) => (members[place]?.id === from ? 0 : count));
  return { ...message, has };
}
