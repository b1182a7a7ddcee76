import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeTrace } from '../runtime/trace-file.ts';
import type { TraceEvent } from '../runtime/trace.ts';
import { runJob, type Job } from './job.ts';

const file = path.join(mkdtempSync(path.join(tmpdir(), 'trace-')), 'trace.jsonl');
const job: Job = {
  seed: 11,
  nodes: 3,
  seconds: 20,
  faults: ['crash', 'stall'],
  only: null,
  election: 'bully',
  topology: 'mesh',
  clients: null,
  plant: null,
  scenario: null,
  multicast: null,
  systems: null,
  history: false,
  trace: file,
};

describe('the trace of a seed', () => {
  const report = runJob(job);
  const text = readFileSync(file, 'utf8');
  const decoded = decodeTrace(text);
  if (!decoded.ok) throw new Error(decoded.reason);
  const { head, nodes, events } = decoded.value;
  const of = (kind: TraceEvent['kind']): TraceEvent[] => events.filter((one) => one.kind === kind);

  it('changes nothing about the run', () => {
    expect(runJob({ ...job, trace: null }).digest).toBe(report.digest);
  });

  it('names its seed and begins with the beginning', () => {
    expect(head).toMatchObject({ seed: 11, election: 'bully', topology: 'mesh' });
    expect(events[0]).toMatchObject({ at: head.began, kind: 'note', what: 'start' });
  });

  it('is in the order of time, and each node counts its events', () => {
    const counts = new Map<string, number>();
    let time = head.began;
    for (const { at, node, sequence } of events) {
      expect(at).toBeGreaterThanOrEqual(time);
      time = at;
      expect(sequence).toBe((counts.get(node) ?? 0) + 1);
      counts.set(node, sequence);
    }
    expect(counts.size).toBeGreaterThanOrEqual(4);
  });

  it('says who everybody is, once for each id', () => {
    const ids = new Set(events.flatMap(({ node }) => (node === '' ? [] : node)));
    expect(nodes.map(({ introduces }) => introduces).sort()).toEqual([...ids].sort());
    expect(new Set(nodes.map(({ name }) => name))).toEqual(new Set(['Gate 0', 'Gate 1', 'Gate 2']));
  });

  it('holds messages at both ends, roles, commands and faults', () => {
    const sent = of('sent').map(({ node, peer, what }) => `${node} ${peer!} ${what}`);
    const received = of('received').map(({ node, peer, what }) => `${peer!} ${node} ${what}`);
    const known = new Set(sent);
    expect(received.every((message) => known.has(message))).toBe(true);
    expect(received.length).toBeGreaterThan(100);
    expect(of('sent').every(({ bytes }) => bytes! > 10)).toBe(true);
    expect(of('role').map(({ what }) => what)).toContain('leader');
    expect(of('command').length).toBe(report.operations + 1);
    const injected = events.filter(({ node, what }) => node === '' && what === 'fault');
    expect(injected.length).toBeGreaterThan(0);
    expect(injected.map(({ detail }) => detail)).toEqual(report.injections);
  });

  it('is read back only if it is one', () => {
    const [first, , second] = text.split('\n');
    expect(decodeTrace('')).toMatchObject({ ok: false });
    expect(decodeTrace(second!)).toMatchObject({ ok: false });
    expect(decodeTrace(`${first!}\nnonsense`)).toMatchObject({ ok: false });
    expect(decodeTrace(`${first!}\n${second!.replace('note', 'noted')}`)).toEqual({
      ok: false,
      reason: expect.stringContaining('line 2') as string,
    });
    expect(decodeTrace(`${first!}\n${second!}`)).toMatchObject({ ok: true });
  });
});
