import { decodeTrace } from '../../runtime/trace-file.ts';
import { mutateJson, mutateText } from '../mutate.ts';
import { must, type Target } from '../target.ts';
import { mustComeBack } from './decode.ts';

const PARK = { election: 'bully', topology: 'mesh' };
const HEAD = { format: 'gatehouse-trace', version: 2, seed: 7, began: 1_790_000_000_000, ...PARK };
const NODE = { introduces: 'anna', name: 'Gate 1', priority: 3 };
const EVENT = { sequence: 1, at: HEAD.began + 1.5, node: 'anna', kind: 'note', what: 'elected' };
const SENT = { ...EVENT, sequence: 2, kind: 'sent', peer: 'bert', what: 'PROBE', bytes: 58 };
const LINES: readonly unknown[] = [HEAD, NODE, EVENT, { ...SENT, detail: 'no. 7' }];

export const traces: Target = {
  name: 'trace',
  about: 'trace files, line by line and whole',
  open: () => ({
    shoot: (random) => {
      const at = random.int(0, LINES.length - 1);
      const lines = LINES.map((line, place) =>
        JSON.stringify(
          place === at && random.chance(0.8) ? (mutateJson(line, random) ?? null) : line,
        ),
      );
      const whole = lines.join('\n');
      const text = random.chance(0.3) ? mutateText(whole, random) : whole;
      const decoded = decodeTrace(text);
      if (!decoded.ok) {
        must(decoded.reason.startsWith('line '), 'a reason says the line');
        must(decoded.reason.length < 300, 'a reason is some words');
        return 'refused';
      }
      const { head, nodes, events } = decoded.value;
      const came = text.split('\n').filter((line) => line !== '');
      must(
        came.length === 1 + nodes.length + events.length,
        'each line is one thing, and none is more',
      );
      mustComeBack(JSON.parse(came[0] ?? ''), head);
      return 'accepted';
    },
    sizes: null,
  }),
};
