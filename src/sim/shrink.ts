import { kindOf, type Job, type Report } from './job.ts';
import type { Pool } from './pool.ts';
import { firstOf, type Done } from './runner.ts';

export interface Shrunk extends Done {
  /** Runs that it took. */
  readonly runs: number;
}

/**
 * Looks for a smaller run that breaks the same rule: fewer gates, shorter, fewer kinds of faults, fewer of their
 * injections, fewer clients. Greedy, and the first candidate in order counts, so the result does not depend on how
 * many run at once.
 * @param budget runs at most
 */
export async function shrink(pool: Pool, failed: Done, budget: number): Promise<Shrunk> {
  const search = new Search(pool, failed, budget);
  await search.nodes();
  await search.shorten();
  await search.nameAll();
  let size = Infinity;
  while (search.size < size) {
    size = search.size;
    await search.dropKinds();
    await search.dropInjections();
    await search.dropClients();
    await search.shorten();
  }
  return { ...search.best, runs: search.runs };
}

class Search {
  best: Done;
  runs = 0;
  readonly #rule: string | undefined;

  constructor(
    private readonly pool: Pool,
    failed: Done,
    private readonly budget: number,
  ) {
    this.best = { ...failed, job: { ...failed.job, history: false, trace: null } };
    this.#rule = failed.report.violation?.rule;
  }

  get size(): number {
    const { only, clients, seconds } = this.best.job;
    return (only?.length ?? Infinity) + (clients?.length ?? Infinity) + seconds;
  }

  /** With fewer gates all that happens is different, so this comes first. */
  async nodes(): Promise<void> {
    const { job } = this.best;
    await this.#try(range(1, job.nodes - 1).map((nodes) => ({ ...job, nodes })));
  }

  /** What comes after the violation does not matter; one of liveness may show after a shorter time. */
  async shorten(): Promise<void> {
    const { job, report } = this.best;
    const end = Math.min(job.seconds, Math.ceil(report.simulatedSeconds));
    const shorter = [4, 10, end / 4, end / 2, (end * 3) / 4, end].map(Math.ceil);
    const candidates = shorter.filter((seconds) => seconds < job.seconds);
    await this.#try(candidates.map((seconds) => ({ ...job, seconds })));
  }

  /** From here on by name: the same run, told otherwise. */
  async nameAll(): Promise<void> {
    const { job, report } = this.best;
    const { injections, clients } = report;
    await this.#try([{ ...job, faults: kindsOf(injections), only: injections, clients }]);
  }

  async dropKinds(): Promise<void> {
    for (const kind of this.best.job.faults) {
      const rest = (this.best.job.only ?? []).filter((name) => kindOf(name) !== kind);
      await this.#try([withOnly(this.best.job, rest)]);
    }
  }

  async dropInjections(): Promise<void> {
    await this.#dropParts(({ only }) => only ?? [], withOnly);
  }

  async dropClients(): Promise<void> {
    await this.#dropParts(
      ({ clients }) => clients ?? [],
      (job, clients) => ({ ...job, clients }),
    );
  }

  /** Leaves out halves, quarters, and so on to single ones, as long as that keeps the violation. */
  async #dropParts(
    namesOf: (job: Job) => readonly string[],
    withNames: (job: Job, names: readonly string[]) => Job,
  ): Promise<void> {
    const { length } = namesOf(this.best.job);
    for (let size = Math.ceil(length / 2); size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0) {
      let start = 0;
      while (start < namesOf(this.best.job).length) {
        const { job } = this.best;
        const names = namesOf(job);
        const starts = range(0, Math.ceil((names.length - start) / size) - 1);
        const places = starts.map((place) => start + place * size);
        const found = await this.#try(
          places.map((at) => withNames(job, [...names.slice(0, at), ...names.slice(at + size)])),
        );
        start = found === null ? Infinity : (places[found] ?? Infinity);
      }
    }
  }

  /** The first candidate that still fails becomes the best one. Returns its place, null when none does. */
  async #try(candidates: readonly Job[]): Promise<number | null> {
    const affordable = candidates.slice(0, Math.max(0, this.budget - this.runs));
    const fails = ({ violation }: Report): boolean => violation?.rule === this.#rule;
    const found = await firstOf(this.pool, affordable, fails, () => {
      this.runs += 1;
    });
    if (!found) return null;
    this.best = found;
    return affordable.indexOf(found.job);
  }
}

function withOnly(job: Job, only: readonly string[]): Job {
  return { ...job, faults: kindsOf(only), only };
}

function kindsOf(injections: readonly string[]): string[] {
  return [...new Set(injections.map(kindOf))];
}

function range(low: number, high: number): number[] {
  return Array.from({ length: Math.max(0, high - low + 1) }, (_, i) => low + i);
}
