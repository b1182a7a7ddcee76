import type { Gatehouse, Status, Token } from '../runtime/gatehouse.ts';
import { Emitter } from './elements/emitter.ts';
import type { OtherTabs } from './other-tabs.ts';
import { Desk } from './park/desk.ts';
import { LogStore } from './park/log-store.ts';
import type { NameOf } from './park/log-words.ts';
import { NameBook } from './park/name-book.ts';

/** What the views of one page share, and what outlives a change of the view. */
export class Session {
  readonly gatehouse: Gatehouse;
  readonly desk: Desk;
  readonly log: LogStore;
  readonly mutex: HeldMutex;
  /** The other tabs of this browser. Their code comes after the first view; rejects when it can't be fetched. */
  readonly others: Promise<OtherTabs>;
  readonly #names = new NameBook();
  readonly #unsubscribe: readonly (() => void)[];
  /** Nothing of this gate is under way, as it said last. */
  #isSettled: boolean;

  constructor(gatehouse: Gatehouse) {
    this.gatehouse = gatehouse;
    this.desk = new Desk(gatehouse);
    this.log = new LogStore(gatehouse);
    this.mutex = new HeldMutex(gatehouse);
    this.others = import('./other-tabs.ts').then(({ OtherTabs }) => new OtherTabs(gatehouse));
    // Who asks something of them is told.
    this.others.catch(() => undefined);
    const status = gatehouse.status();
    this.#isSettled = isSettled(status);
    this.#names.learn([status, ...status.peers]);
    this.#unsubscribe = [
      gatehouse.subscribe((now) => {
        this.#isSettled = isSettled(now);
        this.#names.learn([now, ...now.peers]);
        this.#settle();
      }),
      this.log.subscribe(() => this.#settle()),
    ];
    this.#settle();
  }

  /** The page goes away, or shows another gate. */
  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.log.close();
    this.mutex.close();
    this.others.then(
      (others) => others.close(),
      () => undefined,
    );
  }

  /** The name of a gate, also of one that has left since. */
  readonly nameOf: NameOf = (id) => this.#names.nameOf(id);

  #settle(): void {
    if (this.#isSettled && this.log.isCurrent) this.desk.settle(this.log.entries);
  }
}

/** A crashed node counts nothing as pending, but its outbox is still on its disk. */
function isSettled({ pending, quorum }: Status): boolean {
  return pending === 0 && quorum;
}

interface Lockable extends Pick<Gatehouse, 'lock'> {
  status(): Holder;
  subscribe(listener: (status: Holder) => void): () => void;
}

type Holder = Pick<Status, 'id' | 'mutex'>;

/** The mutex as a person holds it by hand. */
export class HeldMutex {
  readonly #gatehouse: Lockable;
  readonly #changes = new Emitter();
  #state: MutexState = { phase: 'free' };
  readonly #unsubscribe: () => void;
  #release: (() => Promise<void>) | undefined;

  constructor(gatehouse: Lockable) {
    this.#gatehouse = gatehouse;
    this.#unsubscribe = gatehouse.subscribe((status) => this.#look(status));
  }

  /** Follows its gate no more. */
  close(): void {
    this.#unsubscribe();
  }

  get state(): MutexState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    return this.#changes.subscribe(listener);
  }

  async take(): Promise<void> {
    if (this.#state.phase === 'waiting' || this.#state.phase === 'held') return;
    this.#become({ phase: 'waiting' });
    try {
      const grant = await this.#gatehouse.lock();
      this.#release = () => grant.release();
      this.#become({ phase: 'held', token: grant.token });
      // Nobody may say a word when it ends.
      setTimeout(() => this.#look(this.#gatehouse.status()), grant.leaseMs + 1);
    } catch (error) {
      this.#become({ phase: 'failed', message: messageOf(error) });
    }
  }

  async release(): Promise<void> {
    const release = this.#release;
    this.#release = undefined;
    if (release === undefined) return;
    this.#become({ phase: 'free' });
    try {
      await release();
    } catch (error) {
      // Its lease had ended, or this node failed: either way it holds the mutex no more.
      this.#become({ phase: 'failed', message: messageOf(error) });
    }
  }

  /**
   * The lease has ended, a new leader has come, or this node has failed: the token is void. It is given back, since what is
   * asked under a void one is refused (rule X2), and the page tells that it is over.
   */
  #look({ mutex, id }: Holder): void {
    if (this.#state.phase !== 'held' || mutex === id) return;
    const { token } = this.#state;
    this.#become({ phase: 'ended', token });
    this.#release?.().catch(() => undefined);
    this.#release = undefined;
  }

  #become(state: MutexState): void {
    this.#state = state;
    this.#changes.emit();
  }
}

export type MutexState =
  | { readonly phase: 'free' }
  | { readonly phase: 'waiting' }
  | { readonly phase: 'held'; readonly token: Token }
  | { readonly phase: 'ended'; readonly token: Token }
  | { readonly phase: 'failed'; readonly message: string };

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
