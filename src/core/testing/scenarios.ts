import type { NodeId } from '../identity.ts';
import { Harness, type HarnessOptions } from './harness.ts';
import { transcript, type TranscriptOptions } from './transcript.ts';

/** A whole story, told by a transcript. */
export interface Scenario {
  readonly name: string;
  /** Two lines that tell a reader what to look for. */
  readonly about: readonly [string, string];
  readonly options?: TranscriptOptions;
  readonly play: () => Harness;
}

/** Nodes of priority 1, 2, 3, ..., all in step; what led to that is not told. */
function park(ids: readonly NodeId[], more: HarnessOptions = {}): Harness {
  const harness = new Harness({ seed: 3, ...more });
  for (const [i, id] of ids.entries()) {
    harness.start(id, i + 1);
    harness.settle();
  }
  const leads = ids[ids.length - 1];
  harness.runUntil(() => harness.leader()?.self.id === leads, 60_000);
  harness.settle();
  harness.run(1000 - (harness.now % 1000));
  harness.happenings.length = 0;
  return harness;
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'join',
    about: [
      'anna founds a park alone, then bert comes: HELLO, JOIN, learner, voter, one change at a time (J1 to J3, M2, M3).',
      'Being greater and in step, bert then challenges anna and takes over in one round trip (B7).',
    ],
    options: { show: ['HELLO'] },
    play: () => {
      const harness = new Harness({ seed: 3 });
      harness.start('anna', 1);
      harness.run(100);
      harness.submit('anna', 'visitor 1');
      harness.run(100);
      harness.start('bert', 2);
      harness.runUntil(() => harness.leader()?.self.id === 'bert', 5000);
      harness.settle();
      return harness;
    },
  },
  {
    name: 'election',
    about: [
      'The leader is removed by a person, and nobody elects until anna, the least of four, is told to (E6).',
      'ELECT goes to the greater ones only, each GOT_IT takes over, dora wins: 6 + 6 + 3 messages for N = 4, P = 1 (E1, E2).',
    ],
    play: () => {
      const harness = park(['anna', 'bert', 'carl', 'dora']);
      harness.command('bert', { type: 'remove-leader' });
      harness.run(5000);
      harness.command('anna', { type: 'start-election' });
      harness.settle();
      return harness;
    },
  },
  {
    name: 'election-ring',
    about: [
      'A park that elects by ring. dora, who leads, crashes; bert and carl hear of it and each sends its TOKEN to the next greater one (E7).',
      "the lesser tokens are swallowed on the way; carl's comes back by anna and bert, and it has won: the ballot follows as ever (E7, E8, B1).",
    ],
    play: () => {
      const harness = park(['anna', 'bert', 'carl', 'dora'], { settings: { election: 'ring' } });
      harness.crash('dora');
      harness.settle();
      return harness;
    },
  },
  {
    name: 'election-wireless',
    about: [
      'A park that elects by waves. The leader is removed, and anna starts an election; bert dies with the wave before he has voted (E10, E13).',
      'anna asks him whether he lives; without him the others have voted: dora is the best, and the result floods (E11, E12).',
    ],
    play: () => {
      const harness = park(['anna', 'bert', 'carl', 'dora'], {
        settings: { election: 'wireless' },
      });
      harness.command('dora', { type: 'remove-leader' });
      harness.run(500);
      harness.freeze('bert');
      harness.ask('anna', { type: 'start-election' });
      harness.runUntil(() => harness.leader()?.self.id === 'dora', 5000);
      harness.run(100);
      return harness;
    },
  },
  {
    name: 'failover',
    about: [
      'The leader crashes with an operation that bert holds and nobody knows to be committed.',
      "bert adopts the most up-to-date log, its own; its opening commits the operation, and anna's question is answered once (B3, R4, O2).",
    ],
    play: () => {
      const harness = park(['anna', 'bert', 'carl']);
      harness.ask('anna', { type: 'submit', bodies: ['visitor 1'] });
      const { replica } = harness.node('bert');
      harness.runUntil(() => replica.durableIndex > replica.commitIndex, 100);
      harness.crash('carl');
      harness.settle();
      return harness;
    },
  },
  {
    name: 'takeover',
    about: [
      'carl, the greatest, comes back after a crash while bert leads. It does not disturb bert: it asks who leads, catches up, and challenges then (E5, B7).',
      'An operation that is under way meanwhile is neither lost nor done twice (O2, S7).',
    ],
    play: () => {
      const harness = park(['anna', 'bert', 'carl']);
      harness.crash('carl');
      harness.settle();
      harness.submit('anna', 'visitor 1');
      harness.run(500);
      harness.start('carl', 3);
      harness.runUntil(() => harness.node('carl').isCandidate, 5000);
      harness.ask('anna', { type: 'submit', bodies: ['visitor 2'] });
      harness.settle();
      return harness;
    },
  },
  {
    name: 'partition',
    about: [
      'carl, who leads, is cut off with an operation of its own. It pauses; the two others elect bert and go on (R7, B3).',
      'After the mending carl drops what never was committed, takes its operation to the new leader, and leads again once it has caught up (R1, O1, B7).',
    ],
    play: () => {
      const harness = park(['anna', 'bert', 'carl']);
      harness.partition(['carl'], ['anna', 'bert']);
      harness.ask('carl', { type: 'submit', bodies: ['asked at carl'] });
      harness.runUntil(() => harness.leader()?.self.id === 'bert', 5000);
      harness.submit('anna', 'asked at anna');
      harness.run(1500);
      harness.heal();
      harness.runUntil(() => harness.leader()?.self.id === 'carl', 10_000);
      harness.settle();
      return harness;
    },
  },
  {
    name: 'late-joiner',
    about: [
      'dora, the least, joins a park of three with a longer log: the leader finds out where hers ends and streams the rest in batches (R1, R5).',
      'She is a learner until she has caught up, then a voter; a lesser node challenges nobody (M3, B7).',
    ],
    play: () => {
      const harness = park(['bert', 'carl', 'emil']);
      for (let i = 0; i < 300; i++) harness.ask('bert', { type: 'submit', bodies: [i] });
      harness.settle();
      harness.happenings.length = 0;
      harness.start('dora', 0);
      harness.settle();
      harness.run(300);
      harness.submit('dora', 'visitor');
      harness.settle();
      return harness;
    },
  },
  {
    name: 'goodbye-of-two',
    about: [
      'bert leads a park of two and closes its tab: its last words are the append that removes it, and anna goes on alone at once (M6).',
      'When bert returns from its disk it asks anna to join again, catches up, is made a voter, and takes over (J3, M3, B7).',
    ],
    play: () => {
      const harness = park(['anna', 'bert']);
      harness.leave('bert');
      harness.runUntil(() => harness.leader()?.self.id === 'anna', 1000);
      harness.submit('anna', 'visitor 1');
      harness.run(500);
      harness.start('bert', 2);
      harness.runUntil(() => harness.leader()?.self.id === 'bert', 10_000);
      harness.settle();
      return harness;
    },
  },
  {
    name: 'snapshot-catch-up',
    about: [
      'The log of anna is compacted every 8 entries, so what bert lacks is gone: it fetches the snapshot, then the entries after it (R6).',
      'The same state, byte for byte, as if bert had applied every entry itself (S6).',
    ],
    options: { show: ['SNAPSHOT_FETCH', 'SNAPSHOT_CHUNK'] },
    play: () => {
      const harness = new Harness({ seed: 3, snapshotInterval: 8 });
      harness.start('anna', 1);
      harness.settle();
      for (let i = 1; i <= 24; i++) harness.submit('anna', `visitor ${String(i)}`);
      harness.run(100);
      harness.happenings.length = 0;
      harness.start('bert', 2);
      harness.runUntil(() => harness.leader()?.self.id === 'bert', 5000);
      harness.settle();
      return harness;
    },
  },
  {
    name: 'removed-leader',
    about: [
      'carl holds the mutex and leads; bert waits for it. anna removes the leader: the office is vacant, and an operation waits with it (E6).',
      'bert starts an election, carl wins again with a new term: its old token is void, bert asks again by its ticket and is granted (X2, X4).',
    ],
    play: () => {
      const harness = park(['anna', 'bert', 'carl']);
      harness.command('carl', { type: 'lock' });
      harness.ask('bert', { type: 'lock' });
      harness.run(10);
      harness.command('anna', { type: 'remove-leader' });
      harness.run(100);
      harness.ask('anna', { type: 'submit', bodies: ['visitor 1'] });
      harness.run(2000);
      harness.ask('bert', { type: 'start-election' });
      harness.settle();
      harness.run(500);
      return harness;
    },
  },
  {
    name: 'go-on-without',
    about: [
      'carl leads and crashes with bert; anna alone has no quorum and evicts nobody. A person goes on without both: a new generation (M5, G4).',
      'Whoever returns holds the older generation: its log goes aside, and it joins as if it were new (G3).',
    ],
    play: () => {
      const harness = park(['anna', 'bert', 'carl']);
      harness.submit('anna', 'visitor 1');
      harness.crash('carl');
      harness.crash('bert');
      harness.run(1500);
      harness.submit('anna', 'visitor 2');
      harness.command('anna', { type: 'proceed-without', ids: ['bert', 'carl'] });
      harness.submit('anna', 'visitor 3');
      harness.run(500);
      harness.start('bert', 2);
      harness.runUntil(() => harness.leader()?.self.id === 'bert', 10_000);
      harness.settle();
      return harness;
    },
  },
  {
    name: 'multicast-sequencer',
    about: [
      'anna multicasts: the first message asks for the first view; dora, the greatest in it, numbers, and all deliver once all hold it (T6, T10, T5).',
      'Then dora dies with two messages under way: one is in the cut of the next view, the other is sent again in it, each once (T7, T3).',
    ],
    play: () => {
      const harness = park(['anna', 'bert', 'carl', 'dora']);
      harness.command('anna', { type: 'multicast', text: 'hello' });
      harness.run(100);
      harness.ask('bert', { type: 'multicast', text: 'spread' });
      harness.run(2);
      harness.ask('anna', { type: 'multicast', text: 'not yet' });
      harness.run(0.5);
      harness.crash('dora');
      harness.settle();
      harness.run(500);
      return harness;
    },
  },
  {
    name: 'multicast-lamport',
    about: [
      'anna and bert multicast at once with equal stamps: the lesser comes first, at all, once all have acknowledged both (T11).',
      'What anna sends then is late on purpose; what bert sends after it is held back until it comes (T15).',
    ],
    play: () => {
      const harness = park(['anna', 'bert', 'carl'], { settings: { multicast: 'lamport' } });
      harness.command('carl', { type: 'multicast', text: 'hello' });
      harness.run(100);
      harness.ask('anna', { type: 'multicast', text: 'of anna' });
      harness.ask('bert', { type: 'multicast', text: 'of bert' });
      harness.run(100);
      harness.command('anna', { type: 'delay-next', ms: 200 });
      harness.ask('anna', { type: 'multicast', text: 'late' });
      harness.run(10);
      harness.ask('bert', { type: 'multicast', text: 'after it' });
      harness.run(400);
      return harness;
    },
  },
];

/** The file as it is stored. */
export function tell({ about, options, play }: Scenario): string {
  return `${about.map((line) => `# ${line}`).join('\n')}\n\n${transcript(play(), options)}`;
}
