import { unreachable } from './assert.ts';
import { problemWithout } from './campaign.ts';
import type { Command } from './events.ts';
import type { NodeId } from './identity.ts';
import type { Node } from './node.ts';

/** What a person or a program asks of its own node. Every command is answered once. */
export function perform(node: Node, request: number, command: Command): void {
  switch (command.type) {
    case 'submit':
      node.outbox.submit(request, command.bodies, node.grants.token);
      return;
    case 'lock':
      node.grants.lock(request);
      return;
    case 'release':
      node.grants.release(request, command.token);
      return;
    case 'start-election':
      node.vacant = false;
      node.campaign.command(request);
      return;
    case 'hello':
      node.helloCheck.start(request, node.joining.linked());
      return;
    case 'remove-leader':
      removeLeader(node, request);
      return;
    case 'leave':
      node.office.leaveToTheOther();
      node.joining.farewell();
      node.context.replyDone(request);
      node.left = true;
      return;
    case 'proceed-without':
      proceedWithout(node, request, command.ids);
      return;
    case 'adopt':
      node.joining.adopt(request, command.generation);
      return;
    case 'multicast':
      node.groups.send(request, command.text, command.order);
      return;
    case 'delay-next':
      node.groups.delayNext(command.ms);
      node.context.replyDone(request);
      return;
    case 'inspect':
      node.inspector.start(request);
      return;
    case 'rename':
      node.self = { ...node.self, name: command.name };
      node.joining.renamed();
      node.context.replyDone(request);
      return;
    default:
      unreachable(command);
  }
}

function removeLeader(node: Node, request: number): void {
  const { leader, term } = node.follower;
  if (node.leadership) node.resign();
  else if (leader !== null) node.context.send(leader, { type: 'RESIGN', term });
  else {
    node.context.replyError(request, 'no-quorum', true, 'there is no leader to remove');
    return;
  }
  node.context.replyDone(request);
}

function proceedWithout(node: Node, request: number, ids: readonly NodeId[]): void {
  const problem = problemWithout(node, ids);
  if (problem !== null) {
    node.context.replyError(request, 'invalid', true, problem);
    return;
  }
  node.vacant = false;
  node.office.stepDown();
  node.campaign.proceedWithout(request, ids);
}
