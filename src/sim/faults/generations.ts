import { majority } from '../../core/quorum.ts';
import type { NodeId } from '../../core/identity.ts';
import type { Gate, Life } from '../gate.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { awake, fault, present, type Fault, type Injected } from './fault.ts';
import { hasRoom } from './membership.ts';
import { separate } from './partitions.ts';

/** How long a person waits before and between attempts to go on without others, ms. */
const ATTEMPT_MS = 1000;

/** How often people look, and how often they try once more, ms. */
export const LOOK_MS = 250;
const TURN_MS = 2000;

/** A page that shares its disk is asked for no more at once. */
const MOST_PROBES = 50;

/** What leads to a second generation of the log, and to a person's choice between two. */
export const GENERATIONS: readonly Fault[] = [
  fault(
    'proceed-rightly',
    'most devices are lost for good, and a person goes on without them',
    200_000,
    loseMost,
    'hit',
  ),
  fault(
    'proceed-wrongly',
    'a person goes on without gates that are only out of reach',
    100_000,
    proceedWrongly,
    'hit',
  ),
  fault('found-apart', 'two parks are founded apart, have visitors, and meet', 150_000, foundApart),
  fault('adopt', 'a person chooses the other one of two generations', 5000, adopt, 'hit'),
];

interface Running extends Gate {
  readonly life: Life;
}

function ready(gate: Gate): gate is Running {
  return gate.awake && gate.life?.ready === true && gate.generation !== '';
}

/** A majority of the voters is gone, and with it what they knew alone. New devices come in their place. */
function loseMost(world: World, random: Random): Injected {
  const stays = random.pick(world.gates.filter(ready));
  if (!stays) return 'impossible';
  const voters = votersOf(stays);
  const others = random.shuffle(world.gates.filter(({ id }) => id !== stays.id && voters.has(id)));
  const lost = others.filter(({ shares }) => !shares).slice(0, majority(voters.size));
  if (lost.length < majority(voters.size)) return 'impossible';
  const names = new Set(lost.map(({ id }) => id));
  for (const gate of lost) {
    gate.crash('undone', random.chance(0.5) ? {} : { noticeMs: 5, closedByPeer: true });
    gate.wipe();
    world.later(random.logBetween(5000, 60_000), () => {
      world.startWhenSafe(gate);
    });
  }
  // Others may have lost their disk, and with it their name, shortly before: without them too.
  const isLost = (id: NodeId): boolean =>
    names.has(id) || !world.gates.some((gate) => gate.id === id);
  const missing = (gate: Running): NodeId[] => missingAt(gate).filter(isLost);
  insist(world, random, () => world.gates.filter(ready), missing, 60_000);
  return 'done';
}

/** A minority is cut off and its people take the others for dead, who go on and let visitors in. */
function proceedWrongly(world: World, random: Random): Injected {
  const alone = random.pick(world.gates.filter(ready));
  if (!alone || !votersOf(alone).has(alone.id)) return 'impossible';
  const most = Math.max(1, Math.ceil(votersOf(alone).size / 2) - 1);
  const others = random.shuffle(present(world).filter((gate) => gate !== alone));
  const few = [alone, ...others.slice(0, random.int(0, most - 1))];
  const rest = others.filter((gate) => !few.includes(gate));
  if (rest.length === 0) return 'impossible';
  const ms = random.logBetween(8000, 40_000);
  separate(world, few, rest, ms);
  insist(world, random, () => few.filter(ready), missingAt, ms);
  return 'done';
}

/** Tries again and again to go on without whoever is missing, until it works or the time is over. */
function insist(
  world: World,
  random: Random,
  gates: () => Running[],
  missing: (gate: Running) => NodeId[],
  forMs: number,
): void {
  const until = world.clock.now() + forMs;
  const attempt = (): void => {
    if (world.healed || world.clock.now() > until) return;
    const gate = random.pick(gates());
    const ids = gate ? missing(gate) : [];
    const again = (): void => {
      world.later(ATTEMPT_MS, attempt);
    };
    if (!gate || ids.length === 0) {
      again();
      return;
    }
    // A page that crashes meanwhile never answers: then nobody insists any more.
    proceed(world, gate, ids, (ok) => {
      if (ok) world.count(isWrong(world, ids) ? 'proceed-wrongly' : 'proceed-rightly');
      else again();
    });
  };
  world.later(random.logBetween(ATTEMPT_MS, 5000), attempt);
}

/** To go on without these: some of them will be back. */
function isWrong(world: World, ids: readonly NodeId[]): boolean {
  return world.gates.some(({ id, status }) => status !== 'gone' && ids.includes(id));
}

function proceed(
  world: World,
  gate: Running,
  ids: readonly NodeId[],
  done: (ok: boolean) => void,
): void {
  world.trace('proceed-without', gate, ids.join());
  const answered = world.divide();
  gate.life.driver.command({ type: 'proceed-without', ids }, (reply) => {
    answered(reply);
    world.trace('proceeded', gate, String(reply.ok));
    done(reply.ok);
  });
}

function votersOf(gate: Running): Set<NodeId> {
  const { membership } = gate.life.driver.node.replica;
  return new Set(membership.voters().map(({ id }) => id));
}

/** As the page shows it: the voters that a quorum needs. */
function missingAt(gate: Running): NodeId[] {
  return gate.life.driver.view().missing.map(({ id }) => id);
}

/** New gates at a place with a signaling server of its own: they found a park, which later comes to the same network. */
function foundApart(world: World, random: Random): Injected {
  if (!hasRoom(world)) return 'impossible';
  world.divide();
  const venue = `venue ${world.gates.length}`;
  const gates = [world.addGate()];
  if (hasRoom(world) && random.chance(0.3)) gates.push(world.addGate());
  for (const gate of gates) {
    gate.venue = venue;
    world.network.visit(gate.id, venue);
    world.later(random.between(0, 1000), () => {
      gate.start();
    });
    world.workload.join(gate);
  }
  world.later(random.logBetween(5000, 60_000), () => {
    // Copies of their pages too.
    for (const gate of world.gates) if (gate.venue === venue) comeTogether(world, gate);
  });
  return 'done';
}

/** The gate is at the usual place from now on. */
export function comeTogether(world: World, gate: Gate): void {
  if (gate.venue === '') return;
  gate.venue = '';
  world.network.visit(gate.id, '');
  world.trace('comes-together', gate, '');
}

function adopt(world: World, random: Random): Injected {
  const wanted = preferred(world);
  const gates = world.gates.filter(ready);
  const gate = random.pick(gates.filter((one) => mayAdopt(one, wanted)));
  if (!gate) return 'impossible';
  adoptAt(world, gate, wanted);
  return 'done';
}

function adoptAt(world: World, gate: Running, generation: string): void {
  world.trace('adopt', gate, generation);
  const { name, driver } = gate.life;
  const answered = world.divide();
  const chosen = world.checks.chose(name, driver.node);
  driver.command({ type: 'adopt', generation }, (reply) => {
    answered(reply);
    chosen();
    if (reply.ok) world.count('adopt');
  });
}

/** The page offers it then, and no other generation. */
function mayAdopt({ life }: Running, generation: string): boolean {
  const { rivals } = life.driver.node.joining;
  return rivals.holders(generation).length > 0 && canAdopt(life, generation);
}

/** A generation that it set aside, or that its own grew out of, a gate can't go back to (rule G6). */
function canAdopt(life: NonNullable<Gate['life']>, generation: string): boolean {
  const { joining, replica } = life.driver.node;
  const older = replica.membership.generations.slice(0, -1);
  return !joining.archives.hasAbandoned(generation) && older.every(({ id }) => id !== generation);
}

/**
 * The generation that people have agreed on: one that holds operations, since those without give way to it by themselves
 * (rule G2); of these one that all running gates can adopt, as far as there is one; of several, any, but the same for all.
 */
function preferred(world: World): string {
  const gates = world.gates.filter(ready);
  // What nobody has committed can't be chosen yet (rule G4).
  const settled = gates.filter(({ life }) => life.driver.node.replica.isGenerationCommitted);
  const choice = settled.length > 0 ? settled : gates;
  const generations = [...new Set(choice.map(({ generation }) => generation))];
  const shut = (generation: string): number =>
    gates.filter(({ life }) => !canAdopt(life, generation)).length;
  const empty = (generation: string): number => (holdsOperations(choice, generation) ? 0 : 1);
  const order = (a: string, b: string): number =>
    empty(a) - empty(b) || shut(a) - shut(b) || (a < b ? -1 : 1);
  return generations.sort(order)[0] ?? '';
}

function holdsOperations(gates: readonly Running[], wanted: string): boolean {
  return gates.some(
    ({ generation, life }) =>
      generation === wanted && life.driver.node.joining.summary().holdsOperations,
  );
}

/** Once everything has healed: people choose between generations, and go on without what is gone for good. */
export function decideForAll(world: World): void {
  const wanted = preferred(world);
  for (const gate of awake(world)) {
    if (isShutOut(gate)) openAnew(world, gate);
    if (!ready(gate)) continue;
    decide(world, gate, wanted);
    // Two pages with one disk: only a write tells them.
    if (gate.shares && gate.life.driver.node.outbox.size < MOST_PROBES)
      world.workload.probe(gate, () => undefined);
  }
  // Now at one gate, then at another: one that was away longer does not know all who are missing.
  const turn = Math.floor(world.clock.now() / TURN_MS);
  if (world.clock.now() % TURN_MS >= LOOK_MS) return;
  const candidates = world.gates.filter(ready).filter(({ generation }) => generation === wanted);
  const gate = candidates[turn % candidates.length];
  if (gate) goOn(world, gate, wanted);
}

/** Without those that are gone for good, or have set this generation aside. */
function goOn(world: World, gate: Running, wanted: string): void {
  const ids = missingAt(gate);
  const there = world.gates.filter(({ life }) => life && canAdopt(life, wanted));
  const alive = new Set(there.map(({ id }) => id));
  if (ids.length === 0 || ids.some((id) => alive.has(id))) return;
  if (isLastOf(world, wanted)) openAnew(world, gate);
  else proceed(world, gate, ids, () => undefined);
}

/** Whoever has that log is still taking it, and nobody is left to bring the rest (rule G1): the page says so. */
function isLastOf(world: World, generation: string): boolean {
  return world.gates
    .filter(ready)
    .every((one) => one.generation !== generation || one.life.driver.node.joining.isUnderWay);
}

function decide(world: World, gate: Running, wanted: string): void {
  if (gate.generation === wanted) return;
  if (mayAdopt(gate, wanted)) adoptAt(world, gate, wanted);
  else if (!canAdopt(gate.life, wanted) && isTold(world, gate)) openAnew(world, gate);
}

/**
 * What may be lost people let go only once some page has shown that there is something to choose (rules G4 and G6). What is
 * not committed, or holds nothing, goes without that.
 */
function isTold(world: World, { life }: Running): boolean {
  const { settled, holdsOperations } = life.driver.node.joining.summary();
  if (!settled || !holdsOperations) return true;
  return world.gates.some((gate) => gate.life?.driver.view().conflict);
}

/** It has no log, and set aside the one that all others have: its page says so. */
function isShutOut(gate: Gate): boolean {
  return gate.generation === '' && gate.life?.driver.view().conflict?.canAdopt === false;
}

/** It may never vote again in the generation that all others are in (rule G3): somebody new comes in its place. */
function openAnew(world: World, gate: Gate): void {
  world.trace('opens-anew', gate, '');
  gate.crash('done', {});
  gate.moveOut();
  world.startWhenSafe(gate);
}
