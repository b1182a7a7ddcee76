import { deflateRawSync } from 'node:zlib';
import type { Random } from '../../sim/random.ts';
import { MAX_MESSAGE_BYTES } from '../../transport/framing.ts';
import { Inbound } from '../../transport/inbound.ts';
import { MAX_WAITING_BYTES } from '../../transport/send-queue.ts';
import { mutateBytes } from '../mutate.ts';
import { must, type Target, type Verdict } from '../target.ts';

const FINE = 'what comes after';
const TEXTS = ['', 'short', 'héron 🐦'.repeat(3000), JSON.stringify({ entries: [1, 2, 3] })].map(
  (text) => new Uint8Array(deflateRawSync(text)),
);
/** Becomes a thousand times as much, which is too much. */
const BOMB = new Uint8Array(deflateRawSync(new Uint8Array(MAX_MESSAGE_BYTES + 1)));
/** It takes a thousand times as long as the others. */
const ONE_BOMB_IN = 1000;

/** A deflated message, mostly garbled. */
function garbled(random: Random): Uint8Array<ArrayBuffer> {
  if (random.int(1, ONE_BOMB_IN) === 1) return BOMB;
  const bytes = random.pick(TEXTS) ?? BOMB;
  return random.int(0, 3) === 0 ? bytes : new Uint8Array(mutateBytes(bytes, random));
}

/** What one channel told since the last input. */
class Told {
  texts: string[] = [];
  refusals = 0;
  #whenFine: () => void = () => undefined;

  readonly events = {
    message: (text: string): void => {
      this.texts.push(text);
      if (text === FINE) this.#whenFine();
    },
    refused: (): void => {
      this.refusals += 1;
    },
  };

  /** Resolves when a good message has come through. */
  begin(): Promise<void> {
    this.texts = [];
    this.refusals = 0;
    return new Promise((resolve) => (this.#whenFine = resolve));
  }
}

/** One channel, for all inputs. */
export const inflating: Target = {
  name: 'inflating',
  about: 'deflated messages: garbled, cut off, or a thousand times as long as they look',
  open: () => {
    const told = new Told();
    const inbound = new Inbound(told.events);
    let most = 0;
    return {
      shoot: async (random): Promise<Verdict> => {
        const fine = told.begin();
        const problem = inbound.push({ kind: 'deflated', bytes: garbled(random) });
        must(problem === null, 'there is room for one message');
        inbound.push({ kind: 'message', text: FINE });
        most = Math.max(most, inbound.waiting);
        await fine;
        const [first, ...others] = told.texts;
        if (told.refusals === 1) {
          must(first === FINE && others.length === 0, 'nothing is told of what is refused');
          return 'refused';
        }
        must(told.texts.length === 2 && told.refusals === 0, 'one message becomes one');
        must((first ?? '').length <= MAX_MESSAGE_BYTES, 'what comes out is bounded');
        return 'accepted';
      },
      sizes: () => [
        { what: 'what waits', size: most, most: MAX_WAITING_BYTES },
        { what: 'what a good message leaves', size: inbound.waiting, most: 0 },
      ],
    };
  },
};
