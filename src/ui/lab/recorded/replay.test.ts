import { describe, expect, it } from 'vitest';
import type { Trace, TraceHead } from '../../../runtime/trace-file.ts';
import type { TraceEvent } from '../../../runtime/trace.ts';
import { Replay } from './replay.ts';

const BEGAN = 1000;
const head: TraceHead = {
  format: 'gatehouse-trace',
  version: 2,
  seed: 7,
  began: BEGAN,
  election: 'bully',
  topology: 'mesh',
};
const nodes = [
  { introduces: 'anna', name: 'Gate 0', priority: 1 },
  { introduces: 'bert', name: 'Gate 1', priority: 2 },
  { introduces: 'carl', name: 'Gate 0', priority: 3 },
];

function traceOf(...events: (Omit<TraceEvent, 'sequence'> | null)[]): Trace {
  const told = events.flatMap((event, at) =>
    event === null ? [] : { sequence: at + 1, ...event },
  );
  return { head, nodes, events: told };
}

function at(ms: number, node: string, kind: TraceEvent['kind'], what: string, peer?: string) {
  return { at: BEGAN + ms, node, kind, what, ...(peer === undefined ? {} : { peer }) };
}

const RUN = traceOf(
  at(0, 'anna', 'note', 'start'),
  at(5, 'bert', 'note', 'start'),
  at(10, 'bert', 'role', 'leader'),
  at(10, 'anna', 'role', 'follower'),
  at(20, 'bert', 'sent', 'PROBE', 'anna'),
  at(24, 'anna', 'received', 'PROBE', 'bert'),
  at(30, 'anna', 'note', 'crash'),
  at(35, '', 'note', 'fault'),
  at(40, 'carl', 'note', 'start'),
  at(50, 'bert', 'note', 'freeze'),
);

/** Each node as name, id and role. */
function shown(replay: Replay): string[] {
  return replay.gates.map(({ name, id, role, down }) => `${name} ${id} ${role}${down ? ' ×' : ''}`);
}

describe('a trace that is played', () => {
  it('begins with nothing, and tells how things stood at each moment, the greatest first', () => {
    const replay = new Replay(RUN);
    expect(replay.size).toBe(2);
    expect([replay.at, replay.ends]).toEqual([BEGAN, BEGAN + 50]);
    expect(shown(replay)).toEqual(['Gate 1 bert not started ×', 'Gate 0 anna not started ×']);
    replay.seek(BEGAN + 7);
    expect(shown(replay)).toEqual(['Gate 1 bert joining', 'Gate 0 anna joining']);
    replay.seek(BEGAN + 29);
    expect(shown(replay)).toEqual(['Gate 1 bert leader', 'Gate 0 anna follower']);
    expect(replay.gates[0]).toMatchObject({ leader: true, voter: true });
    replay.seek(BEGAN + 30);
    expect(shown(replay)).toEqual(['Gate 1 bert leader', 'Gate 0 anna down ×']);
  });

  it('a node whose disk is lost goes on in its place, with the new id', () => {
    const replay = new Replay(RUN);
    replay.seek(replay.ends);
    expect(shown(replay)).toEqual(['Gate 0 carl joining', 'Gate 1 bert frozen ×']);
    expect(replay.gates.some(({ leader }) => leader)).toBe(false);
    expect([replay.nameOf('anna'), replay.nameOf('')]).toEqual(['Gate 0', 'the network']);
  });

  it('goes back as well as forth: log and counts are of the moment', () => {
    const replay = new Replay(RUN);
    expect(replay.seek(BEGAN + 24)).toHaveLength(6);
    expect(replay.book.counts.get('PROBE')).toMatchObject({ sent: 1, received: 1 });
    const { epoch } = replay.book;
    expect(replay.seek(BEGAN + 21)).toEqual([]);
    expect(replay.book.epoch).not.toBe(epoch);
    expect(replay.book.entries).toHaveLength(5);
    expect(replay.book.counts.get('PROBE')).toMatchObject({ sent: 1, received: 0 });
    expect(replay.seek(BEGAN + 24).map(({ kind }) => kind)).toEqual(['received']);
    replay.seek(0);
    expect([replay.at, replay.book.entries.length]).toEqual([BEGAN, 1]);
    replay.seek(1e9);
    expect(replay.at).toBe(replay.ends);
  });

  it('steps to the next thing that is seen, and at last to the end', () => {
    const replay = new Replay(RUN);
    const times = [1, 2, 3, 4].map(() => {
      replay.step();
      return replay.at - BEGAN;
    });
    expect(times).toEqual([10, 20, 50, 50]);
  });

  it('counts its elections, by the identities and the links that the trace tells of', () => {
    const detail = 'ask';
    const bully = new Replay(
      traceOf(
        at(0, 'bert', 'note', 'elects'),
        at(1, 'bert', 'sent', 'ELECT', 'carl'),
        at(2, 'carl', 'received', 'ELECT', 'bert'),
        { ...at(3, 'carl', 'sent', 'GOT_IT', 'bert'), detail: 'to ELECT' },
        at(4, 'carl', 'sent', 'I_AM_LEADER', 'bert'),
        { ...at(5, 'bert', 'sent', 'PROBE', 'carl'), detail },
      ),
    );
    expect(bully.elections).toMatchObject([
      {
        starter: 'bert',
        nodes: ['bert', 'carl'],
        complete: true,
        measured: 3,
        expected: [{ messages: 3 }],
      },
    ]);
    const sparse: Trace = {
      head: { ...head, election: 'wireless', topology: 'ring' },
      nodes,
      events: traceOf(
        { ...at(0, 'bert', 'note', 'keeps-links'), detail: 'carl' },
        { ...at(1, 'carl', 'note', 'keeps-links'), detail: 'bert' },
        at(1, 'carl', 'note', 'start'),
        at(2, 'bert', 'sent', 'ELECTION_STARTED', 'carl'),
        { ...at(3, 'carl', 'received', 'ELECTION_STARTED', 'bert'), detail: 'by bert' },
      ).events,
    };
    const wireless = new Replay(sparse);
    expect(wireless.tree).toEqual([]);
    wireless.seek(wireless.ends);
    expect(wireless.links).toEqual([['bert', 'carl']]);
    expect(wireless.elections).toMatchObject([{ measured: 1, expected: [{ messages: 2 }] }]);
    expect(wireless.tree).toEqual([['carl', 'bert']]);
  });
});
