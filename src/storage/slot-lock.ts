/** A claim to a name that no other tab of this device gets while it is held. */
export interface SlotLock {
  release(): void;
}

/**
 * Claims a name. Resolves to null when somebody else holds it, and still does `patienceMs` later.
 */
export type TryLock = (name: string, patienceMs: number) => Promise<SlotLock | null>;

/** Claims by Web Locks: the browser frees them when the tab ends, however it ends. */
export function webLock(locks: LockManager): TryLock {
  return (name, patienceMs) =>
    new Promise((resolve, reject) => {
      const options: LockOptions =
        patienceMs > 0 ? { signal: AbortSignal.timeout(patienceMs) } : { ifAvailable: true };
      const ended = locks.request(name, options, (lock) => {
        if (lock === null) {
          resolve(null);
          return undefined;
        }
        return new Promise<void>((release) => resolve({ release }));
      });
      ended.catch((error: unknown) => {
        // Patience is over.
        if (error instanceof DOMException && error.name === 'TimeoutError') resolve(null);
        else reject(error instanceof Error ? error : new Error(String(error)));
      });
    });
}

/**
 * Claims as a document that is opened now. A browser that clears a site's data gives the site new locks; documents that
 * are open keep the old ones, which hold nobody off any more. The frame stays for as long as the page.
 */
export function freshWebLock(): TryLock {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  document.body.append(frame);
  const { contentWindow } = frame;
  if (contentWindow === null) throw new Error('the browser opens no frame');
  return webLock(contentWindow.navigator.locks);
}
