import type { Answered, Move } from './problem.ts';

/** Who is inside, as a search needs it: changed and changed back, and short as a key. */
export class ParkState {
  occupancy = 0;
  /** A bit for each visitor. */
  readonly #inside: Uint16Array;

  constructor(
    visitors: number,
    public capacity: number,
  ) {
    this.#inside = new Uint16Array(Math.ceil(visitors / 16));
  }

  isInside(visitor: number): boolean {
    return ((this.#inside[visitor >> 4] ?? 0) & (1 << (visitor & 15))) !== 0;
  }

  get isFull(): boolean {
    return this.occupancy >= this.capacity;
  }

  /** Whether this answer is the right one now. */
  fits({ kind, visitor, capacity, told }: Answered): boolean {
    switch (kind) {
      case 'enter':
        if (this.isInside(visitor)) return told === 'already-inside';
        return told === (this.isFull ? 'full' : 'allowed');
      case 'leave':
        return told === (this.isInside(visitor) ? 'allowed' : 'not-inside');
      case 'capacity':
        return told === (capacity >= this.occupancy ? 'allowed' : 'full');
    }
  }

  /** Whether it would be allowed now, and would change something. */
  changes({ kind, visitor, capacity }: Move): boolean {
    switch (kind) {
      case 'enter':
        return !this.isInside(visitor) && !this.isFull;
      case 'leave':
        return this.isInside(visitor);
      case 'capacity':
        return capacity >= this.occupancy && capacity !== this.capacity;
    }
  }

  /** Does what is allowed. */
  do({ kind, visitor, capacity }: Move): void {
    if (kind === 'capacity') this.capacity = capacity;
    else this.#toggle(visitor, kind === 'enter' ? 1 : -1);
  }

  /** @param before the capacity as it was */
  undo({ kind, visitor }: Move, before: number): void {
    if (kind === 'capacity') this.capacity = before;
    else this.#toggle(visitor, kind === 'enter' ? -1 : 1);
  }

  /** All of it, as UTF-16 units. */
  addTo(units: number[]): void {
    units.push(this.capacity & 0xffff, (this.capacity / 0x10000) & 0xffff);
    for (const word of this.#inside) units.push(word);
  }

  #toggle(visitor: number, difference: 1 | -1): void {
    this.occupancy += difference;
    this.#inside[visitor >> 4] = (this.#inside[visitor >> 4] ?? 0) ^ (1 << (visitor & 15));
  }
}
