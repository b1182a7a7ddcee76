/** Where visitors are let in: at a gate of the product, or at the floor's page. What presses is the same at both. */
export interface Door {
  /** Lets one in; resolves when that is committed. */
  admit(): Promise<unknown>;
  /** Lets so many in, as one submission; resolves to how many were. */
  admitMany(count: number): Promise<number>;
}

declare global {
  interface Window {
    door?: Door;
    /** Set by whoever has pressed enough. */
    stopPressing?: boolean;
  }
}
