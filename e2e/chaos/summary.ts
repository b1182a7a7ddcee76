import { FAULT_KINDS, type FaultKind } from './faults.ts';
import type { Ledger } from '../tab.ts';
import { isShared } from './habits.ts';
import type { Ending } from './history.ts';
import type { ChaosRun } from './run.ts';

export interface Summary {
  readonly seed: number;
  readonly minutes: number;
  readonly rounds: number;
  /** Those that had an effect. */
  readonly faults: Readonly<Record<FaultKind, number>>;
  readonly operations: number;
  /** How the operations ended for those who asked. */
  readonly told: Readonly<Record<Ending, number>>;
  readonly leaderChanges: number;
  /** Until admissions were open again at a gate after the last fault of a round had ended, ms. */
  readonly recovery: { readonly samples: number; readonly p50: number; readonly p99: number };
  /** Operations about visitors whom all gates know, and those that they were refused. */
  readonly shared: { readonly asked: number; readonly refused: number };
  /** Events of the gates' traces that the witness held against others. */
  readonly witnessed: number;
  readonly violations: number;
}

export function summaryOf(
  seed: number,
  elapsedMs: number,
  rounds: number,
  { judge, recovery, stage, violation, witness }: ChaosRun,
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
    shared: sharedOf(stage.park.ledger),
    witnessed: witness.compared,
    violations: violation ? 1 : 0,
  };
}

function sharedOf({ asked }: Ledger): Summary['shared'] {
  const contested = asked.filter(({ visitor }) => isShared(visitor));
  const refused = contested.filter(({ answer }) => answer?.ok === true && !answer.outcome.allowed);
  return { asked: contested.length, refused: refused.length };
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
    `${summary.shared.asked} operations about visitors of all gates, ${summary.shared.refused} of them refused; ` +
      `the witness compared ${summary.witnessed} events`,
    `${summary.violations} violations`,
  ].join('\n');
}
