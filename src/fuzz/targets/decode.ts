import { isDeepStrictEqual } from 'node:util';
import { decodeFrom, decodeSnapshot } from '../../core/decode.ts';
import { snapshot } from '../../core/testing/arbitraries.contract.ts';
import { Chat } from '../../machines/chat.ts';
import { Market } from '../../machines/market.ts';
import { Park } from '../../machines/park.ts';
import { Machines } from '../../machines/machine.ts';
import type { Snapshot } from '../../core/stored.ts';
import { Random } from '../../sim/random.ts';
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
      sizes: null,
    };
  },
};

/** Nobody is inside in these, and nobody has asked: here some are, and no more than there is room for. */
function peopled(whole: Snapshot, random: Random): Snapshot {
  const names = Array.from({ length: random.int(0, 3) }, (_, i) => `Visitor ${i}`);
  const requests = names.map((_, number) => {
    const outcome = { allowed: true };
    return { tab: random.name(32), number: number + 1, wish: 'enter', outcome };
  });
  const park = { capacity: names.length, inside: names, ...(names.length > 0 ? { requests } : {}) };
  return { ...whole, machine: { park } };
}

export const snapshots: Target = {
  name: 'snapshot',
  about: 'snapshots of the log, as a peer sends them',
  open: () => {
    const random = new Random('snapshots');
    const whole = sample(snapshot, 200).map((one) => peopled(one, random));
    const machine = new Machines([new Park(), new Chat(), new Market()]);
    const written = (): string => JSON.stringify(machine.snapshot());
    const empty = written().length;
    let kept = written();
    let came = '';
    return {
      shoot: (random) => {
        const good = random.pick(whole);
        const text = JSON.stringify(good);
        const changed = random.chance(0.3)
          ? mutateText(text, random)
          : JSON.stringify((random.chance(0.9) ? mutateJson(good, random) : good) ?? null);
        const decoded = decodeSnapshot(changed);
        if (decoded.ok) mustComeBack(JSON.parse(changed), decoded.value);
        if (!decoded.ok || machine.refuseSnapshot(decoded.value.machine) !== null) {
          must(written() === kept, 'what is refused changes nothing');
          return 'refused';
        }
        machine.restore(decoded.value.machine);
        kept = written();
        came = JSON.stringify(decoded.value.machine);
        return 'accepted';
      },
      // Whatever it was before: a snapshot takes its place.
      sizes: () => [
        { what: 'the machines, written out', size: kept.length, most: empty + came.length },
      ],
    };
  },
};
