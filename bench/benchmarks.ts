import type { BenchName } from '../scripts/options.mjs';
import type { Benchmark } from './environment.ts';
import { mesh } from './benchmarks/mesh.ts';
import { ready } from './benchmarks/ready.ts';
import { link } from './benchmarks/link.ts';

/** By the name under which it is asked for, in the order in which they run. */
export const BENCHMARKS: Readonly<Record<BenchName, Benchmark>> = ({
  link,
  ready,
  mesh,
}) as never;
