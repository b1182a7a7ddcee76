import { FAULT_KINDS, type FaultKind } from './faults.ts';
import type { Ending } from './history.ts';
import type { ChaosRun } from './run.ts';

export interface Summary {
  readonly seed: number;
  readonly minutes: number;
  readonly rounds: number;
  readonly faults: Readonly<Record<FaultKind, number>>;
  readonly operations: number;
  /** How the operations ended for those who asked. */
  readonly told: Readonly<Record<Ending, number>>;
  readonly leaderChanges: number;
  /** Until admissions were open again at a gate after everything had healed, ms. */
  readonly recovery: { readonly samples: number; readonly p50: number; readonly p99: number };
  readonly violations: number;
}

export function summaryOf(
  seed: number,
  elapsedMs: number,
  rounds: number,
  { judge, recovery, stage, violation }: ChaosRun,
): Summary {
  const counts = FAULT_KINDS.map((kind) => [kind, stage.counts.get(kind) ?? 0] as const);
  const { told } = judge;
  return {
    seed,
    minutes: Math.round(elapsedMs / 6000) / 10,
    rounds,
    faults: Object.fromEntries(counts) as Record<FaultKind, number>,
    operations: told.ok + told.definite + told.indefinite + told.lost,
    told,
    leaderChanges: judge.leaderChanges,
    recovery: {
      samples: recovery.samples,
      p50: recovery.quantile(0.5),
      p99: recovery.quantile(0.99),
    },
    violations: violation ? 1 : 0,
  };
}

/** For people. */
export function describeSummary(summary: Summary): string {
  const { seed, minutes, rounds, faults, operations, told, leaderChanges, recovery } = summary;
  const kinds = Object.entries(faults).map(([kind, count]) => `${kind} ${count}`);
  const endings = Object.entries(told).map(([ending, count]) => `${ending} ${count}`);
  return [
    `seed ${seed}: ${minutes} minutes, ${rounds} rounds, ${operations} operations (${endings.join(', ')}), ` +
      `${leaderChanges} leader changes`,
    `faults: ${kinds.join(', ')}`,
    `admissions open again after ${recovery.p50} ms at p50, ${recovery.p99} ms at p99 (${recovery.samples} times)`,
    `${summary.violations} violations`,
  ].join('\n');
}
