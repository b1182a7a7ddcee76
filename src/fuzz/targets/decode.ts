import { isDeepStrictEqual } from 'node:util';
import { decodeFrom, decodeSnapshot } from '../../core/decode.ts';
import { snapshot } from '../../core/testing/arbitraries.contract.ts';
import { Chat } from '../../machines/chat.ts';
import { Market } from '../../machines/market.ts';
import { Park } from '../../machines/park.ts';
import { Machines } from '../../machines/machine.ts';
import { mutateJson, mutateText } from '../mutate.ts';
import { saidMessages, sample } from '../samples.ts';
import { must, type Target } from '../target.ts';

/** Texts that are parsed and may be no JSON any more: undefined. */
export function parseOrNone(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As it comes out of a frame or a record. */
export function asParsed(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

/** What was accepted is what came, and is encoded as it came. */
export function mustComeBack(came: unknown, accepted: unknown): void {
  const plain = asParsed(came);
  must(isDeepStrictEqual(asParsed(accepted), plain), 'it is encoded as it came');
  must(isDeepStrictEqual(accepted, plain), 'what is accepted is what came');
}

export const messages: Target = {
  name: 'decode',
  about: 'messages between nodes: the envelope, every type, and who says it',
  open: () => {
    const said = saidMessages(40);
    const texts = said.map(({ envelope }) => JSON.stringify(envelope));
    return {
      shoot: (random) => {
        const at = random.int(0, said.length - 1);
        const { from, envelope } = said[at] ?? { from: 'anna', envelope: null };
        const value = random.chance(0.2)
          ? parseOrNone(mutateText(texts[at] ?? '', random))
          : asParsed(random.chance(0.95) ? mutateJson(envelope, random) : envelope);
        const decoded = decodeFrom(random.chance(0.95) ? from : 'someone', value);
        if (decoded.ok) mustComeBack(value, decoded.value);
        else
          must(decoded.reason.length > 0 && decoded.reason.length < 300, 'a reason is some words');
        return decoded.ok ? 'accepted' : 'refused';
      },
      sizes: () => [],
    };
  },
};

export const snapshots: Target = {
  name: 'snapshot',
  about: 'snapshots of the log, as a peer sends them',
  open: () => {
    const whole = sample(snapshot, 200);
    const machine = new Machines([new Park(), new Chat(), new Market()]);
    return {
      shoot: (random) => {
        const good = random.pick(whole);
        const text = JSON.stringify(good);
        const changed = random.chance(0.3)
          ? mutateText(text, random)
          : JSON.stringify(mutateJson(good, random) ?? null);
        const decoded = decodeSnapshot(changed);
        if (!decoded.ok) return 'refused';
        mustComeBack(JSON.parse(changed), decoded.value);
        if (machine.refuseSnapshot(decoded.value.machine) !== null) return 'refused';
        machine.restore(decoded.value.machine);
        return 'accepted';
      },
      sizes: () => [],
    };
  },
};
