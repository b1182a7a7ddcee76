/** The views of the group that a page has seen, and in words what each change of view was. */
import type { MulticastState } from '../../runtime/gatehouse.ts';
import { listed } from '../words.ts';

type Seen = Pick<MulticastState, 'kind' | 'view' | 'members' | 'sequencer'>;

/** So many changes are told. */
export const TOLD = 5;

export class ViewBook {
  #seen: readonly Seen[] = [];

  /** Newest first, and one more than is told: what the last one changed. */
  get seen(): readonly Seen[] {
    return this.#seen;
  }

  /** Takes down what this gate's view is now. While it is in none there is nothing to take down. */
  note({ kind, view, members, sequencer }: Seen): void {
    if (view === 0 || view === this.#seen[0]?.view) return;
    this.#seen = [{ kind, view, members, sequencer }, ...this.#seen].slice(0, TOLD + 1);
  }
}

/** What changed from one view to the next; `before` is missing for the first that was seen. */
export function changeWords(
  now: Seen,
  before: Seen | undefined,
  nameOf: (id: string) => string,
): string {
  const names = (ids: readonly string[]): string => listed(ids.map(nameOf));
  if (!before) return `View ${now.view}: ${names(now.members)}.`;
  const gone = before.members.filter((id) => !now.members.includes(id));
  const come = now.members.filter((id) => !before.members.includes(id));
  const parts = [
    ...(gone.length > 0 ? [`without ${names(gone)}`] : []),
    ...(come.length > 0 ? [`with ${names(come)}`] : []),
  ];
  const what = parts.length > 0 ? parts.join(', ') : 'the same gates';
  const { sequencer } = now;
  const numbers =
    sequencer === null || sequencer === before.sequencer
      ? ''
      : ` ${nameOf(sequencer)} numbers from here on.`;
  return `View ${now.view}: ${what}.${numbers}`;
}
