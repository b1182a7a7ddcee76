import { namelessGate, shortId } from '../words.ts';

/** The names of all gates ever seen, by which people tell them apart: two of one name carry a part of their ids. */
export class NameBook {
  readonly #names = new Map<string, string>();
  /** How many gates have each name. */
  #shared = new Map<string, number>();

  constructor(gates: readonly { readonly id: string; readonly name: string }[] = []) {
    this.learn(gates);
  }

  learn(gates: readonly { readonly id: string; readonly name: string }[]): void {
    // A gate that was not met yet has no name.
    const news = gates.filter(({ id, name }) => name !== '' && this.#names.get(id) !== name);
    if (news.length === 0) return;
    for (const { id, name } of news) this.#names.set(id, name);
    this.#shared = new Map();
    for (const name of this.#names.values()) {
      this.#shared.set(name, (this.#shared.get(name) ?? 0) + 1);
    }
  }

  nameOf(id: string): string {
    const name = this.#names.get(id);
    if (name === undefined) return namelessGate(id);
    return (this.#shared.get(name) ?? 0) > 1 ? `${name} (${shortId(id)})` : name;
  }
}
