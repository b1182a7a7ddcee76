import { readFileSync } from 'node:fs';
import { DEFAULT_TIMING } from 'gatehouse/core/timers.ts';
import { Machines } from 'gatehouse/machines/machine.ts';
import { Park } from 'gatehouse/machines/park.ts';
import { Driver } from 'gatehouse/runtime/driver.ts';
import { VirtualClock } from 'gatehouse/sim/virtual-clock.ts';
import { MemoryDisk } from 'gatehouse/storage/memory.ts';
import { MemoryNetwork } from 'gatehouse/transport/memory.ts';
import { expect, test } from 'vitest';

/** The example of src/README.md, to the letter. */
test('twenty lines elect a leader and let a visitor in', () => {
  // README: begin
  const clock = new VirtualClock();
  const random = Math.random;
  const network = new MemoryNetwork({ clock, random });
  const kinds = { election: 'bully', topology: 'mesh', multicast: 'sequencer' } as const;
  const drivers = ['anna', 'bert', 'carl'].map((id, priority) => {
    const self = { id, priority, name: `Gate ${id}` };
    const machine = new Machines([new Park()]);
    const settings = { capacity: 10, ...kinds };
    const config = { self, settings, machine, random, timing: DEFAULT_TIMING };
    const disk = new MemoryDisk({ defer: (ms, done) => clock.schedule(ms, done) });
    const ports = { transport: network.transport(id), storage: disk.open(), clock };
    return new Driver({ ...config, snapshotInterval: 50_000 }, ports);
  });
  for (const driver of drivers) driver.start();
  while (clock.now() < 5000) clock.step();

  const leaders = drivers.map((driver) => driver.view().leader); // carl, carl, carl
  const enter = { machine: 'park', kind: 'enter', visitor: 'Ada' };
  drivers[0]?.submit([enter], (reply) => (admitted = reply.ok));
  while (clock.now() < 6000) clock.step();
  // README: end
  expect(leaders).toEqual(['carl', 'carl', 'carl']);
  expect(admitted).toBe(true);
});

let admitted = false;

test('the example in the README is this one', () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
  const test = read('example.test.ts');
  const [, code = ''] = /\/\/ README: begin\n([^]*?) *\/\/ README: end/.exec(test) ?? [];
  const imports = test.match(/^import .* from 'gatehouse\/.*$/gm) ?? [];
  const lines = [...imports, ...code.trimEnd().split('\n')];
  expect(lines.length).toBeGreaterThan(22);
  const readme = read('../README.md');
  for (const line of lines) expect(readme).toContain(line.trim());
});
