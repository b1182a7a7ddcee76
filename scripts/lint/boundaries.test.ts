import { describe, expect, it } from 'vitest';
import { refusal } from './boundaries.mjs';

describe('boundaries', () => {
  it.each([
    ['src/core/node.ts', './log.ts'],
    ['src/core/election/bully.ts', '../identity.ts'],
    ['src/machines/park.ts', '../core/state-machine.ts'],
    ['src/transport/signaling-client.ts', '../../signaling/protocol.ts'],
    ['src/transport/webrtc.ts', 'simple-peer'],
    ['src/transport/memory.ts', '../runtime/clock.ts'],
    ['src/storage/indexeddb.ts', 'idb-keyval'],
    ['src/runtime/driver.ts', '../transport/transport.ts'],
    ['src/sim/main.ts', '../transport/memory.ts'],
    ['src/sim/main.ts', 'node:process'],
    ['src/ui/app.ts', 'lit/decorators.js'],
    ['src/ui/app.ts', '../runtime/gatehouse.ts'],
    ['src/main.ts', './transport/webrtc.ts'],
    ['src/core/node.test.ts', 'vitest'],
    ['src/runtime/driver.test.ts', '../storage/memory.ts'],
    ['signaling/server.ts', 'ws'],
    ['e2e/park.spec.ts', '../src/runtime/gatehouse.ts'],
  ])('%s may import %s', (file, source) => {
    expect(refusal(file, source)).toBeUndefined();
  });

  it.each([
    ['src/core/node.ts', '../machines/park.ts'],
    ['src/core/node.ts', 'nanoid'],
    ['src/core/node.ts', 'node:fs'],
    ['src/core/node.ts', './log'],
    ['src/core/node.test.ts', '../sim/simulator.ts'],
    ['src/machines/park.ts', '../runtime/driver.ts'],
    ['src/transport/webrtc.ts', '../runtime/driver.ts'],
    ['src/transport/signaling-client.ts', '../../signaling/server.ts'],
    ['src/transport/memory.ts', 'simple-peer'],
    ['src/storage/memory.ts', 'idb-keyval'],
    ['src/storage/memory.ts', '../transport/transport.ts'],
    ['src/runtime/driver.ts', '../transport/webrtc.ts'],
    ['src/runtime/driver.ts', 'lit'],
    ['src/runtime/driver.ts', 'node:fs'],
    ['src/sim/main.ts', '../ui/app.ts'],
    ['src/ui/app.ts', '../runtime/driver.ts'],
    ['src/ui/app.ts', '../storage/storage.ts'],
    ['src/main.ts', 'lit'],
    ['signaling/server.ts', '../src/core/node.ts'],
  ])('%s may not import %s', (file, source) => {
    expect(refusal(file, source)).toBeTypeOf('string');
  });
});
