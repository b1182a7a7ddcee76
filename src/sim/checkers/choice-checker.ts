import type { Lineage } from './lineage.ts';
import { Violation } from './violation.ts';

/** What a node had when it set its log aside. */
export interface Before {
  /** That of the log. */
  readonly generation: string;
  /** It knew operations to be committed there. */
  readonly holdsOperations: boolean;
  /** It heard a leader with a quorum there, or was one. */
  readonly hasQuorum: boolean;
}

/** A person at a node has chosen the other generation, and was not answered yet. */
interface Choice {
  /** The page showed that there is something to choose. */
  readonly isShown: boolean;
}

/**
 * Two generations are never merged unasked: a log with operations in it is set aside by a person's choice, about which the
 * page had asked (rules G2 and G6), or for one that grew out of it, is committed, and found no quorum there any more (G4).
 */
export class ChoiceChecker {
  /** By the life of a node. */
  readonly #open = new Map<string, Set<Choice>>();

  constructor(private readonly lineages: ReadonlyMap<string, Lineage>) {}

  /** A person chooses here. Returns what is to be called with the answer. */
  chose(life: string, isShown: boolean): () => void {
    const choice = { isShown };
    const open = this.#open.get(life) ?? new Set();
    this.#open.set(life, open.add(choice));
    return () => {
      open.delete(choice);
    };
  }

  setAside(life: string, before: Before): void {
    const choices = [...(this.#open.get(life) ?? [])];
    if (choices.some(({ isShown }) => isShown)) return;
    const { generation, holdsOperations, hasQuorum } = before;
    const what = `${life} sets generation ${generation} aside`;
    if (choices.length > 0)
      throw new Violation('G6', `${what}: a person chose, and was shown nothing`);
    if (!holdsOperations) return;
    const heir = this.#heirOf(generation);
    if (heir === undefined) throw new Violation('G2', `${what}, with visitors, and nobody chose`);
    if (hasQuorum)
      throw new Violation('G4', `${what}, with a quorum, and nobody chose; ${heir} grew out of it`);
  }

  /** A generation that grew out of this one, and can't be taken back any more. */
  #heirOf(generation: string): string | undefined {
    const all = [...this.lineages.values()];
    return all.find((one) => one.ancestors.has(generation) && one.isSettled)?.generation;
  }
}
