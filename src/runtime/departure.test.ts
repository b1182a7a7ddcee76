import { expect, test } from 'vitest';
import type { GatehouseError } from './gatehouse.ts';
import { Stage, type StagedTab } from './testing/tabs.contract.ts';

/** Within this time the others must be in step again: an election, not an eviction (M5), ms. */
const SOON = 4000;

async function goOn(stage: Stage, left: StagedTab, others: readonly StagedTab[]): Promise<void> {
  expect(left.gatehouse.status().role).toBe('terminated');
  const start = stage.clock.now();
  await stage.until(() =>
    others.every(({ gatehouse }) => {
      const { quorum, members } = gatehouse.status();
      return quorum && members === others.length;
    }),
  );
  expect(stage.clock.now() - start).toBeLessThan(SOON);
  for (const { gatehouse } of others) {
    expect(await stage.ended(gatehouse.enter())).toMatchObject({ allowed: true });
  }
}

async function failure(stage: Stage, call: Promise<unknown>): Promise<GatehouseError> {
  const error = await stage.ended(
    call.then(
      () => new Error('it was taken'),
      (reason: unknown) => reason,
    ),
  );
  return error as GatehouseError;
}

const IDS = ['anna', 'bert', 'carl'];

test.each([
  ['follower', 2, 0],
  ['leader', 2, 1],
  ['follower', 3, 0],
  ['leader', 3, 2],
])('M7: a %s leaves a park of %i, and the others go on at once', async (_role, size, who) => {
  const stage = new Stage();
  const tabs = await stage.park(...IDS.slice(0, size));
  const gone = tabs[who]!;
  await stage.ended(gone.gatehouse.terminate());
  await goOn(
    stage,
    gone,
    tabs.filter((tab) => tab !== gone),
  );
});

test.each([
  ['the follower', 2, 0],
  ['the leader', 2, 1],
  ['a follower', 3, 0],
  ['the leader', 3, 2],
])('M7: %s of a park of %i leaves just after its recovery', async (_role, size, who) => {
  const stage = new Stage();
  const tabs = await stage.park(...IDS.slice(0, size));
  const gone = tabs[who]!;
  gone.gatehouse.crash();
  await gone.gatehouse.recover();
  // Its disk is not even read.
  await stage.ended(gone.gatehouse.terminate());
  await goOn(
    stage,
    gone,
    tabs.filter((tab) => tab !== gone),
  );
});

test('M7: a gate that nobody can remove stays, and nothing has changed', async () => {
  const stage = new Stage();
  const [anna, bert] = await stage.park('anna', 'bert');
  anna!.gatehouse.faults([{ cut: true }]);
  bert!.gatehouse.faults([{ cut: true }]);
  const start = stage.clock.now();
  const error = await failure(stage, anna!.gatehouse.terminate());
  expect(error).toMatchObject({ code: 'no-quorum', definite: true });
  expect(stage.clock.now() - start).toBeLessThan(5200);
  expect(anna!.gatehouse.status().role).not.toBe('terminated');
  anna!.gatehouse.faults([]);
  bert!.gatehouse.faults([]);
  await stage.ended(anna!.gatehouse.ready());
  await stage.ended(anna!.gatehouse.terminate());
  await goOn(stage, anna!, [bert!]);
});

test('M7: of three gates of which one hangs none may leave, until that is evicted', async () => {
  const stage = new Stage();
  const [anna, bert, carl] = await stage.park('anna', 'bert', 'carl');
  anna!.gatehouse.crash('hang');
  for (const { gatehouse } of [bert!, carl!]) {
    expect(await failure(stage, gatehouse.terminate())).toMatchObject({
      code: 'no-quorum',
      definite: true,
    });
  }
  await stage.until(() => bert!.gatehouse.status().members === 2);
  await stage.ended(bert!.gatehouse.terminate());
  await goOn(stage, bert!, [carl!]);
});

test('M7: who is alone, or in no park yet, leaves at once', async () => {
  const stage = new Stage();
  const [anna] = await stage.park('anna');
  const start = stage.clock.now();
  await stage.ended(anna!.gatehouse.terminate());
  expect(anna!.gatehouse.status().role).toBe('terminated');
  const blank = stage.open('bert', 2);
  await stage.ended(blank.gatehouse.terminate());
  expect(blank.gatehouse.status().role).toBe('terminated');
  expect(stage.clock.now() - start).toBeLessThan(50);
});

test('M7: a gate that crashes while it waits has not left, and says so', async () => {
  const stage = new Stage();
  const [anna, bert] = await stage.park('anna', 'bert');
  bert!.gatehouse.crash('hang');
  const call = failure(stage, anna!.gatehouse.terminate());
  await stage.pass(300);
  anna!.gatehouse.crash();
  expect(await call).toMatchObject({ code: 'crashed', definite: true });
  await anna!.gatehouse.recover();
  await bert!.gatehouse.recover();
  await stage.ended(anna!.gatehouse.ready());
});
