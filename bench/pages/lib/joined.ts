import { Deferred } from '../../../src/runtime/deferred.ts';

/** When a page of a network came how far: ms since 1970, comparable between the tabs of one machine. */
export interface Joined {
  /** When its address was opened. */
  readonly opened: number;
  /** When signaling told who else is there. Where it has no such list: when its socket was open. */
  readonly listed: number;
  /** When the first link was open. */
  readonly first: number;
  /** When the links to all others were. */
  readonly all: number;
}

/** What the address of such a page says. */
export interface JoinAddress {
  /** Where signaling is. */
  readonly signaling: string;
  readonly room: string;
  readonly id: string;
  /** How many others there will be. */
  readonly others: number;
}

declare global {
  interface Window {
    joined?: Promise<Joined>;
    /** Resolves when signaling has told who else is there. */
    listed?: Promise<void>;
  }
}

export function wallClock(): number {
  return performance.timeOrigin + performance.now();
}

/** Throws when the address lacks something. */
export function readAddress(): JoinAddress {
  const query = new URLSearchParams(location.search);
  const get = (name: string): string => {
    const value = query.get(name);
    if (value === null) throw new Error(`the address lacks ${name}`);
    return value;
  };
  return {
    signaling: get('signaling'),
    room: get('room'),
    id: get('id'),
    others: Number(get('others')),
  };
}

/** Collects the times of one page, and publishes them as `window.joined`; the first of them as `window.listed`. */
export class Progress {
  #listed = 0;
  #first = 0;
  #links = new Set<string>();
  readonly #told = new Deferred<void>();
  readonly #done = new Deferred<Joined>();

  constructor(private readonly others: number) {
    window.listed = this.#told.promise;
    window.joined = this.#done.promise;
  }

  listed(): void {
    this.#listed ||= wallClock();
    this.#told.resolve();
    this.#endIfAll();
  }

  linked(peer: string): void {
    this.#links.add(peer);
    this.#first ||= wallClock();
    this.#endIfAll();
  }

  #endIfAll(): void {
    if (this.#links.size < this.others) return;
    const { timeOrigin: opened } = performance;
    this.#done.resolve({ opened, listed: this.#listed, first: this.#first, all: wallClock() });
  }
}
