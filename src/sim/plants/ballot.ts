/** Bugs of elections, ballots and promises. */
import { decodeEnvelope } from '../../core/decode.ts';
import type { NodeId } from '../../core/identity.ts';
import type { Envelope, Message } from '../../core/messages.ts';
import type { Node } from '../../core/node.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Transport } from '../../transport/transport.ts';
import { plantedBug, type PlantedBug } from '../plant.ts';
import { changeHeard, changeSent, changeTransport } from './tools.ts';

export const BALLOT_BUGS: readonly PlantedBug[] = [
  plantedBug(
    'quorum-of-the-visible',
    'a majority of the voters in sight is enough: those that are not count as if they had agreed',
    ['S2', 'S4'],
    ['partition'],
    {
      ports: (gate, ports) => ({
        ...ports,
        transport: yesMen(ports.transport, ports.clock, (to) => !gate.sees(to)),
      }),
      started: (_gate, driver) => {
        driver.node.detector.isFailed = () => false;
      },
    },
  ),
  plantedBug(
    'own-log-wins',
    'the winner of a ballot leads with its own log, not with the most up-to-date one',
    ['S2'],
    ['crash-leader', 'isolate'],
    {
      started: (_gate, { node }) => {
        changeHeard(node, (message) =>
          message.type === 'PROMISE' ? withoutLog(message) : message,
        );
      },
    },
  ),
  plantedBug(
    'longer-log-wins',
    "the winner of a ballot keeps its own log where that is longer, though another's is of a later term (rule B3)",
    ['S2', 'S6'],
    ['comeback'],
    {
      started: (_gate, { node }) => {
        changeHeard(node, (message) =>
          message.type === 'PROMISE' && message.last.index < node.replica.log.lastIndex
            ? withoutLog(message)
            : message,
        );
      },
    },
  ),
  plantedBug(
    'learner-promises',
    "a learner is asked for its promise, which counts as a voter's (rule B4)",
    ['S4'],
    ['partition', 'crash-leader'],
    {
      // More than may vote.
      nodes: [11, 13],
      started: (_gate, { node }) => {
        takesLearnersPromises(node);
      },
    },
  ),
  plantedBug(
    'old-leader-obeyed',
    'a follower takes entries of an older term than it has promised: a leader that thawed is trusted',
    ['S4', 'S6'],
    ['hang', 'sleep', 'isolate'],
    {
      started: (_gate, { node }) => {
        const oldTerms = new Map<NodeId, string>();
        changeHeard(node, (message, from) => {
          if (message.type !== 'APPEND') return message;
          const { promised } = node.replica;
          if (message.term >= promised) {
            oldTerms.delete(from);
            return message;
          }
          oldTerms.set(from, message.term);
          return { ...message, term: promised };
        });
        changeSent(node, (message, to) => {
          const term = oldTerms.get(to);
          return message.type === 'APPENDED' && term !== undefined ? { ...message, term } : message;
        });
      },
    },
  ),
];

/** As if one of the voters had said it that say nothing. */
function takesLearnersPromises(node: Node): void {
  const { membership } = node.replica;
  const learners = (): NodeId[] =>
    membership.members.flatMap(({ id, voter }) => (voter || id === node.self.id ? [] : id));
  const promised = new Map<string, Set<NodeId>>();
  const standsFor = (from: NodeId, term: string): NodeId => {
    const before = promised.get(term) ?? new Set([node.self.id]);
    const silent = membership.voters().find(({ id }) => !before.has(id));
    const counted = learners().includes(from) ? (silent?.id ?? from) : from;
    promised.set(term, before.add(counted));
    return counted;
  };
  const step = node.step.bind(node);
  node.step = (event) => {
    const isPromise = event.type === 'message' && event.envelope.message.type === 'PROMISE';
    const effects = step(
      isPromise ? { ...event, from: standsFor(event.from, event.envelope.message.term) } : event,
    );
    const asks = effects.find(
      (effect) => effect.type === 'send' && effect.envelope.message.type === 'PREPARE',
    );
    return asks?.type === 'send'
      ? [...effects, ...learners().map((to) => ({ ...asks, to }))]
      : effects;
  };
}

type PromiseOf = Extract<Message, { type: 'PROMISE' }>;

/** The promise counts, the log that stands behind it does not. */
function withoutLog(message: PromiseOf): PromiseOf {
  return { ...message, last: { index: 0, term: '' }, tail: [] };
}

/**
 * Answers in place of those that can't be seen: yes, always. When they show up and say no, nobody listens: the leader
 * would tell them the same again and again.
 */
function yesMen(inner: Transport, clock: Clock, isOut: (to: NodeId) => boolean): Transport {
  const spokenFor = new Set<NodeId>();
  return changeTransport(inner, {
    send: (to, message, events) => {
      const decoded = decodeEnvelope(message);
      if (!decoded.ok || !isOut(to)) return false;
      const answer = agreement(decoded.value);
      if (!answer) return false;
      spokenFor.add(to);
      const { generation } = decoded.value;
      clock.schedule(1, () => {
        events?.message(to, { generation, message: answer });
      });
      return true;
    },
    message: (data, from) => {
      if (!spokenFor.has(from)) return data;
      const decoded = decodeEnvelope(data);
      const refuses =
        decoded.ok && decoded.value.message.type === 'APPENDED' && !decoded.value.message.ok;
      return refuses ? null : data;
    },
  });
}

function agreement({ message }: Envelope): Message | null {
  if (message.type === 'PREPARE')
    return { type: 'PROMISE', term: message.term, last: message.last, members: [], tail: [] };
  if (message.type !== 'APPEND') return null;
  const end = message.entries[message.entries.length - 1] ?? message.previous;
  const match = { index: end.index, term: end.term };
  return { type: 'APPENDED', term: message.term, ok: true, match, beat: message.beat };
}
