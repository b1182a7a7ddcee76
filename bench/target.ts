import { rounded } from './statistics.ts';

/** The medians that a target is held against. */
export interface Medians {
  readonly ours: number;
  /** Null where there is no floor. */
  readonly floor: number | null;
  readonly peers: Readonly<Record<string, number>>;
}

/** What is to be reached. */
export interface Target {
  /** For people, without the unit. */
  readonly text: string;
  /** The figure itself, where it needs no floor and no peer. */
  readonly bound?: number;
  isReached(medians: Medians): boolean;
}

export function atMost(most: number): Target {
  return { text: `<= ${most}`, bound: most, isReached: ({ ours }) => ours <= most };
}

export function lessThan(bound: number): Target {
  return { text: `< ${bound}`, bound, isReached: ({ ours }) => ours < bound };
}

export function atLeast(least: number): Target {
  return { text: `>= ${least}`, bound: least, isReached: ({ ours }) => ours >= least };
}

/** Never reached without a floor. */
export function atMostTimesFloor(factor: number): Target {
  return {
    text: `<= ${factor} x floor`,
    isReached: ({ ours, floor }) => floor !== null && ours <= factor * floor,
  };
}

export function atLeastTimesFloor(factor: number): Target {
  return {
    text: `>= ${factor} x floor`,
    isReached: ({ ours, floor }) => floor !== null && ours >= factor * floor,
  };
}

export function atMostOverFloor(most: number): Target {
  return {
    text: `<= floor + ${most}`,
    isReached: ({ ours, floor }) => floor !== null && ours <= floor + most,
  };
}

/** Equal but for how many digits are told. */
export function equalToFloor(): Target {
  return {
    text: 'exactly the floor',
    isReached: ({ ours, floor }) => floor !== null && rounded(ours) === rounded(floor),
  };
}

/** Not reached either when the peer could not be measured. */
export function moreThanPeer(name: string): Target {
  return {
    text: `> ${name}`,
    isReached: ({ ours, peers }) => ours > (peers[name] ?? Infinity),
  };
}

export function all(...targets: readonly Target[]): Target {
  return {
    text: targets.map(({ text }) => text).join(' and '),
    isReached: (medians) => targets.every((target) => target.isReached(medians)),
  };
}
