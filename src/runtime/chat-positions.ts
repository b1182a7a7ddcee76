import type { ReplyValue } from '../core/effects.ts';
import type { MulticastKind } from '../core/entry.ts';
import type { TotalPosition } from '../core/multicast/multicast.ts';
import type { Clock } from './clock.ts';
import { GatehouseError } from './gatehouse.ts';

/** When a tag that is not delivered gives up, ms: as long as a multicast waits (rule T14). */
const PATIENCE = 5000;

/**
 * Finds out where messages of rooms in the multicast's order stand (rule C9). A text may be too long for a multicast, so a
 * short tag goes in its place: where that is delivered here, the message stands in the room.
 */
export class ChatPositions {
  #tags = 0;

  /** @param multicast resolves when the text is delivered here */
  constructor(
    private readonly multicast: (text: string, order: MulticastKind) => Promise<ReplyValue>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Rejects when there is none in time: the message that it was for is nowhere yet, so the error is definite. */
  async next(room: string, order: MulticastKind): Promise<TotalPosition> {
    const started = this.clock.now();
    for (;;) {
      this.#tags += 1;
      try {
        const reply = await this.multicast(`chat #${room} ${this.#tags}`, order);
        if (reply.type === 'multicast') return reply.position;
        throw new GatehouseError('invalid', true, 'the tag was not sent');
      } catch (error) {
        if (!(error instanceof GatehouseError)) throw error;
        // Nobody knows what became of the tag, since its gate is another member now (rule T8): one that is delivered
        // and forgotten does no harm.
        const isLost = error.code === 'timeout' && this.clock.now() - started < PATIENCE - 1;
        if (!isLost) throw unsaid(error);
      }
    }
  }
}

function unsaid({ code, message }: GatehouseError): GatehouseError {
  if (code !== 'timeout') return new GatehouseError(code, true, message);
  return new GatehouseError('no-quorum', true, 'the order was not known in time; nothing was said');
}
