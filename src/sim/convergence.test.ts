import { beforeEach, describe, expect, it } from 'vitest';
import { convergence } from './convergence.ts';
import type { Gate, Life } from './gate.ts';
import { NO_PLANT } from './plant.ts';
import { World } from './world.ts';

let world: World;

/** Three gates without faults, until they have settled. */
beforeEach(() => {
  world = new World({
    seed: 5,
    gates: 3,
    plant: NO_PLANT,
    clients: new Set(),
    traceFile: null,
    multicast: null,
    tally: null,
  });
  for (const gate of world.gates) {
    if (gate.index === 0) gate.start();
    else world.later(500 * gate.index, () => gate.start());
  }
  world.runUntil(20_000);
});

function gateAt(index: number): Gate & { life: Life } {
  const gate = world.gates[index];
  if (!gate?.life) throw new Error('it runs');
  return gate as Gate & { life: Life };
}

function leader(): Gate & { life: Life } {
  return gateAt(world.gates.findIndex(({ life }) => life?.driver.node.leadership));
}

function follower(): Gate & { life: Life } {
  return gateAt(world.gates.findIndex(({ life }) => life?.driver.node.leadership === null));
}

describe('what is missing in the end', () => {
  it('L1, L2: nothing, in a park that has settled', () => {
    expect(convergence(world)).toBeNull();
  });

  it('L1: a gate that is down or asleep', () => {
    follower().freeze('sleep');
    expect(convergence(world)).toMatchObject({ rule: 'L1' });
    expect(convergence(world)?.detail()).toContain('does not run');
  });

  it('L1: a leader', () => {
    leader().life.driver.node.resign();
    expect(convergence(world)?.detail()).toContain('0 leaders');
  });

  it('L1: a member that is gone for good, and is not evicted', () => {
    const gone = follower();
    gone.crash('done', {});
    gone.status = 'gone';
    expect(convergence(world)?.detail()).toContain('gone for good');
  });

  it('L1: a gate that is no member yet', () => {
    const added = world.addGate();
    added.start();
    world.runUntil(20_001);
    expect(convergence(world)?.rule).toBe('L1');
  });

  it('L1: an operation whose outcome is not known', () => {
    const body = { machine: 'park', kind: 'leave', visitor: 'nobody' };
    follower().life.driver.submit([body], () => undefined);
    expect(convergence(world)?.detail()).toContain('in its outbox');
  });

  it('L1: a log that lacks something', () => {
    const to = follower();
    world.network.block(leader().id, to.id);
    const body = { machine: 'park', kind: 'leave', visitor: 'nobody' };
    leader().life.driver.submit([body], () => undefined);
    world.runUntil(20_300);
    expect(convergence(world)?.detail()).toContain('does not hold all entries');
  });

  it('L2: the greatest identity as leader', () => {
    const { life } = follower();
    Object.assign(life, { peer: { ...life.peer, priority: 99 } });
    expect(convergence(world)).toMatchObject({ rule: 'L2' });
  });
});
