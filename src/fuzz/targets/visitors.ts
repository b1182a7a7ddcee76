import {
  decodeGateMessage,
  decodeTicket,
  decodeVisitorMessage,
  type GateMessage,
  type Ticket,
  type VisitorMessage,
} from '../../runtime/visitor/messages.ts';
import type { Random } from '../../sim/random.ts';
import { mutateJson } from '../mutate.ts';
import { must, type Target } from '../target.ts';
import { asParsed, mustComeBack } from './decode.ts';

const TAB = 'abcdefgh23456789abcdefgh23456789';
const AT = { generation: 'g1', index: 9 };
const SAID: readonly VisitorMessage[] = [
  { type: 'ASK', tab: TAB, number: 1, wish: 'enter', visitor: 'Visitor ABCD-EFGH' },
  { type: 'SHOW', tab: TAB, visitor: 'Visitor ABCD-EFGH', inside: true, known: AT },
  { type: 'PROBE', number: 7 },
];
const TOLD: readonly GateMessage[] = [
  { type: 'WELCOME', gate: 'Gate Heron' },
  { type: 'BUSY' },
  {
    ...{ type: 'ANSWER', number: 1, allowed: false, reason: 'full', operation: 'anna.3', index: 9 },
    place: { inside: false, at: AT },
  },
  { type: 'PLACE', place: { inside: true, at: AT } },
  { type: 'DECLINED', number: 1, reason: 'no-quorum', definite: true },
  { type: 'GOT_IT', number: 7 },
];
const KEPT: readonly Ticket[] = [{ tab: TAB, number: 4, wish: 'leave', inside: true, known: AT }];

const DECODERS = [
  { samples: SAID, decode: decodeVisitorMessage },
  { samples: TOLD, decode: decodeGateMessage },
  { samples: KEPT, decode: decodeTicket },
] as const;

export const visitors: Target = {
  name: 'visitors',
  about: "what visitors' tabs and gates tell each other, and the tickets of a device",
  open: () => ({
    shoot: (random: Random) => {
      const { samples, decode } = random.pick(DECODERS) ?? DECODERS[0];
      const good: unknown = random.pick<unknown>(samples);
      const value = asParsed(random.chance(0.9) ? mutateJson(good, random) : good);
      const decoded = decode(value);
      if (decoded.ok) mustComeBack(value, decoded.value);
      else must(decoded.reason.length > 0 && decoded.reason.length < 300, 'a reason is some words');
      return decoded.ok ? 'accepted' : 'refused';
    },
    sizes: null,
  }),
};
