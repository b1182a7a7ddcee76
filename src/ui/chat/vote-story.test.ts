import { expect, it } from 'vitest';
import type { TraceEvent } from '../../runtime/trace.ts';
import { VoteStory } from './vote-story.ts';

let sequence = 0;
function event(
  at: number,
  kind: TraceEvent['kind'],
  what: string,
  more: Partial<TraceEvent> = {},
): TraceEvent {
  sequence += 1;
  return { sequence, at, node: 'here', kind, what, ...more };
}

const told = (story: VoteStory): string[] => story.steps.map(({ text }) => text);
const named = (id: string): string => (id === 'here' ? 'this gate' : id.toUpperCase());

it('tells a vote by hand in plain sentences, and who leads once', () => {
  const story = new VoteStory(named);
  story.take([
    event(0, 'command', 'startElection'),
    event(1, 'sent', 'TOKEN', { peer: 'gull', detail: 'for Heron' }),
    event(2, 'sent', 'APPEND', { peer: 'gull', detail: 'heartbeat' }),
    event(3, 'received', 'TOKEN', { peer: 'wren', detail: 'for Gull' }),
    event(4, 'received', 'I_AM_LEADER', { peer: 'gull' }),
    event(5, 'received', 'I_AM_LEADER', { peer: 'gull' }),
  ]);
  expect(told(story)).toEqual([
    'You started a vote.',
    'This gate passed a token for Heron on to GULL.',
    'WREN passed a token for Gull to this gate.',
    'GULL says: I am the leader.',
  ]);
});

it('begins anew with each vote, and tells why one began', () => {
  const story = new VoteStory(named);
  story.take([event(0, 'received', 'I_AM_LEADER', { peer: 'gull' })]);
  story.take([
    event(9000, 'note', 'failed', { detail: 'gull: PROBE unanswered' }),
    event(9001, 'note', 'leader-lost', { detail: 'it failed' }),
  ]);
  expect(told(story)).toEqual([
    'GULL does not answer: it is skipped.',
    'The leader was not heard any more.',
  ]);
});
