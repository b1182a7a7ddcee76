import { describe, expect, test } from 'vitest';
import type { NodeId } from './identity.ts';
import { Harness } from './testing/harness.ts';

/** Gates that joined one after the other; the last one leads. */
function park(ids: readonly NodeId[]): Harness {
  const harness = new Harness();
  ids.forEach((id, i) => {
    harness.start(id, i + 1);
    harness.settle();
  });
  harness.runUntil(() => harness.leader()?.self.id === ids.at(-1), 60_000);
  harness.settle();
  return harness;
}

describe('going on without', () => {
  test('G4: a voter that hears a live leader refuses it, also to a greater gate that has caught up', () => {
    const harness = park(['anna', 'bert', 'carl', 'dora', 'emil']);
    harness.crash('emil');
    harness.runUntil(() => harness.leader()?.self.id === 'dora', 10_000);
    harness.settle();
    harness.submit('anna', 'visitor');
    // Emil is back and has caught up, but can't challenge: what it asks is lost.
    harness.fate = (from, _, { type }) => (from === 'emil' && type === 'PREPARE' ? 'lose' : 'pass');
    harness.start('emil', 5);
    const emil = harness.node('emil');
    const dora = harness.node('dora');
    harness.runUntil(() => emil.replica.log.last.term === dora.leadership?.term, 20_000);
    harness.runUntil(() => emil.follower.leader === 'dora', 20_000);
    harness.partition(['emil'], ['bert', 'carl', 'dora']);
    harness.runUntil(() => emil.view().missing.length === 3, 4000);
    harness.fate = () => 'pass';
    expect(harness.node('anna').liveLeader()?.id).toBe('dora');
    const without = ['bert', 'carl', 'dora'];
    expect(harness.command('emil', { type: 'proceed-without', ids: without })).toMatchObject({
      ok: false,
      definite: true,
    });
    expect(harness.node('anna').liveLeader()?.id).toBe('dora');
    expect(harness.submit('anna', 'another')).toMatchObject({ ok: true });
  });
});
