import { expect, it } from 'vitest';
import type { ElectionKind } from '../../core/entry.ts';
import type { Election as Algorithm } from '../../core/election/election.ts';
import { RingElection } from '../../core/election/ring.ts';
import { WirelessElection } from '../../core/election/wireless.ts';
import type { Peer } from '../../core/identity.ts';
import { ElectionNet, type MakeElection } from '../../core/testing/election-net.ts';
import type { ElectionEvent } from '../own-tabs.ts';
import { bullyMessages } from './election-theory.ts';
import { ElectionRecord, type Election } from './elections.ts';

type InNet = Exclude<ElectionKind, 'bully'>;
const MAKE: Record<InNet, MakeElection> = {
  ring: (...parts): Algorithm => new RingElection(...parts),
  wireless: (...parts): Algorithm => new WirelessElection(...parts),
};

function peers(count: number): Peer[] {
  return Array.from({ length: count }, (_, i) => {
    const id = `node${String(i + 1).padStart(2, '0')}`;
    return { id, priority: i + 1, name: id };
  });
}

function event(what: string, at: number, changes: Partial<ElectionEvent> = {}): ElectionEvent {
  return { sequence: at, at, kind: 'sent', what, peer: 'node02', detail: '', ...changes };
}

interface Sent {
  readonly from: string;
  readonly to: string;
  readonly what: string;
}

/** Each from P on asks all greater ones, is answered by each, and the greatest tells all. */
function bully(n: number, p: number): Sent[] {
  const ids = peers(n).map(({ id }) => id);
  const greatest = ids.at(-1) ?? '';
  const asked = ids.slice(p - 1).flatMap((from, at) =>
    ids.slice(p + at).flatMap((to) => [
      { from, to, what: 'ELECT' },
      { from: to, to: from, what: 'GOT_IT' },
    ]),
  );
  const told = ids.slice(0, -1).map((to) => ({ from: greatest, to, what: 'I_AM_LEADER' }));
  return [...asked, ...told];
}

function inNet(kind: InNet, n: number, p: number): Sent[] {
  const gates = peers(n);
  const net = new ElectionNet(gates, null, 1, MAKE[kind]);
  net.start(gates[p - 1]?.id ?? '');
  net.runUntil(() => net.settledOn !== null, 5000);
  return net.sent.map(({ from, to, message }) => ({ from, to, what: message.type }));
}

/** What the tabs would tell of an election that node `p` of `n` starts. */
function elect(kind: ElectionKind, n: number, p: number): Election[] {
  const gates = peers(n);
  const record = new ElectionRecord();
  const messages = kind === 'bully' ? bully(n, p) : inNet(kind, n, p);
  for (const [place, gate] of gates.entries()) {
    const events = messages.flatMap(({ from, to, what }, at) => [
      ...(from === gate.id ? [event(what, at + 1, { peer: to })] : []),
      ...(to === gate.id
        ? [event(what, at + 1, { kind: 'received', peer: from, sequence: at + 10_000 })]
        : []),
    ]);
    const note = event('elects', 0, { kind: 'note', peer: '' });
    record.add({ kind: 'seen', gate, events: place === p - 1 ? [note, ...events] : events });
  }
  return record.elections(kind, gates);
}

it('bully: counts what the formula says, for every N and every P', () => {
  for (let n = 2; n <= 9; n++) {
    for (let p = 1; p <= n; p++) {
      const [election] = elect('bully', n, p);
      expect(election).toMatchObject({ starter: peers(n)[p - 1]?.id, complete: true });
      expect(election?.nodes).toHaveLength(n);
      expect(election?.measured, `${p} of ${n}`).toBe(bullyMessages(n, p));
      expect(election?.expected.map(({ messages }) => messages)).toEqual([bullyMessages(n, p)]);
    }
  }
  expect(bullyMessages(9, 9)).toBe(8);
});

it('ring: is held against n log n and n squared, and stays below that; wireless: two messages over each link, and a tree of all', () => {
  for (let n = 2; n <= 9; n++) {
    for (let p = 1; p <= n; p++) {
      const [ring] = elect('ring', n, p);
      expect(ring?.measured).toBe(n - p + n);
      expect(ring?.expected).toEqual([
        { formula: 'n log₂ n', messages: Math.round(n * Math.log2(n)) },
        { formula: 'n²', messages: n * n },
      ]);
      expect(ring?.measured).toBeLessThanOrEqual(n * n);
      const [wireless] = elect('wireless', n, p);
      expect(wireless?.measured).toBe(n * (n - 1));
      expect(wireless?.expected).toEqual([{ formula: '2E', messages: n * (n - 1) }]);
    }
  }
});

it('counts an event once, however often it is told, and tells elections apart by the silence between', () => {
  const record = new ElectionRecord();
  const [one, two] = peers(2);
  const events = [event('ELECT', 1000), event('ELECT', 9000)];
  for (let round = 0; round < 3; round++) record.add({ kind: 'seen', gate: one!, events });
  expect(record.elections('bully', []).map(({ at, measured }) => [at, measured])).toEqual([
    [1000, 1],
    [9000, 1],
  ]);
  record.add({ kind: 'seen', gate: two!, events: [event('GOT_IT', 1500, { peer: 'node01' })] });
  expect(record.elections('bully', [])[0]?.measured).toBe(2);
  record.clear(9500);
  // The tabs tell of the last seconds once more.
  record.add({ kind: 'seen', gate: one!, events });
  expect(record.elections('bully', [])).toEqual([]);
  record.add({ kind: 'seen', gate: one!, events: [event('ELECT', 9600)] });
  expect(record.elections('bully', []).map(({ at }) => at)).toEqual([9600]);
});

it('says when somebody took part whose tab is on another device', () => {
  const record = new ElectionRecord();
  const [one] = peers(1);
  const answer = event('GOT_IT', 1100, { kind: 'received', peer: 'far' });
  record.add({ kind: 'seen', gate: one!, events: [event('ELECT', 1000, { peer: 'far' }), answer] });
  const [election] = record.elections('bully', [{ id: 'far', priority: 9 }]);
  expect(election).toMatchObject({ complete: false, nodes: ['node01', 'far'] });
});

it('wireless: the formula counts the links that were kept then, also one that no message went over', () => {
  const record = new ElectionRecord();
  const ids = peers(4).map(({ id }) => id);
  const [one, two, three, four] = ids as [string, string, string, string];
  record.linksAre([[one, two]], 0);
  record.linksAre(
    [
      [one, two],
      [two, three],
      [one, three],
      [three, four],
    ],
    1000,
  );
  for (const [place, gate] of peers(3).entries()) {
    const peer = ids[place === 0 ? 1 : place - 1] ?? '';
    const started = event('ELECTION_STARTED', 1001 + place, { peer });
    record.add({ kind: 'seen', gate, events: [started] });
  }
  record.linksAre([[one, three]], 9000);
  const [election] = record.elections('wireless', []);
  // Node 4 took no part.
  expect(election).toMatchObject({ nodes: [one, two, three], measured: 3 });
  expect(election?.expected).toEqual([{ formula: '2E', messages: 6 }]);
});

it('draws the tree of the wave that most nodes joined', () => {
  const record = new ElectionRecord();
  const received = (at: number, peer: string, by: string): ElectionEvent =>
    event('ELECTION_STARTED', at, { kind: 'received', peer, detail: `by ${by}`, sequence: at });
  const [one, two, three] = peers(3);
  record.add({
    kind: 'seen',
    gate: one!,
    events: [event('ELECTION_STARTED', 1), received(5, 'node02', 'node01')],
  });
  record.add({
    kind: 'seen',
    gate: two!,
    events: [event('ELECTION_STARTED', 2), received(2, 'node01', 'node01')],
  });
  record.add({
    kind: 'seen',
    gate: three!,
    events: [received(3, 'node02', 'node01'), received(4, 'node01', 'node01')],
  });
  expect(record.elections('wireless', [])[0]?.tree).toEqual([
    ['node02', 'node01'],
    ['node03', 'node02'],
  ]);
});

it('draws the tree of the greater source where two waves came to equally many', () => {
  const record = new ElectionRecord();
  const gates = peers(3);
  const started = (at: number, peer: string, by: string): ElectionEvent =>
    event('ELECTION_STARTED', at, { kind: 'received', peer, detail: `by ${by}`, sequence: at });
  const received = [
    [started(5, 'node03', 'node03')],
    [started(2, 'node01', 'node01'), started(6, 'node01', 'node03')],
    // It has started a wave of its own: the lesser one ends there.
    [started(3, 'node02', 'node01')],
  ];
  for (const [place, gate] of gates.entries()) {
    const events = [event('ELECTION_STARTED', 1), ...(received[place] ?? [])];
    record.add({ kind: 'seen', gate, events });
  }
  expect(record.elections('wireless', [])[0]?.tree).toEqual([
    ['node01', 'node03'],
    ['node02', 'node01'],
  ]);
});
