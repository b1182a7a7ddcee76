import { beforeEach, describe, expect, it } from 'vitest';
import { FAULTS } from '../faults.ts';
import type { Gate } from '../gate.ts';
import { NO_PLANT } from '../plant.ts';
import { World } from '../world.ts';
import type { Injected } from './fault.ts';

let world: World;

function open(gates: number): void {
  const nobody = { clients: new Set<string>(), multicast: null, tally: null, traceFile: null };
  world = new World({ seed: 5, gates, plant: NO_PLANT, ...nobody });
  for (const gate of world.gates) gate.start();
  world.runUntil(6000);
}

function inject(name: string): Injected | undefined {
  return FAULTS.find((fault) => fault.name === name)?.inject(world, world.random.split(name));
}

function only(): Gate {
  const [gate] = world.gates;
  if (!gate) throw new Error('there is a gate');
  return gate;
}

describe('in a park of one', () => {
  beforeEach(() => {
    open(1);
  });

  it('nobody notices what befalls links', () => {
    expect(inject('isolate')).toBe('in-vain');
    expect(inject('link-break')).toBe('impossible');
  });

  it.each(['clock-jump', 'clock-drift', 'throttle-second', 'throttle-minute'])(
    '%s is noticed only while a page is open',
    (name) => {
      expect(inject(name)).toBe('done');
      only().heal();
      only().close();
      expect(inject(name)).toBe('in-vain');
    },
  );

  it('pages crash only where some run', () => {
    expect(inject('crash-all')).toBe('done');
    expect(inject('crash-all')).toBe('in-vain');
  });

  it('a disk is slow when it is used, and fails when it is read or written', () => {
    only().close();
    expect(inject('slow-disk')).toBe('done');
    world.runUntil(6100);
    expect(world.faults.get('slow-disk')).toBeUndefined();
    only().start();
    expect(world.faults.get('slow-disk')).toBe(1);
    world.runUntil(30_000);
    expect(inject('failed-write')).toBe('done');
    expect(inject('failed-read')).toBe('done');
    expect(world.faults.get('failed-read')).toBeUndefined();
    world.runUntil(40_000);
    // Its page was gone before it wrote anything, and then the disk could not be read.
    expect(world.faults.get('failed-read')).toBe(1);
    expect(world.faults.get('slow-disk')).toBe(1);
  });

  it('nobody holds the mutex where nobody is', () => {
    expect(inject('locks')).toBe('done');
    world.runUntil(20_000);
    expect(world.faults.get('locks')).toBeUndefined();
  });
});

describe('in a park of two', () => {
  beforeEach(() => {
    open(2);
  });

  it.each(['link-break', 'isolate', 'partition', 'stall', 'one-way'])(
    '%s is noticed where a link is open, and not where there is none any more',
    (name) => {
      expect(inject(name)).toBe('done');
      world.network.healAll();
      const [a, b] = world.gates.map(({ id }) => id);
      world.network.breakLink(a!, b!);
      expect(inject(name)).toBe('in-vain');
    },
  );

  it('what is cut off already is not cut off again', () => {
    expect(inject('partition')).toBe('done');
    expect(inject('partition')).toBe('in-vain');
  });
});

it('weather befalls messages that are under way to somebody', () => {
  open(2);
  const { messages } = world;
  messages.weather.loss = 1;
  messages.weather.delay = 1;
  const counts = (): unknown[] => [world.faults.get('loss'), world.faults.get('delay')];
  messages.decide('a', 'b', 'nothing');
  expect(counts()).toEqual([undefined, undefined]);
  messages.decide('a', 'b', 'message');
  expect(counts()).toEqual([1, undefined]);
  messages.decide('a', 'b', 'close');
  expect(counts()).toEqual([1, 1]);
});

it('a copy counts when it has come, and what comes out of order only when it did', () => {
  open(2);
  const { messages } = world;
  messages.weather.duplicate = 1;
  messages.decide('a', 'b', 'message');
  expect(world.faults.get('duplicate')).toBeUndefined();
  messages.decide('a', 'b', 'message').came?.(false);
  expect(world.faults.get('duplicate')).toBe(1);
  messages.weather.duplicate = 0;
  messages.weather.reorder = 1;
  messages.decide('a', 'b', 'message').came?.(false);
  expect(world.faults.get('reorder')).toBeUndefined();
  messages.decide('a', 'b', 'message').came?.(true);
  expect(world.faults.get('reorder')).toBe(1);
});

it('a page that fires once a minute is hidden for long enough to fire', () => {
  open(1);
  expect(inject('throttle-minute')).toBe('done');
  world.runUntil(world.clock.now() + 60_000);
  expect(only().throttled).toBe(true);
  world.runUntil(world.clock.now() + 120_000);
  expect(only().throttled).toBe(false);
});
