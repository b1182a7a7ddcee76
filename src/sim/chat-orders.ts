import { MULTICASTS, type MulticastKind } from '../core/entry.ts';
import type { TotalPosition } from '../core/multicast/multicast.ts';
import type { Reply } from '../core/effects.ts';
import { saidIn } from './checkers/chat-checker.ts';
import { textOf } from './checkers/chat-ledger.ts';
import type { MulticastChecker } from './checkers/multicast-checker.ts';
import { Violation } from './checkers/violation.ts';
import type { Gate, Life } from './gate.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** What somebody is about to say in a room of a multicast's order. */
export interface Tagged {
  readonly client: string;
  readonly text: string;
  readonly order: MulticastKind;
}

/** Where a tag was delivered. Views are numbered by the log, so in another generation the position may mean nothing. */
export interface Told {
  readonly position: TotalPosition;
  readonly generation: string;
}

/** How people order their rooms in some of the parks that multicast, and the tags of what they say there (rule C9). */
export class ChatOrders {
  readonly #world: World;
  /** Null where nobody chooses. */
  readonly #kind: MulticastKind | null;
  /** Of each text that was to be said the tag that was sent for it. */
  readonly #tags = new Map<string, { readonly tag: string; readonly order: MulticastKind }>();

  constructor(world: World, multicast: MulticastKind | null) {
    this.#world = world;
    const isChosen = world.random.split('chat-orders').chance(0.6);
    this.#kind = isChosen ? multicast : null;
  }

  /** The order in which somebody wants a room; null: any. Most want the same of one room. */
  wanted(room: string, random: Random): string | null {
    if (this.#kind === null) return null;
    const isUsual = random.chance(0.9);
    if ((room === 'blue') === isUsual) return 'log';
    // A room may want the order that the park does not multicast in.
    const other = this.#kind === 'lamport' ? 'sequencer' : 'lamport';
    return room === 'red' ? this.#kind : other;
  }

  /** @param done where the tag was delivered at its sender; null when that is not known, or was not in time */
  tag(
    gate: Gate,
    life: Life,
    { client, text, order }: Tagged,
    done: (told: Told | null) => void,
  ): void {
    const world = this.#world;
    const multicasts = world.checks.multicasts[order];
    const tag = multicasts.asked(life.name, life.peer.id, client);
    this.#tags.set(text, { tag, order });
    world.trace('multicast', gate, `${tag} for ${text}`, 'command');
    life.driver.command({ type: 'multicast', text: tag, order }, (reply) => {
      if (gate.life !== life) return;
      world.trace(`multicast-${resultOf(reply)}`, gate, tag);
      world.check(() => {
        multicasts.answered(life.name, tag, resultOf(reply));
        checkPosition(multicasts, life, tag, reply);
      });
      const position = reply.ok && reply.value.type === 'multicast' ? reply.value.position : null;
      const { generation } = life.driver.node.context;
      // Not in the middle of the node's step.
      world.clock.schedule(0, () => {
        done(position && { position, generation });
      });
    });
  }

  /**
   * In the end: the messages of each room stand as their tags were delivered, by all who did. Views of one number that
   * belong to two generations are no order of one group.
   */
  judge(snapshot: unknown): void {
    const { checks } = this.#world;
    if (checks.log.lineages.size > 1) return;
    for (const [place, lines] of saidIn(snapshot)) {
      const tagged = lines.flatMap((line) => this.#tags.get(textOf(line)) ?? []);
      if (tagged.length > 0) checks.seen('room in the order of the multicast');
      for (const order of MULTICASTS) {
        const tags = tagged.filter((one) => one.order === order).map(({ tag }) => tag);
        checks.multicasts[order].checkOrder(tags, place);
      }
    }
  }
}

function checkPosition(multicasts: MulticastChecker, life: Life, tag: string, reply: Reply): void {
  if (!reply.ok || reply.value.type !== 'multicast') return;
  const { position } = reply.value;
  const counted = multicasts.positionAt(life.name, tag);
  if (counted?.view !== position.view || counted.number !== position.number)
    throw new Violation('C9', `${tag} is told at ${position.view}.${position.number}`);
}

function resultOf(reply: Reply): 'ok' | 'fail' | 'info' {
  if (reply.ok) return 'ok';
  return reply.definite ? 'fail' : 'info';
}
