/** The browser draws its own window anew for each title: a tab's need not change more often, ms. */
const PAUSE_MS = 1000;

/** The title of the page, as it was set last, within a second. */
export class PageTitle {
  #wanted = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  set(title: string): void {
    this.#wanted = title;
    if (this.#timer !== undefined || title === document.title) return;
    document.title = title;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.set(this.#wanted);
    }, PAUSE_MS);
  }
}
