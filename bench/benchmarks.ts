import type { BenchName } from '../scripts/options.mjs';
import type { Benchmark } from './environment.ts';
import { admissionLatency } from './benchmarks/admission-latency.ts';
import { admissionRate } from './benchmarks/admission-rate.ts';
import { failover } from './benchmarks/failover.ts';
import { mutex } from './benchmarks/mutex.ts';
import { takeover } from './benchmarks/takeover.ts';
import { catchUp } from './benchmarks/catch-up.ts';
import { coldStart } from './benchmarks/cold-start.ts';
import { firstLoad } from './benchmarks/first-load.ts';
import { idle } from './benchmarks/idle.ts';
import { messages } from './benchmarks/messages.ts';
import { simulator } from './benchmarks/simulator.ts';
import { mesh } from './benchmarks/mesh.ts';
import { ready } from './benchmarks/ready.ts';
import { link } from './benchmarks/link.ts';

/** By the name under which it is asked for, in the order in which they run. */
export const BENCHMARKS: Readonly<Record<BenchName, Benchmark>> = {
  link,
  ready,
  mesh,
  'admission-latency': admissionLatency,
  'admission-rate': admissionRate,
  mutex,
  failover,
  takeover,
  'catch-up': catchUp,
  'cold-start': coldStart,
  idle,
  messages,
  'first-load': firstLoad,
  simulator,
};
