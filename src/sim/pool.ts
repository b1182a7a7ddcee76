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

/** Worker threads, each running this very program: see `main.ts`. */
export class WorkerPool implements Pool {
  readonly size: number;
  readonly #idle: Worker[] = [];
  readonly #workers: Worker[];
  readonly #busy = new Map<Worker, Waiting>();
  #queue: Waiting[] = [];

  constructor(size: number, program: URL) {
    this.size = size;
    this.#workers = Array.from({ length: size }, () => this.#start(program));
    this.#idle.push(...this.#workers);
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

  #start(program: URL): Worker {
    const worker = new Worker(program);
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

  #next(): void {
    while (this.#queue.length > 0 && this.#idle.length > 0) {
      const waiting = this.#queue.shift();
      const worker = this.#idle.pop();
      if (!waiting || !worker) return;
      this.#busy.set(worker, waiting);
      worker.postMessage(waiting.job);
    }
  }
}
