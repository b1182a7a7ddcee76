import { Worker } from 'node:worker_threads';
import { runJob, type Job, type Report } from './job.ts';

/** Runs jobs side by side. */
export interface Pool {
  /** How many run at once. */
  readonly size: number;
  run(job: Job): Promise<Report>;
  /** Forgets the jobs that have not begun. Their promises stay open for ever. */
  abandon(): void;
  close(): Promise<void>;
}

/** One job at a time, in this thread. */
export class LocalPool implements Pool {
  readonly size = 1;

  async run(job: Job): Promise<Report> {
    return runJob(job);
  }

  abandon(): void {
    return;
  }

  async close(): Promise<void> {
    return;
  }
}

interface Waiting {
  readonly job: Job;
  resolve(report: Report): void;
  reject(reason: unknown): void;
}

/** Most of what a simulation makes is garbage a moment later: with room for it, it is collected less often. */
const YOUNG_MB = 192;

/** Worker threads, each running this very program: see `main.ts`. */
export class WorkerPool implements Pool {
  readonly size: number;
  readonly #program: URL;
  readonly #workers: Worker[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Waiting>();
  #queue: Waiting[] = [];

  constructor(size: number, program: URL) {
    this.size = size;
    this.#program = program;
  }

  run(job: Job): Promise<Report> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, resolve, reject });
      this.#next();
    });
  }

  abandon(): void {
    this.#queue = [];
  }

  async close(): Promise<void> {
    this.abandon();
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #next(): void {
    while (this.#queue.length > 0) {
      const worker = this.#idle.pop() ?? this.#another();
      const waiting = worker && this.#queue.shift();
      if (!waiting) return;
      this.#busy.set(worker, waiting);
      worker.postMessage(waiting.job);
    }
  }

  /** Started when there is work for it; null when there are enough. */
  #another(): Worker | null {
    if (this.#workers.length >= this.size) return null;
    const worker = new Worker(this.#program, {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.#workers.push(worker);
    worker.on('message', (report: Report) => {
      const waiting = this.#busy.get(worker);
      this.#busy.delete(worker);
      this.#idle.push(worker);
      waiting?.resolve(report);
      this.#next();
    });
    worker.on('error', (error) => {
      this.#busy.get(worker)?.reject(error);
    });
    return worker;
  }
}
