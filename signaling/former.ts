/**
 * Whom the ids of those who left belong to, as long as anybody is in their park: the hash of a secret each. What is
 * remembered is bounded, and whoever makes up ids to push out others' gets nowhere fast: an id that was there for
 * moments only makes room before any that was there for longer, and in the park that remembers the most of them.
 */

/** An id that was registered for so long altogether is remembered before those that were not, ms. */
const LASTING_MS = 10_000;

export interface FormerMember {
  readonly secretHash: string;
  /** For how long it was registered altogether, ms. */
  readonly stayedMs: number;
}

type Kind = 'brief' | 'lasting';

/** Of one park: by id, the latest last. */
type Remembered = Readonly<Record<Kind, Map<string, FormerMember>>>;

interface Most {
  readonly total: number;
  readonly perPark: number;
}

export class FormerMembers {
  readonly #parks = new Map<string, Remembered>();
  readonly #most: Most;
  #size = 0;

  constructor(most: Most) {
    this.#most = most;
  }

  /** How many are remembered, in all parks. */
  get size(): number {
    return this.#size;
  }

  find(park: string, id: string): FormerMember | undefined {
    const remembered = this.#parks.get(park);
    return remembered?.lasting.get(id) ?? remembered?.brief.get(id);
  }

  /** Those of one park: the brief ones first, of each kind the latest last. */
  of(park: string): (readonly [id: string, FormerMember])[] {
    const { brief, lasting } = this.#parks.get(park) ?? {};
    return [...(brief ?? []), ...(lasting ?? [])];
  }

  remember(park: string, id: string, member: FormerMember): void {
    this.forget(park, id);
    const remembered = this.#parks.get(park) ?? { brief: new Map(), lasting: new Map() };
    this.#parks.set(park, remembered);
    const kind = member.stayedMs < LASTING_MS ? 'brief' : 'lasting';
    remembered[kind].set(id, member);
    this.#size++;
    const { brief, lasting } = remembered;
    if (brief.size + lasting.size > this.#most.perPark) {
      this.#forgetOldest(brief.size > 0 ? brief : lasting);
    } else if (this.#size > this.#most.total) {
      this.#forgetOldest(this.#longest('brief') ?? this.#longest('lasting'));
    }
  }

  forget(park: string, id: string): void {
    const remembered = this.#parks.get(park);
    if (remembered?.brief.delete(id) || remembered?.lasting.delete(id)) this.#size--;
  }

  /** Nobody is there any more. */
  forgetPark(park: string): void {
    const remembered = this.#parks.get(park);
    if (remembered !== undefined) this.#size -= remembered.brief.size + remembered.lasting.size;
    this.#parks.delete(park);
  }

  #forgetOldest(members: Map<string, FormerMember> | undefined): void {
    const [oldest] = members?.keys() ?? [];
    if (oldest !== undefined && members?.delete(oldest)) this.#size--;
  }

  /** That of the park which has the most of this kind; undefined where there are none. */
  #longest(kind: Kind): Map<string, FormerMember> | undefined {
    let longest: Map<string, FormerMember> | undefined;
    for (const { [kind]: members } of this.#parks.values()) {
      if (members.size > (longest?.size ?? 0)) longest = members;
    }
    return longest;
  }
}
