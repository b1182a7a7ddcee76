import { beforeEach, describe, expect, test } from 'vitest';
import { Context } from '../context.ts';
import type { Peer } from '../identity.ts';
import type { MessageType } from '../messages.ts';
import { DEFAULT_TIMING } from '../timers.ts';
import { BullyElection } from './bully.ts';

const FOUR: Peer[] = ['anna', 'bert', 'carl', 'dora'].map((id, i) => ({
  id,
  priority: i + 1,
  name: id,
}));

let context: Context;
let election: BullyElection;
let events: string[];
let failed: Set<string>;
let voters: Peer[];
let state: {
  leads: boolean;
  mayWin: boolean;
  campaigns: boolean;
  yields: boolean;
  followed: boolean;
};

function makeElection(id: string): void {
  context = new Context(id, DEFAULT_TIMING, () => 0.5);
  const self = FOUR.find((peer) => peer.id === id) ?? { id, priority: 0, name: id };
  election = new BullyElection(
    context,
    {
      self,
      voters: () => voters,
      isFailed: (peer) => failed.has(peer),
      neighbours: () => FOUR.map((peer) => peer.id),
      leads: () => state.leads,
      knowsLeader: () => state.leads,
      leadsQuorum: () => state.leads,
      mayWin: () => state.mayWin,
      campaigns: () => state.campaigns,
      yields: () => state.yields,
      isFollowedBy: () => state.followed,
    },
    {
      won: () => events.push('won'),
      announce: () => events.push('announce'),
      suspect: (peer) => events.push(`suspects ${peer}`),
    },
  );
}

beforeEach(() => {
  events = [];
  failed = new Set();
  voters = FOUR;
  state = { leads: false, mayWin: true, campaigns: false, yields: false, followed: true };
  makeElection('bert');
});

/** What was sent since the last call. */
function sent(): [string, MessageType][] {
  return context
    .takeEffects()
    .flatMap((effect): [string, MessageType][] =>
      effect.type === 'send' ? [[effect.to, effect.envelope.message.type]] : [],
    );
}

const ELECT = { type: 'ELECT', members: FOUR } as const;
const GOT_IT = { type: 'GOT_IT', to: 'ELECT', nonce: 0, leads: null } as const;

describe('starting one', () => {
  test('E1: ELECT goes to every greater voter and to nobody else', () => {
    election.start();
    expect(sent()).toEqual([
      ['carl', 'ELECT'],
      ['dora', 'ELECT'],
    ]);
    expect(context.isTimerSet('election')).toBe(true);
    expect(events).toEqual([]);
  });

  test('E1: who is known to be failed is not asked', () => {
    failed.add('dora');
    election.start();
    expect(sent()).toEqual([['carl', 'ELECT']]);
  });

  test('E1: without anybody greater alive it has won at once', () => {
    failed.add('carl');
    failed.add('dora');
    election.start();
    expect(events).toEqual(['won']);
    expect(election.running).toBe(false);
    expect(sent()).toEqual([]);
  });

  test('E1: if nobody answers in time it has won', () => {
    election.start();
    election.timedOut();
    expect(events).toEqual(['won']);
  });

  test('E1: if the last one that was asked fails it goes on at once', () => {
    election.start();
    failed.add('carl');
    election.peerFailed('carl');
    expect(events).toEqual([]);
    failed.add('dora');
    election.peerFailed('dora');
    expect(events).toEqual(['won']);
  });

  test('E1: a second start while one is running changes nothing', () => {
    election.start();
    sent();
    election.start();
    expect(sent()).toEqual([]);
  });
});

describe('waiting for a greater one', () => {
  test('E3: a GOT_IT takes the election over', () => {
    election.start();
    election.received('dora', GOT_IT);
    context.now += DEFAULT_TIMING.electTimeout;
    expect(events).toEqual([]);
    expect(election.running).toBe(true);
  });

  test('E3: if the winner does not show in time it starts again', () => {
    election.start();
    election.received('dora', GOT_IT);
    sent();
    election.timedOut();
    expect(sent()).toEqual([
      ['carl', 'ELECT'],
      ['dora', 'ELECT'],
    ]);
  });

  test('E3: if all that answered have failed it starts again at once', () => {
    election.start();
    election.received('carl', GOT_IT);
    election.received('dora', GOT_IT);
    sent();
    failed.add('dora');
    election.peerFailed('dora');
    expect(sent()).toEqual([]);
    failed.add('carl');
    election.peerFailed('carl');
    expect(events).toEqual(['won']);
  });

  test('E3: an answer to a PROBE, or to no election, is none', () => {
    election.received('dora', GOT_IT);
    expect(election.running).toBe(false);
    election.start();
    election.received('dora', { ...GOT_IT, to: 'PROBE', nonce: 1 });
    election.timedOut();
    expect(events).toEqual(['won']);
  });

  test('E3: a leader or a promise ends it', () => {
    election.start();
    election.stop();
    election.timedOut();
    expect(events).toEqual([]);
    expect(context.isTimerSet('election')).toBe(false);
  });
});

describe('being asked', () => {
  test('E2: it learns the members, answers, and elects itself', () => {
    election.received('anna', ELECT);
    const effects = context.takeEffects();
    const meet = effects.find((effect) => effect.type === 'meet');
    expect(meet).toMatchObject({ peers: FOUR.filter(({ id }) => id !== 'bert') });
    const messages = effects.flatMap((effect) => (effect.type === 'send' ? [effect.to] : []));
    expect(messages).toEqual(['anna', 'carl', 'dora']);
  });

  test('E2: asked again while it elects, it only answers', () => {
    election.received('anna', ELECT);
    sent();
    election.received('anna', ELECT);
    expect(sent()).toEqual([['anna', 'GOT_IT']]);
  });

  test('E2: while it gathers promises it only answers', () => {
    state.campaigns = true;
    election.received('anna', ELECT);
    expect(sent()).toEqual([['anna', 'GOT_IT']]);
  });

  test('E2: an ELECT that comes when a greater candidate has its promise makes it elect nobody', () => {
    state.yields = true;
    election.received('anna', ELECT);
    expect(sent()).toEqual([['anna', 'GOT_IT']]);
    expect(election.running).toBe(false);
  });

  test('E2: a leader tells that it leads instead', () => {
    state.leads = true;
    election.received('anna', ELECT);
    expect(events).toEqual(['announce']);
    expect(sent()).toEqual([['anna', 'GOT_IT']]);
    expect(election.running).toBe(false);
  });

  test('E2: a leader tells nobody twice: who does not follow it yet asked before it heard', () => {
    state = { ...state, leads: true, followed: false };
    election.received('anna', ELECT);
    expect(events).toEqual([]);
    expect(sent()).toEqual([['anna', 'GOT_IT']]);
  });

  test('E4: who cannot win does not answer, so that nobody waits for it', () => {
    state.mayWin = false;
    election.received('anna', ELECT);
    expect(sent()).toEqual([]);
    expect(election.running).toBe(false);
  });

  test('E4: who is no voter asks all voters, and never wins', () => {
    voters = FOUR.filter(({ id }) => id !== 'bert');
    election.start();
    expect(sent().map(([to]) => to)).toEqual(['anna', 'carl', 'dora']);
    election.timedOut();
    expect(events).toEqual([]);
    expect(election.running).toBe(false);
  });
});
