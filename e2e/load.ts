import type { Answer, Tab } from './tab.ts';

/** Visitors that a gate of the load keeps inside, so that the park neither fills for good nor empties. */
const KEPT_INSIDE = 4;

/** What a visitor wants who goes from gate to gate. */
export interface Wish {
  readonly kind: 'enter' | 'leave';
  readonly visitor: string;
}

export interface LoadOptions {
  /** Asked before each operation: a visitor whom other gates may be asked about at the same time; null for one of the gate's own. */
  readonly shared?: () => Wish | null;
  /** What else happens at a gate between two visitors. Never rejects. */
  readonly between?: (tab: Tab) => Promise<void>;
  /** By gate, who is inside or may be: also for the next tab of the gate, and for the next load. */
  readonly inside?: Map<string, string[]>;
}

/** Visitors who come and go at several gates, one operation at a time at each, until it is told to stop. */
export class Load {
  #stopped = false;
  #stop: () => void = () => undefined;
  readonly #stopping = new Promise<void>((resolve) => (this.#stop = resolve));
  readonly #loops: Promise<void>[] = [];
  readonly #inside: Map<string, string[]>;
  readonly #between: (tab: Tab) => Promise<void>;
  readonly #shared: () => Wish | null;
  /** Outcomes so far, and who waits for the next ones. */
  #outcomes = 0;
  #waiting: { count: number; resolve: () => void }[] = [];

  constructor(tabs: readonly Tab[], { between, inside, shared }: LoadOptions = {}) {
    this.#between = between ?? (() => Promise.resolve());
    this.#shared = shared ?? (() => null);
    this.#inside = inside ?? new Map<string, string[]>();
    for (const tab of tabs) this.add(tab);
  }

  add(tab: Tab): void {
    this.#loops.push(this.#run(tab));
  }

  /** Resolves when `count` more operations have had an outcome. */
  more(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ count: this.#outcomes + count, resolve });
    });
  }

  /** How many operations have had an outcome so far. */
  get outcomes(): number {
    return this.#outcomes;
  }

  /** Resolves when every operation under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stop();
    await Promise.all(this.#loops);
  }

  async #run(tab: Tab): Promise<void> {
    const inside = this.#inside.get(tab.label) ?? [];
    this.#inside.set(tab.label, inside);
    while (!this.#stopped && tab.isOpen) {
      await this.#between(tab);
      const wish = this.#shared();
      const answer = await (wish ? ask(tab, wish) : this.#serve(tab, inside));
      if (answer.ok) this.#count();
      else await this.#admitting(tab);
    }
  }

  /** A visitor of the gate's own. */
  async #serve(tab: Tab, inside: string[]): Promise<Answer> {
    const leaver = inside.length >= KEPT_INSIDE ? inside.shift() : undefined;
    const visitor = leaver ?? tab.newVisitor();
    const answer = await ask(tab, { kind: leaver === undefined ? 'enter' : 'leave', visitor });
    // Who may be inside is let out later, so that nobody stays for ever.
    const mayBeInside = answer.ok
      ? leaver === undefined && answer.outcome.allowed
      : leaver !== undefined || !answer.definite;
    if (mayBeInside) inside.push(visitor);
    return answer;
  }

  /** Resolves when the gate takes operations again, or the load ends, or the page changes under it. */
  async #admitting(tab: Tab): Promise<void> {
    if (!tab.isOpen) return;
    const opened = tab.opened().then(() => tab.ready(60_000));
    await Promise.race([this.#stopping, opened.catch(() => undefined)]);
  }

  #count(): void {
    this.#outcomes += 1;
    this.#waiting = this.#waiting.filter(({ count, resolve }) => {
      if (this.#outcomes < count) return true;
      resolve();
      return false;
    });
  }
}

function ask(tab: Tab, { kind, visitor }: Wish): Promise<Answer> {
  return kind === 'enter' ? tab.tryEnter(visitor) : tab.tryLeave(visitor);
}
