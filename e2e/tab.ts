import type { Page } from '@playwright/test';
import type { Entry, Gatehouse, Outcome, Status, Token } from '../src/runtime/gatehouse.ts';

declare global {
  interface Window {
    gatehouse?: Gatehouse;
  }
}

/** What a call of a gate told its caller. `gone`: the page went away before it told anything. */
export type Answer =
  | { readonly ok: true; readonly outcome: Outcome }
  | {
      readonly ok: false;
      readonly code: string;
      readonly definite: boolean;
      readonly message: string;
    };

/** An operation that somebody asked for, and what they were told: kept outside the pages, to judge them by. */
export interface Asked {
  readonly gate: string;
  readonly kind: 'enter' | 'leave' | 'capacity';
  readonly visitor: string;
  /** Kind `capacity`. */
  readonly capacity?: number;
  /** ms, by a clock that never runs backwards. */
  readonly askedAt: number;
  /** Infinity until it ends. */
  answeredAt: number;
  /** Undefined until it ends. */
  answer: Answer | undefined;
}

/** ms since 1970, by a clock that never runs backwards. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** What all gates of a park were asked and told. */
export class Ledger {
  readonly asked: Asked[] = [];
  /** Once it is set, a gate of another generation is asked nothing: what it would say there is not of this park. */
  generation: string | null = null;
  readonly #made = new Map<string, number>();
  readonly #listeners = new Set<(asked: Asked) => void>();

  /** A name that nobody had before. */
  newVisitor(gate: string): string {
    const number = (this.#made.get(gate) ?? 0) + 1;
    this.#made.set(gate, number);
    return `${gate} visitor ${number}`;
  }

  /** Tells of every operation when it ends. Returns the function that ends it. */
  onAnswer(listener: (asked: Asked) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  answered(asked: Asked, answer: Answer): void {
    asked.answer = answer;
    asked.answeredAt = now();
    for (const listener of [...this.#listeners]) listener(asked);
  }
}

/** How long a wait lasts unless it says otherwise, ms. */
const PATIENCE = 15_000;

type Method = 'enter' | 'leave' | 'setCapacity';

/** A gate in a tab, as a test sees it. */
export class Tab {
  /** Uncaught errors in the page. */
  readonly errors: string[] = [];
  #isOpen = true;

  constructor(
    readonly page: Page,
    readonly label: string,
    private readonly ledger: Ledger,
  ) {
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('close', () => (this.#isOpen = false));
    page.on('crash', () => (this.#isOpen = false));
  }

  /** False once the page was closed or its renderer killed. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Resolves when the page offers its console. */
  async opened(): Promise<this> {
    // The last that the page sets up. By its element, since a hidden page has no frames to poll in.
    await this.page.locator('gatehouse-app').waitFor({ state: 'attached' });
    return this;
  }

  /** Resolves when the gate is a member and knows a leader with a quorum. */
  async ready(timeout = PATIENCE): Promise<Status> {
    return this.until(
      ({ quorum, role }) => quorum && ['learner', 'follower', 'leader'].includes(role),
      undefined,
      timeout,
    );
  }

  status(): Promise<Status> {
    return this.page.evaluate(() => window.gatehouse!.status());
  }

  log(): Promise<Entry[]> {
    return this.page.evaluate(() => window.gatehouse!.log());
  }

  /**
   * Resolves with the first status for which `holds`, now or after a change. `holds` runs in the page: what it
   * needs comes as `argument`.
   */
  async until<A>(
    holds: (status: Status, argument: A) => boolean,
    argument?: A,
    timeout = PATIENCE,
  ): Promise<Status> {
    const script = `new Promise((resolve) => {
      const argument = ${literal(argument)};
      const holds = ${holds.toString()};
      const look = (status) => {
        if (!holds(status, argument)) return;
        end();
        resolve(status);
      };
      const end = window.gatehouse.subscribe(look);
      look(window.gatehouse.status());
    })`;
    return within(timeout, this.page.evaluate<Status>(script), async () => {
      const status = JSON.stringify(await this.status());
      return `${this.label} never came to ${holds.toString()} ${literal(argument)}; it is at ${status}`;
    });
  }

  /** Lets a visitor in and tells what the gate told. Never rejects. */
  tryEnter(visitor = this.newVisitor()): Promise<Answer> {
    return this.#ask('enter', 'enter', visitor, visitor);
  }

  tryLeave(visitor: string): Promise<Answer> {
    return this.#ask('leave', 'leave', visitor, visitor);
  }

  /** Rejects when the gate gives no outcome. */
  async enter(visitor?: string): Promise<Outcome> {
    return outcomeOf(this.label, await this.tryEnter(visitor));
  }

  async leave(visitor: string): Promise<Outcome> {
    return outcomeOf(this.label, await this.tryLeave(visitor));
  }

  async setCapacity(capacity: number): Promise<Outcome> {
    return outcomeOf(this.label, await this.trySetCapacity(capacity));
  }

  trySetCapacity(capacity: number): Promise<Answer> {
    return this.#ask('capacity', 'setCapacity', '', capacity);
  }

  /** A name that nobody in the park had before. */
  newVisitor(): string {
    return this.ledger.newVisitor(this.label);
  }

  crash(mode: 'stop' | 'hang' = 'stop'): Promise<void> {
    return this.page.evaluate((how) => window.gatehouse!.crash(how), mode);
  }

  recover(): Promise<void> {
    return this.page.evaluate(() => window.gatehouse!.recover());
  }

  /** Nothing passes between this tab and the others, from either side's rules. */
  async cutFrom(...others: readonly Tab[]): Promise<void> {
    const to = await Promise.all(others.map(async (other) => (await other.status()).id));
    await this.page.evaluate((ids) => {
      const before = window.gatehouse!.status().faults;
      window.gatehouse!.faults([...before, { to: ids, cut: true }]);
    }, to);
  }

  heal(): Promise<void> {
    return this.page.evaluate(() => window.gatehouse!.faults([]));
  }

  /** Takes the mutex and keeps it in the page until `release`. */
  lock(): Promise<Token> {
    return this.page.evaluate(async () => {
      const grant = await window.gatehouse!.lock();
      Object.assign(window, { heldGrant: grant });
      return grant.token;
    });
  }

  release(): Promise<void> {
    return this.page.evaluate(async () => {
      const { heldGrant } = window as unknown as { heldGrant: { release(): Promise<void> } };
      await heldGrant.release();
    });
  }

  /** Closes the tab as a person does: the page is told. */
  async close(): Promise<void> {
    this.#isOpen = false;
    await this.page.close({ runBeforeUnload: false });
  }

  /** Kills the page's renderer: nobody is told. */
  async kill(): Promise<void> {
    const crashed = this.page.waitForEvent('crash');
    const session = await this.page.context().newCDPSession(this.page);
    // The answer never comes: the renderer that would give it is gone.
    session.send('Page.crash').catch(() => undefined);
    await crashed;
  }

  /** How many events the page's own trace has counted. */
  lastSequence(): Promise<number> {
    return this.page.evaluate(() => window.gatehouse!.trace().at(-1)!.sequence);
  }

  /** The events of the page's own trace, one a line, oldest first. For people who look into a failure. */
  async trace(): Promise<{ at: number; line: string }[]> {
    const events = await this.page.evaluate(() => window.gatehouse?.trace() ?? []);
    return events.map(({ at, kind, what, peer = '', detail = '' }) => ({
      at,
      line: `${new Date(at).toISOString().slice(11, 23)} ${this.label.padEnd(8)} ${kind.padEnd(8)} ${what} ${peer} ${detail}`,
    }));
  }

  async #ask(
    kind: Asked['kind'],
    method: Method,
    visitor: string,
    argument: string | number,
  ): Promise<Answer> {
    const asked: Asked = {
      gate: this.label,
      kind,
      visitor,
      ...(typeof argument === 'number' ? { capacity: argument } : {}),
      askedAt: now(),
      answeredAt: Infinity,
      answer: undefined,
    };
    this.ledger.asked.push(asked);
    const answer = await this.#call(method, argument);
    this.ledger.answered(asked, answer);
    return answer;
  }

  async #call(method: Method, argument: string | number): Promise<Answer> {
    try {
      return await this.page.evaluate(
        async ([name, value, generation]) => {
          if (generation !== null && window.gatehouse!.status().generation !== generation) {
            return { ok: false, code: 'elsewhere', definite: true, message: 'not asked' };
          }
          const call = window.gatehouse![name] as (value: string | number) => Promise<Outcome>;
          try {
            return { ok: true, outcome: await call.call(window.gatehouse, value) };
          } catch (error) {
            const { code, definite, message } = error as {
              code: string;
              definite: boolean;
              message: string;
            };
            return { ok: false, code, definite, message };
          }
        },
        [method, argument, this.ledger.generation] as const,
      );
    } catch (error) {
      return { ok: false, code: 'gone', definite: false, message: String(error) };
    }
  }
}

function outcomeOf(label: string, answer: Answer): Outcome {
  if (answer.ok) return answer.outcome;
  throw new Error(`${label} told no outcome but ${JSON.stringify(answer)}`);
}

/** As a script reads it. */
function literal(value: unknown): string {
  return value === undefined ? 'undefined' : JSON.stringify(value);
}

/** Waits for `ms` at most, and then rejects with what `describe` finds out, if that can be found out at all. */
export async function within<T>(
  ms: number,
  work: Promise<T>,
  describe: () => Promise<string>,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  try {
    const first = await Promise.race([work.then((value) => ({ value })), late]);
    if (first !== 'late') return first.value;
  } finally {
    clearTimeout(timer);
  }
  // Whatever the work still does concerns nobody any more.
  work.catch(() => undefined);
  const silence = new Promise<string>((resolve) => {
    setTimeout(() => resolve('the page does not answer'), 1000);
  });
  const found = describe().catch((error: unknown) => String(error));
  throw new Error(`After ${ms} ms: ${await Promise.race([found, silence])}`);
}
