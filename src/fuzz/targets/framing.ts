import {
  encodeText,
  framesOf,
  type Form,
  MAX_FRAME_BYTES,
  MAX_MESSAGE_BYTES,
  Reassembler,
} from '../../transport/framing.ts';
import type { Random } from '../../sim/random.ts';
import { mutateBytes } from '../mutate.ts';
import { must, type Target } from '../target.ts';

const FINE = 'what comes after';

function encodeFrames(text: string, form: Form, number: number): Uint8Array[] {
  const bytes = encodeText(text);
  must(bytes !== undefined, 'a text of this size has bytes');
  return framesOf(bytes, form, number);
}

/** Frames of a message or of several, some of them garbled, lost, doubled or moved. */
function garbled(random: Random): Uint8Array[] {
  const text = 'héron 🐦'.repeat(random.pick([1, 3, 2000, 6000]) ?? 1);
  // The frames do not care what is in the bytes.
  const form = random.pick<Form>(['text', 'deflated']) ?? 'text';
  const frames = encodeFrames(text, form, random.int(0, 3));
  return frames.flatMap((frame) => {
    switch (random.int(0, 5)) {
      case 0:
        return [mutateBytes(frame, random)];
      case 1:
        return [];
      case 2:
        return [frame, frame];
      default:
        return [frame];
    }
  });
}

/** One channel, for all inputs: what an input leaves behind meets the next. */
export const framing: Target = {
  name: 'framing',
  about: 'frames on a data channel: cut, doubled, moved, garbled, no UTF-8',
  open: () => {
    const channel = new Reassembler();
    let most = 0;
    return {
      shoot: (random) => {
        let last = 'refused' as 'accepted' | 'refused';
        for (const frame of garbled(random)) {
          const result = channel.push(frame);
          if (result.kind !== 'refused') last = 'accepted';
          // What was unfinished ends with it: what follows a gap would not be the message that was sent.
          else must(channel.heldBytes === 0, 'nothing is kept of what is refused');
          if (result.kind === 'message') {
            must(encodeText(result.text) !== undefined, 'what came can be sent');
          }
          most = Math.max(most, channel.heldBytes);
        }
        const [fine] = encodeFrames(FINE, 'text', 1);
        must(fine !== undefined, 'a short text has a frame');
        channel.push(fine);
        const after = channel.push(fine);
        must(
          after.kind === 'message' && after.text === FINE,
          'a good message comes through after it',
        );
        return last;
      },
      sizes: () => [
        { what: 'the unfinished message', size: most, most: MAX_MESSAGE_BYTES + MAX_FRAME_BYTES },
        { what: 'what a good message leaves', size: channel.heldBytes, most: 0 },
      ],
    };
  },
};
