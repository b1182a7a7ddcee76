import { describe, expect, it } from 'vitest';
import { FormerMembers } from './former.ts';

const HOUR = 3_600_000;

function stayed(stayedMs: number) {
  return { secretHash: `hash ${stayedMs}`, stayedMs };
}

/** Which of these ids are remembered in the park. */
function known(former: FormerMembers, park: string, ...ids: string[]): string[] {
  return ids.filter((id) => former.find(park, id) !== undefined);
}

describe('those who left', () => {
  it('are remembered by park and id, until they come back or nobody is there', () => {
    const former = new FormerMembers({ total: 10, perPark: 10 });
    former.remember('p', 'a', stayed(HOUR));
    former.remember('p', 'b', stayed(0));
    former.remember('q', 'a', stayed(1));
    expect(former.find('p', 'a')).toEqual(stayed(HOUR));
    expect(former.find('q', 'a')).toEqual(stayed(1));
    expect(former.size).toBe(3);
    former.forget('p', 'a');
    former.forget('p', 'nobody');
    former.remember('p', 'b', stayed(20_000));
    expect(former.find('p', 'b')).toEqual(stayed(20_000));
    expect(former.size).toBe(2);
    former.forgetPark('p');
    former.forgetPark('nowhere');
    expect(known(former, 'p', 'a', 'b')).toEqual([]);
    expect(former.size).toBe(1);
  });

  it('are bounded in a park: the oldest goes, and who was there for moments goes first', () => {
    const former = new FormerMembers({ total: 100, perPark: 3 });
    former.remember('p', 'brief', stayed(9_999));
    former.remember('p', 'long1', stayed(HOUR));
    former.remember('p', 'long2', stayed(10_000));
    for (let n = 0; n < 50; n++) former.remember('p', `made-up${n}`, stayed(100));
    expect(known(former, 'p', 'brief', 'long1', 'long2', 'made-up48', 'made-up49')).toEqual([
      'long1',
      'long2',
      'made-up49',
    ]);
    former.remember('p', 'long3', stayed(HOUR));
    former.remember('p', 'made-up50', stayed(100));
    expect(known(former, 'p', 'long1', 'long2', 'long3', 'made-up50')).toEqual([
      'long1',
      'long2',
      'long3',
    ]);
    former.remember('p', 'long4', stayed(HOUR));
    expect(known(former, 'p', 'long1', 'long2', 'long3', 'long4')).toEqual([
      'long2',
      'long3',
      'long4',
    ]);
    expect(former.size).toBe(3);
  });

  it('are bounded altogether: made-up ids in other parks push out nobody who was there for longer', () => {
    const former = new FormerMembers({ total: 6, perPark: 5 });
    for (const id of ['a', 'b', 'c', 'd']) former.remember('p', id, stayed(HOUR));
    for (let n = 0; n < 20; n++) former.remember(`park${n}`, 'made-up', stayed(100));
    expect(known(former, 'p', 'a', 'b', 'c', 'd')).toHaveLength(4);
    expect(former.size).toBe(6);
  });

  it('make room where most are remembered', () => {
    const former = new FormerMembers({ total: 5, perPark: 5 });
    former.remember('p', 'a', stayed(HOUR));
    for (const id of ['v', 'w', 'x', 'y', 'z']) former.remember('q', id, stayed(HOUR));
    expect(known(former, 'p', 'a')).toEqual(['a']);
    expect(known(former, 'q', 'v', 'w', 'x', 'y', 'z')).toEqual(['w', 'x', 'y', 'z']);
  });
});
