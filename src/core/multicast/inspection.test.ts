import { describe, expect, test } from 'vitest';
import type { Reply } from '../effects.ts';
import type { NodeId } from '../identity.ts';
import { Harness } from '../testing/harness.ts';
import { MAX_TOLD, MAX_TOLD_TEXT, type Inspection } from './inspection.ts';

const THREE: readonly NodeId[] = ['anna', 'bert', 'carl'];

function group(multicast: 'sequencer' | 'lamport'): Harness {
  const harness = new Harness({ seed: 3, settings: { multicast } });
  THREE.forEach((id, i) => {
    harness.start(id, i + 1);
    harness.settle();
  });
  harness.command('anna', { type: 'multicast', text: 'first' });
  harness.run(1000);
  return harness;
}

function inspectionsOf(reply: Reply): readonly Inspection[] {
  if (!reply.ok || reply.value.type !== 'inspected') throw new Error('nothing was told');
  return reply.value.inspections;
}

function look(harness: Harness, id: NodeId): readonly Inspection[] {
  return inspectionsOf(harness.command(id, { type: 'inspect' }));
}

/** By gate: the texts that it has delivered, and those that it holds back. */
function texts(inspections: readonly Inspection[]): Record<string, unknown> {
  return Object.fromEntries(
    inspections.map(({ peer, told }) => [
      peer,
      told && [told.recent.map(({ text }) => text), told.held.map(({ text }) => text)],
    ]),
  );
}

describe.each(['sequencer', 'lamport'] as const)('T16: who looks at a %s group', (kind) => {
  test('is told what every member has delivered and holds back, itself included', () => {
    const harness = group(kind);
    expect(texts(look(harness, 'bert'))).toEqual({
      anna: [['first'], []],
      bert: [['first'], []],
      carl: [['first'], []],
    });
    harness.command('anna', { type: 'delay-next', ms: 1000 });
    harness.ask('anna', { type: 'multicast', text: 'late' });
    harness.run(50);
    harness.ask('bert', { type: 'multicast', text: 'after' });
    harness.run(50);
    const told = look(harness, 'bert');
    // The late one is where it got its place: at the sequencer, or at its sender.
    const [first, late] = [['first'], kind === 'sequencer' ? 'carl' : 'anna'];
    const heldAt = (id: NodeId): string[] => (id === late ? ['late', 'after'] : ['after']);
    for (const { peer } of told) expect(texts(told)[peer]).toEqual([first, heldAt(peer)]);
    expect(told.map(({ peer }) => peer)).toEqual(THREE);
    expect(told[0]?.told).toMatchObject({ view: 1, pending: 1, delivered: 1 });
    expect(harness.count('INSPECT')).toBe(4);
    expect(harness.count('INSPECTED')).toBe(4);
  });

  test('is told of the last messages only, and of long texts the beginning', () => {
    const harness = group(kind);
    for (let i = 1; i <= 50; i++) {
      harness.command('anna', { type: 'multicast', text: `${String(i)} `.repeat(100) });
    }
    harness.run(1000);
    for (const { told } of look(harness, 'bert')) {
      expect(told?.delivered).toBe(51);
      expect(told?.recent).toHaveLength(MAX_TOLD);
      expect(told?.recent.at(-1)?.text).toBe('50 '.repeat(100).slice(0, MAX_TOLD_TEXT));
    }
  });
});

test('T16: who does not answer in time is shown without an answer, and who is failed is not asked', () => {
  const harness = group('sequencer');
  harness.freeze('bert');
  const asked = harness.now;
  expect(texts(look(harness, 'carl'))).toMatchObject({ anna: [['first'], []], bert: null });
  expect(harness.now - asked).toBeGreaterThanOrEqual(500);
  harness.runUntil(() => harness.node('carl').detector.isFailed('bert'), 10_000);
  const before = harness.now;
  expect(texts(look(harness, 'carl'))).toMatchObject({ bert: null, carl: [['first'], []] });
  expect(harness.now - before).toBeLessThan(100);
});

test('T16: who asks while another look is under way is told what is so from then on', () => {
  const harness = group('sequencer');
  harness.fate = (_from, _to, { type }) => (type === 'INSPECTED' ? 100 : 'pass');
  const replies: Reply[] = [];
  harness.ask('anna', { type: 'inspect' }, (reply) => replies.push(reply));
  harness.run(50);
  harness.command('bert', { type: 'multicast', text: 'meanwhile' });
  harness.ask('anna', { type: 'inspect' }, (reply) => replies.push(reply));
  harness.runUntil(() => replies.length === 2, 2000);
  const [early, late] = replies.map((reply) => texts(inspectionsOf(reply)));
  expect(early).toMatchObject({ carl: [['first'], []] });
  expect(late).toMatchObject({ carl: [['first', 'meanwhile'], []] });
});

test('T16: an answer that nobody asked for changes nothing', () => {
  const harness = group('sequencer');
  const told = look(harness, 'anna')[1]?.told;
  if (!told) throw new Error('bert answers');
  harness.deliver('anna', 'bert', { ...told, delivered: 99 });
  harness.deliver('anna', 'bert', { ...told, nonce: told.nonce + 1, delivered: 99 });
  expect(look(harness, 'anna')[1]?.told?.delivered).toBe(1);
});

test('T16: who is alone tells of itself at once', () => {
  const harness = new Harness({ seed: 3 });
  harness.start('anna', 1);
  expect(texts(look(harness, 'anna'))).toEqual({ anna: [[], []] });
});
