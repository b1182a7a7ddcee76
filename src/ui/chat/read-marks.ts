/** How far each conversation was read on this device: the log index of the last message that was in sight. */
export class ReadMarks {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'> | null;
  readonly #key: string;
  readonly #marks: Map<string, number>;

  /** @param storage null where the page may store nothing: then all is unread again after a reload */
  constructor(storage: Pick<Storage, 'getItem' | 'setItem'> | null, node: string) {
    this.#storage = storage;
    this.#key = `gatehouse.chat.read.${node}`;
    this.#marks = parse(storage?.getItem(this.#key) ?? '');
  }

  of(place: string): number {
    return this.#marks.get(place) ?? 0;
  }

  /** True when this is news. */
  read(place: string, index: number): boolean {
    if (index <= this.of(place)) return false;
    this.#marks.set(place, index);
    try {
      this.#storage?.setItem(this.#key, JSON.stringify([...this.#marks]));
    } catch {
      // A full storage loses the mark with the page, and nothing else.
    }
    return true;
  }
}

/** What is stored may be damaged: then nothing was read. */
function parse(stored: string): Map<string, number> {
  try {
    const rows: unknown = JSON.parse(stored);
    return new Map(Array.isArray(rows) ? rows.filter(isMark) : []);
  } catch {
    return new Map();
  }
}

function isMark(row: unknown): row is [string, number] {
  if (!Array.isArray(row) || row.length !== 2) return false;
  const place: unknown = row[0];
  const index: unknown = row[1];
  return typeof place === 'string' && Number.isSafeInteger(index);
}
