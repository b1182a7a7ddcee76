/** What a search may spend before it gives up: a bound on its work, not on its time, so that a seed always ends alike. */
export class Effort {
  #spent = 0;

  constructor(private readonly most: number) {}

  /** False when nothing is left. */
  spend(): boolean {
    this.#spent += 1;
    return this.#spent <= this.most;
  }

  get isOut(): boolean {
    return this.#spent > this.most;
  }
}
