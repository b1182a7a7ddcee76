import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EntryCommand, LogEntry } from '../core/entry.ts';
import type { Archive } from '../core/stored.ts';
import { checkArchives } from './archives.ts';
import { Lineage } from './checkers/lineage.ts';
import { enter, founding, MEMBERS, T1, T2 } from './checkers/testing/fake-node.ts';
import type { Gate } from './gate.ts';
import { NO_PLANT } from './plant.ts';
import { World } from './world.ts';

const OLD: readonly LogEntry[] = [
  founding(5),
  enter('anna', 1, 'Ada'),
  enter('anna', 2, 'Bob'),
].map((command, place) => ({ index: place + 1, term: T1, at: 0, command }));

let world: World;
let gate: Gate;

/** A gate in a park of its own. It has set the generation `one` aside, of which it knew two entries to be committed. */
beforeEach(() => {
  const nobody = { clients: new Set<string>(), multicast: null, tally: null, traceFile: null };
  world = new World({ seed: 5, gates: 1, plant: NO_PLANT, ...nobody });
  gate = world.gates[0]!;
  gate.start();
  world.runUntil(6000);
  const { log } = world.checks;
  const old = new Lineage('one', new Set());
  for (const entry of OLD) old.extend(entry, JSON.stringify(entry), 0, T1);
  log.lineages.set('one', old);
  log.setAside.push({ node: gate.id, generation: 'one', through: 2 });
});

function shows(more: Partial<Archive>, generation = 'one'): void {
  const none = { ancestors: [], at: 0, snapshot: null, entries: [], outbox: [], checked: true };
  const stored = gate.disk.peek();
  if (!stored) throw new Error('it holds a park');
  const archives = [{ generation, ...none, ...more }];
  vi.spyOn(gate.disk, 'peek').mockReturnValue({ ...stored, archives });
}

/** The park does, too, what was done in the log that was set aside. */
function parkHolds(command: EntryCommand): void {
  const park = world.checks.log.lineages.get(gate.generation);
  if (!park) throw new Error('there is a park');
  const term = park.newestTerm;
  const entry = { index: park.length + 1, term, at: 0, command };
  park.extend(entry, JSON.stringify(entry), 0, term);
}

function snapshotAt(index: number, term = T1): Pick<Archive, 'snapshot'> {
  const at = { index, term };
  const settings = world.settings;
  const generations = [{ id: 'one', at: { index: 1, term: T1 } }];
  const snapshot = { at, settings, members: MEMBERS, generations, sessions: [], machine: {} };
  return { snapshot };
}

const judge = (): void => {
  checkArchives(world);
};

describe('G3: what a gate set aside', () => {
  it('must be shown: no archive is a violation', () => {
    expect(judge).toThrow('shows nothing of anna.1 at 2');
  });

  it('is shown by an archive that has the entry, or a snapshot after it', () => {
    shows({ entries: OLD.slice(1, 2) });
    expect(judge).not.toThrow();
    shows(snapshotAt(2));
    expect(judge).not.toThrow();
  });

  it('is shown by a snapshot of a log in between, which grew out of this one', () => {
    const between = new Lineage('two', new Set());
    for (const entry of [...OLD.slice(0, 2), { ...OLD[2]!, term: T2 }])
      between.extend(entry, JSON.stringify(entry), 0, T2);
    world.checks.log.lineages.set('two', between);
    shows({ ancestors: ['one', 'two'], ...snapshotAt(3, T2) }, 'three');
    expect(judge).not.toThrow();
  });

  it('is not shown by other entries, a snapshot before it, or one of another log', () => {
    shows({ entries: OLD.slice(2) });
    expect(judge).toThrow('G3');
    shows(snapshotAt(1));
    expect(judge).toThrow('G3');
    shows(snapshotAt(2, '000000000009.carl'));
    expect(judge).toThrow('G3');
  });

  it('may be missing where the park holds it', () => {
    parkHolds(enter('anna', 1, 'Ada'));
    expect(judge).not.toThrow();
  });

  it('counts only as far as that gate knew it to be committed', () => {
    world.checks.log.setAside.splice(0);
    world.checks.log.setAside.push({ node: gate.id, generation: 'one', through: 3 });
    shows({ entries: OLD.slice(1, 2) });
    expect(judge).toThrow('shows nothing of anna.2 at 3');
  });

  it('is what it held of its own: a log that it was only taking, on its way to a younger one, is not', () => {
    shows({ entries: OLD.slice(1, 2) });
    world.checks.log.setAside.push({ node: gate.id, generation: 'one', through: 3 });
    expect(judge).not.toThrow();
    world.checks.log.lineages.set('two', new Lineage('two', new Set(['one'])));
    world.checks.log.setAside.splice(0);
    world.checks.log.setAside.push({ node: gate.id, generation: 'two', through: 0 });
    world.checks.log.setAside.push({ node: gate.id, generation: 'one', through: 3 });
    expect(judge).not.toThrow();
    world.checks.log.setAside.shift();
    expect(judge).toThrow('shows nothing of anna.2 at 3');
  });

  it('is not looked for where no page runs', () => {
    gate.close();
    expect(judge).not.toThrow();
  });
});
