import { saidIn } from './chat-checker.ts';
import { field, readChatAnswer } from './chat-model.ts';
import { Violation } from './violation.ts';

/** A place that keeps no more messages forgets the oldest (rule C5). */
const FULL = 1000;

/** What somebody asked, and was told about it. */
export interface Said {
  readonly key: string;
  /** As it stands in the log; null for what is no message. */
  readonly text: string | null;
  /** `fail`: it surely did not happen. `open`: it may have. */
  result: 'open' | 'fail' | 'allowed' | 'refused';
}

/** What people said, for the end of the run: nothing that they were told is lost, nothing stands twice. */
export class ChatLedger {
  readonly #all: Said[] = [];

  asked(key: string, body: unknown): Said {
    const text = field(body, 'text');
    const said: Said = {
      key,
      text: text === undefined ? null : JSON.stringify(text),
      result: 'open',
    };
    this.#all.push(said);
    return said;
  }

  told(said: Said, outcome: unknown): void {
    said.result = readChatAnswer(outcome) === 'allowed' ? 'allowed' : 'refused';
  }

  /**
   * Rules C4 and S7, by the texts alone: no text is said twice.
   * @param snapshots of all nodes, once their logs are equal
   * @param holds whether what was told of an operation holds in the park's log
   */
  judge(
    snapshots: readonly (readonly [who: string, snapshot: unknown])[],
    holds: (key: string) => boolean,
  ): void {
    const [first] = snapshots;
    if (!first) return;
    const histories = saidIn(first[1]);
    for (const [who, snapshot] of snapshots) {
      if (JSON.stringify([...saidIn(snapshot)]) !== JSON.stringify([...histories]))
        throw new Violation('C4', `${who} has other histories than ${first[0]}`);
    }
    const times = new Map<string, number>();
    for (const text of [...histories.values()].flat().map(textOf))
      times.set(text, (times.get(text) ?? 0) + 1);
    const isFull = [...histories.values()].some(({ length }) => length >= FULL);
    for (const { key, text, result } of this.#all) {
      if (text === null) continue;
      const found = times.get(text) ?? 0;
      if (found > 1) throw new Violation('S7', `${text} was said once, and stands ${found} times`);
      if (found > 0 && (result === 'fail' || result === 'refused'))
        throw new Violation('S8', `${text} was told not to be said, and stands`);
      if (found === 0 && result === 'allowed' && holds(key) && !isFull)
        throw new Violation('C4', `${text} was told to be said, and is lost`);
    }
  }
}

/** Without the index, the sender and the position. */
export function textOf(line: string): string {
  return line.slice(line.indexOf('{'));
}
