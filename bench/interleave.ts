/** A try that takes longer has got stuck, ms: it must not keep all others from their turn. */
const TRY_LIMIT_MS = 300_000;

/** Measures one try, and cleans up after itself. */
export type Measure<T> = () => Promise<T>;

/** What is measured against each other. */
export interface Contenders<T> {
  readonly ours: Measure<T>;
  readonly floor?: Measure<T>;
  readonly peers?: Readonly<Record<string, Measure<T>>>;
}

/** What each contender came to, try by try. */
export interface Rounds<T> {
  readonly ours: readonly T[];
  readonly floor?: readonly T[];
  readonly peers: Readonly<Record<string, readonly T[]>>;
}

/**
 * Measures all cases in turn, and in each all contenders, again and again: a change of the machine's speed meets all
 * alike. A try that fails is told and left out; so the number of samples shows it.
 */
export async function interleave<T>(
  tries: number,
  cases: readonly Contenders<T>[],
  tell: (failure: string) => void = console.error,
): Promise<Rounds<T>[]> {
  const seats = cases.map(({ ours, floor, peers = {} }) => ({
    ours: seat('ours', ours),
    floor: floor && seat('the floor', floor),
    peers: Object.entries(peers).map(([name, measure]) => seat(name, measure)),
  }));
  for (let round = 0; round < tries; round++) {
    for (const { ours, floor, peers } of seats) {
      const contenders = [floor, ours, ...peers].filter((contender) => contender !== undefined);
      // Each has its turn as the first: what the one before it has left behind meets all alike.
      const first = round % contenders.length;
      for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)])
        await measureOnce(contender, tell);
    }
  }
  return seats.map(({ ours, floor, peers }) => ({
    ours: ours.results,
    ...(floor ? { floor: floor.results } : {}),
    peers: Object.fromEntries(peers.map(({ name, results }) => [name, results])),
  }));
}

interface Seat<T> {
  readonly name: string;
  readonly measure: Measure<T>;
  readonly results: T[];
}

function seat<T>(name: string, measure: Measure<T>): Seat<T> {
  return { name, measure, results: [] };
}

async function measureOnce<T>(
  { name, measure, results }: Seat<T>,
  tell: (failure: string) => void,
): Promise<void> {
  try {
    results.push(await withLimit(measure()));
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    tell(`A try of ${name} failed and is left out: ${reason}`);
  }
}

async function withLimit<T>(measured: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`it takes longer than ${TRY_LIMIT_MS / 1000} s`));
    }, TRY_LIMIT_MS);
  });
  try {
    return await Promise.race([measured, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The same rounds, one figure of each try. */
export function pick<T, U>(rounds: Rounds<T>, of: (result: T) => U): Rounds<U> {
  const { ours, floor, peers } = rounds;
  return {
    ours: ours.map(of),
    ...(floor ? { floor: floor.map(of) } : {}),
    peers: Object.fromEntries(
      Object.entries(peers).map(([name, results]) => [name, results.map(of)]),
    ),
  };
}
