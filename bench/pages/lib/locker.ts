/** Something that one page at a time holds. */
export interface Locker {
  /** Resolves when this page holds it, to what ends that. A page asks for one at a time. */
  lock(): Promise<() => void | Promise<void>>;
}

declare global {
  interface Window {
    locker?: Locker;
  }
}
