import type { Context } from './context.ts';
import { operationKey, type Operation } from './entry.ts';
import type { Replica } from './replica.ts';
import type { Archive } from './stored.ts';

/** The logs that this node has set aside (rule G3). */
export class Archives {
  #archives: Archive[] = [];

  constructor(
    private readonly context: Context,
    private readonly replica: Replica,
  ) {}

  get list(): readonly Archive[] {
    return this.#archives;
  }

  /**
   * This node set its log of that generation aside, or one that had grown out of it, and with it what it had acknowledged
   * there: it never votes there.
   */
  hasAbandoned(generation: string): boolean {
    return this.#with(generation) !== undefined;
  }

  restore(archives: readonly Archive[]): void {
    this.#archives = [...archives];
  }

  /**
   * Returns what is to be made durable, together with the empty log. A log that this node was only taking, on its way to a
   * generation that grew out of one set aside before, holds nothing of its own.
   */
  add(archive: Archive): Archive {
    const before = this.#with(archive.generation);
    if (!before) {
      this.#archives.push(archive);
      return archive;
    }
    const outbox = [...before.outbox, ...archive.outbox];
    const joined: Archive = { ...before, outbox, checked: false };
    this.#archives = this.#archives.map((one) => (one === before ? joined : one));
    return joined;
  }

  /**
   * Once all that was committed before the present term is known here, at a leader as at a follower: keeps of each
   * archive what the park's log does not hold, for people to see.
   */
  check(): void {
    if (this.#archives.every((archive) => archive.checked)) return;
    const { log, commitIndex, promised } = this.replica;
    if (commitIndex === 0 || log.termAt(commitIndex) !== promised) return;
    const isKnown = this.#known();
    this.#archives = this.#archives.map((archive) => {
      if (archive.checked) return archive;
      const checked: Archive = {
        ...archive,
        entries: archive.entries.filter(
          ({ command }) => command.kind === 'operation' && !isKnown(command.operation),
        ),
        outbox: archive.outbox.filter((operation) => !isKnown(operation)),
        checked: true,
      };
      this.context.persist([{ type: 'archive-put', archive: checked }]);
      return checked;
    });
  }

  #with(generation: string): Archive | undefined {
    return this.#archives.find(
      (archive) => archive.generation === generation || archive.ancestors.includes(generation),
    );
  }

  /** Whether an operation is in the committed log. What a snapshot stands for is known to the sessions alone. */
  #known(): (operation: Operation) => boolean {
    const { log, commitIndex, sessions } = this.replica;
    const known = new Set<string>();
    for (const { command } of log.slice(log.base.index + 1, commitIndex - log.base.index)) {
      if (command.kind === 'operation') known.add(operationKey(command.operation.id));
    }
    return ({ id }) => known.has(operationKey(id)) || sessions.lookup(id).state === 'settled';
  }
}
