import { describe, expect, test } from 'vitest';
import type { NodeId } from '../identity.ts';
import type { Message } from '../messages.ts';
import { Harness, type Fate } from '../testing/harness.ts';
import { seeded } from '../testing/random.ts';

const IDS: readonly NodeId[] = ['anna', 'bert', 'carl', 'dora', 'emil'];

/**
 * A group whose members crash, hang, come back and are cut off, on a network that loses, doubles and delays what belongs to the
 * multicast. Everything is compared in the end.
 */
class Story {
  readonly harness: Harness;
  readonly #random: () => number;
  #texts = 0;
  /** What was answered: delivered, surely not, or nobody knows. */
  readonly told = new Map<string, 'delivered' | 'never' | 'unknown'>();

  constructor(seed: number, multicast: 'sequencer' | 'lamport') {
    this.harness = new Harness({ seed, settings: { multicast } });
    this.#random = seeded(seed * 7 + 1);
  }

  play(): void {
    const { harness } = this;
    IDS.forEach((id, i) => {
      harness.start(id, i);
      harness.settle();
    });
    harness.fate = (_from, _to, message) => this.#fateOf(message);
    for (let step = 0; step < 60; step++) {
      this.#step();
      harness.run(this.#random() * 400);
    }
    harness.fate = () => 'pass';
    harness.heal();
    for (const id of IDS) {
      if (!harness.ids.includes(id)) harness.start(id, IDS.indexOf(id));
      else harness.thaw(id);
    }
    harness.settle(30_000);
    harness.runUntil(() => this.#isQuiet(), 20_000);
  }

  delivered(id: NodeId): string[] {
    return this.harness.node(id).group.history.kept.map(({ multicast }) => multicast.text);
  }

  #step(): void {
    const { harness } = this;
    const id = IDS[Math.floor(this.#random() * IDS.length)] ?? 'anna';
    const lot = this.#random();
    const isHere = harness.ids.includes(id);
    if (!isHere) {
      if (lot < 0.4) harness.start(id, IDS.indexOf(id));
    } else if (lot < 0.8) this.#send(id);
    else if (lot < 0.84 && harness.ids.length > 3) harness.crash(id);
    else if (lot < 0.87) harness.freeze(id);
    else if (lot < 0.92) for (const other of harness.ids) harness.thaw(other);
    else if (lot < 0.95)
      harness.partition(
        [id],
        harness.ids.filter((other) => other !== id),
      );
    else harness.heal();
  }

  #send(id: NodeId): void {
    const text = `${id} ${String((this.#texts += 1))}`;
    this.told.set(text, 'unknown');
    if (this.#random() < 0.1) this.harness.ask(id, { type: 'delay-next', ms: 500 });
    this.harness.ask(id, { type: 'multicast', text }, (reply) => {
      if (reply.ok) this.told.set(text, 'delivered');
      else if (reply.definite) this.told.set(text, 'never');
    });
  }

  #fateOf({ type }: Message): Fate {
    const isOurs = ['ORDER', 'NUMBERED', 'HELD', 'DELIVER', 'STAMPED', 'ACKNOWLEDGED'].includes(
      type,
    );
    const lot = this.#random();
    if (!isOurs && type !== 'FLUSH' && type !== 'FLUSHED') return 'pass';
    if (lot < 0.1) return 'lose';
    if (lot < 0.2) return [0, this.#random() * 300];
    return lot < 0.4 ? this.#random() * 100 : 'pass';
  }

  #isQuiet(): boolean {
    const nodes = IDS.map((id) => this.harness.node(id));
    const views = new Set(nodes.map(({ group }) => group.view?.number));
    return views.size === 1 && nodes.every(({ group }) => isIdle(group.report()));
  }
}

function isIdle({
  pending,
  held,
  view,
}: {
  pending: number;
  held: readonly unknown[];
  view: unknown;
}): boolean {
  return view !== null && pending === 0 && held.length === 0;
}

describe.each(['sequencer', 'lamport'] as const)('%s', (kind) => {
  test('T1 to T3: whatever fails, all deliver the same in the same order, once', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const story = new Story(seed, kind);
      story.play();
      // Who joined later has the end of what the others have.
      const lists = IDS.map((id) => story.delivered(id)).sort((a, b) => b.length - a.length);
      const [longest = []] = lists;
      for (const list of lists) {
        const end = longest.slice(longest.length - list.length);
        expect(list, `seed ${String(seed)}`).toEqual(end);
      }
      expect(new Set(longest).size, `seed ${String(seed)}: none twice`).toBe(longest.length);
      for (const [text, told] of story.told)
        if (told === 'never') expect(longest, `seed ${String(seed)}`).not.toContain(text);
    }
  }, 120_000);
});

const SEEDS = 40;
