import type { PeerStatus } from '../../runtime/gatehouse.ts';
import { CHAT_STATES } from './chat-states.ts';
import { FakeGatehouse } from './fake-gatehouse.ts';

const gone = (peer: PeerStatus): PeerStatus => ({ ...peer, suspected: true, link: 'closed' });

const NO_LOG = {
  role: 'joining',
  quorum: false,
  leader: null,
  generation: '',
  capacity: 0,
} as const;

function noQuorum(): FakeGatehouse {
  const fake = new FakeGatehouse({ inside: 37, failure: { code: 'no-quorum', definite: true } });
  const peers = fake.status().peers.map(gone);
  const missing = peers.map(({ id, name }) => ({ id, name }));
  fake.set({ peers, missing, quorum: false, inStep: 1 });
  return fake;
}

function manyGates(): FakeGatehouse {
  const fake = new FakeGatehouse({ peers: 8, inside: 37 });
  const links = ['open', 'relayed', 'closed', 'connecting', 'open'] as const;
  const peers = fake.status().peers.map((peer, at) => {
    const link = links[at] ?? 'open';
    return { ...peer, link, suspected: link === 'closed', voter: at !== 5 };
  });
  fake.set({ peers, inStep: 7, leader: peers[0]?.id ?? null, role: 'follower' });
  return fake;
}

function refusedInput(): FakeGatehouse {
  const fake = new FakeGatehouse({ inside: 37 });
  const last = fake.status().peers[0]?.id ?? null;
  const at = Date.now();
  fake.set({
    refused: [
      { source: 'peer', reason: 'frame: no JSON', count: 128, last: at, from: last },
      { source: 'signaling', reason: 'no message of the protocol', count: 3, last: at, from: null },
      {
        source: 'peer',
        reason: 'message.entries[].command.members[].id: does not match',
        count: 1,
        last: at - 60_000,
        from: last,
      },
    ],
  });
  return fake;
}

/** Every state in which the page can be, by name: `?state=full`. */
export const STATES: Readonly<Record<string, () => FakeGatehouse>> = {
  open: () => new FakeGatehouse({ inside: 37 }),
  empty: () => new FakeGatehouse({ peers: 0 }),
  slow: () => new FakeGatehouse({ inside: 37, latencyMs: 60_000 }),
  full: () => new FakeGatehouse({ inside: 50 }),
  large: () => new FakeGatehouse({ inside: 1234, capacity: 2500, history: 10_000 }),
  'no-quorum': noQuorum,
  vacant: () =>
    new FakeGatehouse({
      inside: 37,
      status: { vacant: true, quorum: false, leader: null, role: 'follower' },
    }),
  electing: () =>
    new FakeGatehouse({ inside: 37, status: { quorum: false, leader: null, role: 'candidate' } }),
  crashed: () => {
    const fake = new FakeGatehouse({ inside: 37, failure: { code: 'crashed', definite: true } });
    setTimeout(() => fake.crash(), 500);
    return fake;
  },
  terminated: () => {
    const fake = new FakeGatehouse({ inside: 37 });
    setTimeout(() => void fake.terminate(), 500);
    return fake;
  },
  joining: () =>
    new FakeGatehouse({
      peers: 0,
      status: NO_LOG,
    }),
  'storage-lost': () =>
    new FakeGatehouse({
      inside: 37,
      status: { trouble: { code: 'storage-lost', message: 'the sentinel is gone' }, quorum: false },
    }),
  conflict: () =>
    new FakeGatehouse({
      inside: 37,
      status: {
        conflict: {
          generation: 'z9z8z7z6',
          peer: 'owl2x9y8z7',
          name: 'Gate Owl',
          canAdopt: true,
        },
      },
    }),
  'shut-out': () =>
    new FakeGatehouse({
      status: {
        ...NO_LOG,
        conflict: {
          generation: 'z9z8z7z6',
          peer: 'owl2x9y8z7',
          name: 'Gate Owl',
          canAdopt: false,
        },
      },
    }),
  archives: () => {
    const fake = new FakeGatehouse({ inside: 37 });
    void fake.adopt('z9z8z7z6');
    return fake;
  },
  definite: () => new FakeGatehouse({ inside: 37, failure: { code: 'storage', definite: true } }),
  indefinite: () =>
    new FakeGatehouse({ inside: 37, failure: { code: 'timeout', definite: false } }),
  gates: manyGates,
  refused: refusedInput,
  ...CHAT_STATES,
};
