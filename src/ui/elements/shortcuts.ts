import type { ReactiveController, ReactiveControllerHost } from 'lit';

const STORED = 'gatehouse.shortcuts';

/** Single keys can be in the way of speech input and of shaky hands: they can be switched off. */
export function shortcutsOn(): boolean {
  try {
    return localStorage.getItem(STORED) !== 'off';
  } catch {
    return true;
  }
}

export function switchShortcuts(on: boolean): void {
  try {
    localStorage.setItem(STORED, on ? 'on' : 'off');
  } catch {
    // A page that may store nothing keeps them on.
  }
}

/** Single keys that do something while the host is in the page, and nobody types. */
export class ShortcutsController implements ReactiveController {
  readonly #keys: Readonly<Record<string, () => void>>;

  constructor(host: ReactiveControllerHost, keys: Readonly<Record<string, () => void>>) {
    this.#keys = keys;
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener('keydown', this.#onKey);
  }

  hostDisconnected(): void {
    window.removeEventListener('keydown', this.#onKey);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.defaultPrevented || !shortcutsOn() || isBusy(event)) return;
    const action = this.#keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
}

/** Somebody types, or a dialog has the floor. */
function isBusy(event: KeyboardEvent): boolean {
  return event
    .composedPath()
    .some(
      (target) =>
        target instanceof HTMLDialogElement ||
        target instanceof HTMLSelectElement ||
        target instanceof HTMLTextAreaElement ||
        (target instanceof HTMLInputElement && target.type !== 'range'),
    );
}
