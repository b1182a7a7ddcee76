/** What is done to the park, as a table: on whom, how often, and for how long. */
import type { Random } from '../../src/sim/random.ts';

/** Done to one gate's tab, to a whole browser with all its gates, or to the signaling server. */
export type Scope = 'gate' | 'browser' | 'server';

interface FaultSpec {
  readonly scope: Scope;
  /** How often, beside the others. */
  readonly weight: number;
  /** How long until it is mended, ms; null for what is over at once. */
  readonly lasts: readonly [number, number] | null;
  /** Mending it, or it itself, loads the page: it has to wait for the server. */
  readonly loads: boolean;
  readonly about: string;
}

const SHORT = [500, 15_000] as const;
const LONG = [1000, 20_000] as const;

const SPECS = {
  'kill-renderer': fault('gate', 3, SHORT, true, 'SIGKILL of the renderer; the tab opens again'),
  close: fault('gate', 2, SHORT, true, 'the tab is closed, and opened again'),
  reload: fault('gate', 3, null, true, 'the page is reloaded'),
  duplicate: fault('gate', 1, [5000, 30_000], true, 'a copy of the tab is a gate more'),
  freeze: fault('gate', 2, LONG, false, 'the browser freezes the page'),
  hide: fault('gate', 2, LONG, false, 'another tab is in front: timers are slowed down'),
  crash: fault('gate', 2, SHORT, false, 'memory lost, links closed'),
  hang: fault('gate', 2, SHORT, false, 'links open, nothing answered'),
  cut: fault('gate', 3, LONG, false, 'nothing passes to or from some of the others'),
  drop: fault('gate', 2, LONG, false, 'a part of what it sends is lost'),
  delay: fault('gate', 2, LONG, false, 'what it sends is late'),
  'kill-browser': fault('browser', 2, LONG, true, 'SIGKILL; started again on its profile'),
  'stop-browser': fault('browser', 3, [4000, 60_000], false, 'SIGSTOP, and SIGCONT later'),
  wipe: fault('browser', 0, null, false, "the site's data is cleared under the open pages"),
  'kill-server': fault('server', 1, SHORT, false, 'SIGKILL; started again on its port'),
  'stop-server': fault('server', 1, SHORT, false, 'stopped gracefully, and started again'),
} satisfies Record<string, FaultSpec>;

export type FaultKind = keyof typeof SPECS;

/** A stop may be longer than this, ms: who was stopped comes back long after it was replaced, and maybe evicted. */
const LONG_STOP = 30_000;
/** Of so many stops one is, besides those that are by chance. */
const LONG_STOP_RATE = 1 / 4;

export const FAULTS: Readonly<Record<FaultKind, FaultSpec>> = SPECS;

// The keys of an object that is written out here, which the type of Object.keys does not tell.
export const FAULT_KINDS = Object.keys(SPECS) as FaultKind[];

function fault(
  scope: Scope,
  weight: number,
  lasts: FaultSpec['lasts'],
  loads: boolean,
  about: string,
): FaultSpec {
  return { scope, weight, lasts, loads, about };
}

/**
 * How long a fault lasts, ms; 0 where it is over at once.
 * @param room it may last so long at the most; at least as long as the shortest of its kind
 */
export function drawLasting(random: Random, kind: FaultKind, room: number): number {
  const { lasts } = FAULTS[kind];
  if (!lasts) return 0;
  const [shortest, longest] = lasts;
  const most = Math.min(longest, room);
  const isLong = kind === 'stop-browser' && most > LONG_STOP && random.chance(LONG_STOP_RATE);
  return random.logBetween(isLong ? LONG_STOP : shortest, most);
}
