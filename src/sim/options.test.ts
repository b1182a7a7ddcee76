import { describe, expect, it } from 'vitest';
import { FAULTS } from './faults.ts';
import { replayCommand } from './job.ts';
import { jobOf, parseOptions, UsageError } from './options.ts';
import { PLANTS } from './plants.ts';

const ALL = FAULTS.map(({ name }) => name);

describe('the options of the command', () => {
  it('have defaults', () => {
    const options = parseOptions([]);
    expect(options).toMatchObject({ seed: 1, seeds: 20, nodes: [5, 5], plants: [], json: false });
    expect(options.show).toBeNull();
    expect(options.faults).toEqual(ALL);
    expect(options.jobs).toBeGreaterThan(0);
  });

  it('take faults by name', () => {
    expect(parseOptions(['--faults', 'none']).faults).toEqual([]);
    expect(parseOptions(['--faults', 'crash,loss']).faults).toEqual(['crash', 'loss']);
    expect(parseOptions(['--faults', 'list']).show).toBe('faults');
    expect(parseOptions(['--plant', 'list']).show).toBe('plants');
  });

  it('take single injections, which say what faults there are', () => {
    const options = parseOptions(['--only', 'crash.3,loss.1,crash.7']);
    expect(options.only).toEqual(['crash.3', 'loss.1', 'crash.7']);
    expect(options.faults).toEqual(['crash', 'loss']);
    expect(parseOptions(['--only', 'none'])).toMatchObject({ only: [], faults: [] });
  });

  it('take a range of nodes, from which the seed picks', () => {
    const options = parseOptions(['--nodes', '3-7']);
    const picked = Array.from({ length: 60 }, (_, seed) => jobOf(options, seed, null).nodes);
    expect(new Set(picked)).toEqual(new Set([3, 4, 5, 6, 7]));
    expect(Array.from({ length: 60 }, (_, seed) => jobOf(options, seed, null).nodes)).toEqual(
      picked,
    );
  });

  it('look for planted bugs with what each of them takes', () => {
    const options = parseOptions(['--plant', 'all']);
    expect(options).toMatchObject({ faults: [], shrink: 0, seeds: 200 });
    expect(options.plants).toHaveLength(PLANTS.length);
    const [plant] = PLANTS;
    const { nodes } = jobOf(options, 1, plant!.name);
    expect(nodes).toBeGreaterThanOrEqual(plant!.nodes[0]);
    expect(nodes).toBeLessThanOrEqual(plant!.nodes[1]);
  });

  it('take a scenario with what belongs to it, unless told otherwise', () => {
    const options = parseOptions(['--scenario', 'three-crash']);
    expect(options).toMatchObject({ nodes: [20, 20], elections: ['wireless'], faults: [] });
    expect(options).toMatchObject({ topologies: ['sample'], multicasts: [null], clients: [] });
    const other = ['--nodes', '7', '--election', 'bully', '--topology', 'grid', '--clients', 'm1'];
    expect(parseOptions(['--scenario', 'three-crash', ...other])).toMatchObject({
      nodes: [7, 7],
      elections: ['bully'],
      topologies: ['grid'],
      clients: ['m1'],
    });
    expect(parseOptions(['--scenario', 'list']).show).toBe('scenarios');
  });

  it('run one seed for a trace', () => {
    expect(parseOptions(['--trace', 'x.jsonl', '--seed', '7'])).toMatchObject({
      seeds: 1,
      seed: 7,
    });
  });

  it.each([
    ['--seeds', '0'],
    ['--seeds', 'many'],
    ['--nodes', '1.5'],
    ['--nodes', '7-3'],
    ['--nodes', '3-5-7'],
    ['--nodes', '0-3'],
    ['--jobs', '0'],
    ['--election', 'lots'],
    ['--topology', 'mesh,star'],
    ['--topology', ','],
    ['--multicast', 'both'],
    ['--faults', 'crash,flood'],
    ['--only', 'crash'],
    ['--only', 'flood.1'],
    ['--only', 'crash.1', '--faults', 'crash'],
    ['--plant', 'nettle'],
    ['--scenario', 'farce'],
    ['--scenario', 'three-crash', '--faults', 'crash'],
    ['--scenario', 'three-crash', '--plant', 'all'],
    ['--trace', 'x.jsonl', '--seeds', '2'],
    ['--trace', 'x.jsonl', '--plant', 'all'],
    ['--faults', ''],
    ['--faults', ','],
    ['--only', ''],
    ['--plant', ''],
    ['--plant', 'none'],
    ['--clients', ''],
    ['--clients', 'foo'],
    ['--clients', 'g0.1,g1'],
    ['--trace', 'x.jsonl', '--history', './x.jsonl'],
    ['--sedes', '3'],
    ['--history'],
  ])('refuse %s %s', (...args) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
  });
});

it('a range of nodes that is the wrong way round is spoken of as a range', () => {
  expect(() => parseOptions(['--nodes', '7-3'])).toThrow(/a range from the lesser .*"7-3"/);
});

it('the systems are named, or each seed picks', () => {
  expect(parseOptions(['--systems', 'market,chat']).systems).toEqual(['chat', 'market']);
  expect(parseOptions(['--systems', 'all']).systems).toEqual(['chat', 'market', 'visits']);
  expect(parseOptions(['--systems', 'none']).systems).toEqual([]);
  expect(parseOptions([]).systems).toBeNull();
  for (const wrong of ['', ',', 'park', 'chat,foo'])
    expect(() => parseOptions(['--systems', wrong])).toThrow(UsageError);
});

it('all kinds of clients have names', () => {
  const names = ['g0.1', 'g12.chat', 'm3', 'm3.1', 'w0'];
  expect(parseOptions(['--clients', names.join()]).clients).toEqual(names);
  expect(parseOptions(['--clients', 'none']).clients).toEqual([]);
});

describe('the command that replays a job', () => {
  it.each([
    ['--seed 4 --nodes 3-7 --seconds 30'],
    ['--seed 5 --faults crash,loss --plant no-dedup'],
    ['--seed 6 --only crash.3,loss.1 --clients g0.1,g2.0'],
    ['--seed 7 --only none --clients none'],
    ['--seed 8 --election all --topology all'],
    ['--seed 9 --election ring --topology grid,random'],
    ['--seed 10 --multicast lamport'],
    ['--seed 10 --systems market,chat'],
    ['--seed 10 --systems none'],
    ['--seed 11 --scenario two-neighbours'],
    ['--seed 12 --scenario three-crash --election bully --topology mesh --multicast lamport'],
  ])('is that job again: %s', (line) => {
    const options = parseOptions(line.split(' '));
    const job = jobOf(options, options.seed, options.plants[0] ?? null);
    const again = parseOptions(replayCommand(job).split(' -- ')[1]!.split(' '));
    expect(again.seeds).toBe(1);
    expect(jobOf(again, again.seed, again.plants[0] ?? null)).toEqual(job);
  });
});
