import { describe, expect, it } from 'vitest';
import type { Status } from '../runtime/gatehouse.ts';
import { FakeGatehouse } from './dev/fake-gatehouse.ts';
import { statusLine, type Tone } from './status-line.ts';

const healthy = new FakeGatehouse({ peers: 4, inside: 37 }).status();

const CASES: readonly (readonly [string, Partial<Status>, Tone, string])[] = [
  [
    'a leader and a quorum',
    { inStep: 4 },
    'open',
    'Leader is Gate Heron. 4 of 5 gates in step. Admissions open.',
  ],
  [
    'another gate leads',
    { leader: healthy.peers[0]?.id ?? '', role: 'follower' },
    'open',
    'Leader is Gate Fox. 5 of 5 gates in step. Admissions open.',
  ],
  [
    'the only gate',
    { members: 1, inStep: 1, peers: [] },
    'open',
    'Leader is Gate Heron. 1 of 1 gate in step. Admissions open.',
  ],
  [
    'a leader that is not known by name',
    { leader: 'x1y2z3a4b5', role: 'learner' },
    'open',
    'Leader is gate x1y2z3. 5 of 5 gates in step. Admissions open.',
  ],
  [
    'a full park',
    { occupancy: 50 },
    'full',
    'Leader is Gate Heron. 5 of 5 gates in step. Full until somebody leaves.',
  ],
  [
    'too few voters in reach',
    { quorum: false, members: 3, inStep: 1, missing: [{ id: 'a', name: 'Gate Fox' }] },
    'paused',
    "Only 1 of 3 gates in reach: admissions paused, so that two sides can't both fill the park.",
  ],
  [
    'a full park without a quorum is told as paused',
    { quorum: false, inStep: 2, occupancy: 50, missing: [{ id: 'a', name: 'Gate Fox' }] },
    'paused',
    "Only 2 of 5 gates in reach: admissions paused, so that two sides can't both fill the park.",
  ],
  [
    'the leader was removed',
    { quorum: false, vacant: true, leader: null, role: 'follower' },
    'paused',
    'Nobody leads: the leader was removed. Admissions paused until somebody starts an election.',
  ],
  [
    'an election is on',
    { quorum: false, leader: null, role: 'candidate' },
    'waiting',
    'Waiting for a leader: the gates are electing one. Admissions paused meanwhile.',
  ],
  [
    'a new leader has not heard from most gates',
    { quorum: false },
    'waiting',
    'Waiting for leader Gate Heron to hear from most gates. Admissions paused meanwhile.',
  ],
  [
    'the park exists twice',
    { conflict: { generation: 'z', peer: 'o', name: 'Gate Eagle', canAdopt: true } },
    'twice',
    'This park exists twice: the side of Gate Eagle may admit visitors as well as this one, and together they may exceed the capacity. Choose which side goes on.',
  ],
  [
    'another gate holds the mutex',
    { mutex: healthy.peers[0]?.id ?? '' },
    'waiting',
    'Leader is Gate Heron. 5 of 5 gates in step. Gate Fox holds the mutex: admissions wait until it gives it back.',
  ],
  [
    'this gate holds the mutex',
    { mutex: healthy.id },
    'waiting',
    'Leader is Gate Heron. 5 of 5 gates in step. This gate holds the mutex: admissions at all other gates wait for it.',
  ],
  [
    'a tap has waited long',
    { stalled: true },
    'waiting',
    'Leader is Gate Heron. 5 of 5 gates in step. Admissions wait: somebody may hold the mutex, or the leader is slow.',
  ],
  [
    'looking for others',
    { role: 'joining', peers: [] },
    'waiting',
    'Looking for the other gates of park main.',
  ],
  [
    'no signaling',
    { role: 'joining', peers: [], signaling: 'disconnected' },
    'waiting',
    'Waiting for the signaling server, which knows the gates of park main.',
  ],
  [
    'a gate that set the log of all others aside',
    {
      role: 'joining',
      generation: '',
      conflict: { generation: 'z', peer: 'o', name: 'Gate Eagle', canAdopt: false },
    },
    'waiting',
    "This gate set the log of Gate Eagle aside before and can't go back to it: it can only come back as a new gate.",
  ],
  [
    'joining',
    { role: 'joining', peers: healthy.peers.slice(0, 1) },
    'waiting',
    'Joining park main: 1 gate found. Waiting to be let in.',
  ],
  [
    'crashed',
    { role: 'crashed', quorum: false, leader: null },
    'stopped',
    'Gate Heron has crashed: it hears nothing and admits nobody until it recovers.',
  ],
  [
    'terminated',
    { role: 'terminated', quorum: false, leader: null },
    'stopped',
    'Gate Heron has left the network for good. Reload the page to join again.',
  ],
  [
    'storage lost, whatever else is so',
    { trouble: { code: 'storage-lost', message: '' }, role: 'crashed' },
    'wrong',
    "This gate's storage was cleared, so it has stopped: it can't vouch for its log. Reload the page to join as a new gate.",
  ],
  [
    'storage failed',
    { trouble: { code: 'storage-failed', message: 'quota' } },
    'wrong',
    "This gate can't write to its storage, so it has stopped: it must not promise what it can't keep. Free some space, then reload the page.",
  ],
  [
    'a fault in the program',
    { trouble: { code: 'internal', message: 'no such entry' } },
    'wrong',
    'This gate has stopped because of a fault in the program (no such entry). Reload the page.',
  ],
];

describe('the line at the top', () => {
  it.each(CASES)('%s', (_name, changes, tone, text) => {
    expect(statusLine({ ...healthy, ...changes })).toEqual({ tone, text });
  });

  it('never calls admissions open without a quorum', () => {
    for (const role of [
      'leader',
      'follower',
      'candidate',
      'learner',
      'joining',
      'crashed',
    ] as const) {
      const { text, tone } = statusLine({ ...healthy, role, quorum: false });
      expect(text).not.toContain('Admissions open');
      expect(tone).not.toBe('open');
    }
  });
});
