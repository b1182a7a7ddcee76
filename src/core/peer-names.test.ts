import { describe, expect, test } from 'vitest';
import { entry, GENERATION, hello, member, membership, stored, term } from './testing/fixtures.ts';
import { Solo } from './testing/solo.ts';

const START = { index: 1, term: term(1, 'anna') };
const [anna, bert, carl] = [member('anna', 1), member('bert', 2), member('carl', 3)];

const HELLO = hello({ peer: { id: 'anna', priority: 1, name: 'Gate Heron' } });

function peer(solo: Solo, id: string): unknown {
  return solo.node.view().peers.find((peer) => peer.id === id);
}

describe('the name of a peer', () => {
  test('J2: who is only listed has none, until its HELLO tells it', () => {
    const solo = new Solo('bert');
    solo.event({ type: 'members', members: [{ id: 'anna', priority: 1 }] });
    expect(peer(solo, 'anna')).toMatchObject({ name: '', priority: 1 });
    solo.link('anna');
    solo.receive('anna', HELLO, GENERATION);
    expect(peer(solo, 'anna')).toMatchObject({ name: 'Gate Heron', priority: 1 });
  });

  test('J2: it outlives a list, which tells of a new priority only', () => {
    const solo = new Solo('bert');
    solo.link('anna');
    solo.receive('anna', HELLO, GENERATION);
    solo.event({ type: 'members', members: [{ id: 'anna', priority: 7 }] });
    expect(peer(solo, 'anna')).toMatchObject({ name: 'Gate Heron', priority: 7 });
  });

  test('J2: the log tells it too, also of who was never met and is no member any more', () => {
    const evicted = membership('evict', 'anna', [bert, carl]);
    const solo = new Solo('bert', { priority: 2, stored: stored('bert', [anna, bert, carl]) });
    solo.event({ type: 'members', members: [{ id: 'anna', priority: 1 }] });
    expect(peer(solo, 'anna')).toMatchObject({ name: 'Gate anna', member: true });
    solo.receive('carl', {
      type: 'APPEND',
      term: term(2, 'carl'),
      previous: START,
      entries: [entry(2, term(2, 'carl')), entry(3, term(2, 'carl'), evicted)],
      commit: 1,
      beat: 0,
      quorum: true,
    });
    expect(peer(solo, 'anna')).toMatchObject({ name: 'Gate anna', member: false });
  });

  test('J2: a founder knows by their names those that it met while it was blank', () => {
    const solo = new Solo('bert', { priority: 2 });
    solo.event({ type: 'members', members: [{ id: 'anna', priority: 1 }] });
    solo.link('anna');
    const blank = { ...HELLO, generations: [], last: { index: 0, term: '' } };
    solo.receive('anna', blank, '');
    solo.event({ type: 'members', members: [{ id: 'anna', priority: 1 }] });
    expect(solo.node.replica.log.at(1)?.command).toMatchObject({ kind: 'founding' });
    expect(peer(solo, 'anna')).toMatchObject({ name: 'Gate Heron', member: false });
  });
});
