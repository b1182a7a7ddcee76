import { messagesPerMulticast } from '../core/multicast/multicast.ts';
import { GatehouseError, type MulticastCalls, type MulticastCost } from './gatehouse.ts';

/**
 * What multicasts from here cost, one after the other: under load one acknowledgement may stand for several messages, and
 * theory counts the messages of one multicast alone.
 */
export async function measureMulticasts(
  calls: Pick<MulticastCalls, 'send' | 'peers' | 'inspect'>,
  self: string,
  multicasts: number,
): Promise<MulticastCost> {
  // The first message of a park asks for the first view, which costs more.
  await calls.send('measuring: the first is not counted');
  const { kind, view, members, sequencer } = calls.inspect();
  const before = await countSent(calls, members);
  const { delivered } = calls.inspect();
  for (let number = 1; number <= multicasts; number += 1)
    await calls.send(`measuring: ${number} of ${multicasts}`);
  const state = calls.inspect();
  const after = await countSent(calls, members);
  if (state.view !== view) throw uncounted('the view has changed meanwhile');
  return {
    kind,
    members: members.length,
    multicasts: state.delivered - delivered,
    messages: after - before,
    theory: messagesPerMulticast(kind, members.length, sequencer === self),
    latencies: state.latencies.slice(-multicasts),
  };
}

/** Messages that the members of the view have sent so far. */
async function countSent(
  calls: Pick<MulticastCalls, 'peers'>,
  members: readonly string[],
): Promise<number> {
  const peers = await calls.peers();
  return members
    .map((member) => {
      const told = peers.find(({ id }) => id === member)?.told;
      if (!told) throw uncounted('not every gate has answered');
      return told.sent;
    })
    .reduce((sum, sent) => sum + sent, 0);
}

function uncounted(why: string): GatehouseError {
  return new GatehouseError('timeout', false, `nothing was counted: ${why}; measure again`);
}
