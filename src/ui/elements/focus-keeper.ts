import type { ReactiveController, ReactiveControllerHost } from 'lit';

/**
 * When what has the focus is taken out of its host by an update, the focus goes to what takes its place, and not to the
 * beginning of the page.
 */
export class FocusKeeper implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly renderRoot: HTMLElement | DocumentFragment };
  readonly #lost: (place: Element | null) => void;
  #focused: Element | null = null;
  #place: Element | null = null;

  /** @param lost moves the focus; is told the element that held what is gone */
  constructor(
    host: ReactiveControllerHost & { readonly renderRoot: HTMLElement | DocumentFragment },
    lost: (place: Element | null) => void,
  ) {
    this.#host = host;
    this.#lost = lost;
    host.addController(this);
  }

  hostUpdate(): void {
    const root = this.#host.renderRoot as HTMLElement | DocumentFragment | undefined;
    this.#focused = root instanceof ShadowRoot ? root.activeElement : null;
    this.#place = this.#focused?.parentElement ?? null;
  }

  hostUpdated(): void {
    const isLost = this.#focused !== null && !this.#focused.isConnected;
    this.#focused = null;
    if (isLost) this.#lost(this.#place);
  }
}

/** Nothing near has taken the place of what had the focus: the page puts it at the beginning of the view. */
export function giveUpFocus(from: HTMLElement): void {
  from.dispatchEvent(new Event('focus-lost', { bubbles: true, composed: true }));
}
