import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../runtime/trace.ts';
import { TraceFeed } from './trace-feed.ts';

describe('TraceFeed', () => {
  it('reads each event once, and counts messages by type', () => {
    const trace = [
      event(1, 'sent', 'PROBE'),
      event(2, 'received', 'GOT_IT'),
      event(3, 'note', 'elected'),
    ];
    const feed = new TraceFeed(() => trace);
    expect(feed.poll()).toHaveLength(3);
    expect(feed.poll()).toHaveLength(0);
    trace.push(event(4, 'sent', 'PROBE'), event(5, 'dropped', 'PROBE'));
    expect(feed.poll().map(({ sequence }) => sequence)).toEqual([4, 5]);
    expect([...feed.counts.values()]).toEqual([
      { what: 'PROBE', sent: 2, received: 0, dropped: 1, bytes: 20 },
      { what: 'GOT_IT', sent: 0, received: 1, dropped: 0, bytes: 10 },
    ]);
    feed.resetCounts();
    expect(feed.counts.size).toBe(0);
    expect(feed.entries).toHaveLength(5);
  });

  it('copes with a trace that forgets its beginning, or starts again', () => {
    let trace = [event(1, 'sent', 'PROBE'), event(2, 'sent', 'PROBE')];
    const feed = new TraceFeed(() => trace);
    feed.poll();
    trace = [event(8, 'sent', 'PROBE'), event(9, 'sent', 'PROBE')];
    expect(feed.poll()).toHaveLength(2);
    expect(feed.entries.at(2)).toMatchObject({
      what: 'gap',
      detail: '5 events not read, nor counted: this tab was hidden',
    });
    expect(feed.entries).toHaveLength(5);
    trace = [event(1, 'sent', 'HELLO')];
    expect(feed.poll().map(({ what }) => what)).toEqual(['HELLO']);
  });

  it('keeps a bounded number of events', () => {
    const trace: TraceEvent[] = [];
    const feed = new TraceFeed(() => trace, 10);
    for (let at = 1; at <= 11; at += 1) {
      trace.push(event(at, 'sent', 'PROBE'));
      feed.poll();
    }
    expect(feed.entries.map(({ sequence }) => sequence)).toEqual([7, 8, 9, 10, 11]);
    expect(feed.epoch).toBe(1);
    expect(feed.counts.get('PROBE')?.sent).toBe(11);
  });
});

function event(sequence: number, kind: TraceEvent['kind'], what: string): TraceEvent {
  return { sequence, at: 0, node: 'here', kind, what, peer: 'there', bytes: 10 };
}
