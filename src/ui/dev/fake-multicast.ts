import type {
  DeliveredMessage,
  MulticastCalls,
  MulticastCost,
  MulticastMessage,
  MulticastPeer,
  MulticastState,
} from '../../runtime/gatehouse.ts';

/** The multicast of a group in memory, for looking at the page without a network. */
export class FakeMulticast implements MulticastCalls {
  /** How often somebody has looked at all gates. */
  looks = 0;
  /** All messages in their one order. */
  readonly #order: MulticastMessage[] = [];
  /** Where the message stands that is late on purpose: what comes after it is held back. */
  #late = Infinity;
  #lateMs = 0;

  constructor(
    private readonly self: string,
    private readonly others: () => readonly string[],
    private readonly changed: () => void,
  ) {}

  /** The ids of the view, in ascending order of identity. */
  get #members(): string[] {
    return [...[...this.others()].reverse(), this.self];
  }

  async send(text: string): Promise<{ id: string }> {
    return this.#say(this.self, text);
  }

  /** Somebody else sends. */
  async hear(from: string, text: string): Promise<{ id: string }> {
    return this.#say(from, text);
  }

  delivered(): DeliveredMessage[] {
    const placed = this.#order.map((message, at) => {
      return { ...message, position: { view: 1, number: at + 1 } };
    });
    return placed.slice(0, this.#late);
  }

  held(): number {
    return this.#order.length - this.delivered().length;
  }

  delayNext(ms: number): void {
    this.#lateMs = ms;
  }

  inspect(): MulticastState {
    const held = this.#order.slice(this.#late);
    return {
      kind: 'sequencer',
      view: 1,
      members: this.#members,
      sequencer: this.self,
      pending: held.filter(({ from }) => from === this.self).length,
      held,
      delivered: this.delivered().length,
      messages: {},
      latencies: this.delivered().map(() => 4),
    };
  }

  async peers(): Promise<MulticastPeer[]> {
    this.looks += 1;
    return this.#members.map((id) => {
      const late = id === this.self ? this.#late : this.#late + 1;
      const held = this.#order.slice(late);
      const delivered = this.#order.slice(0, this.#late);
      return {
        id,
        told: {
          view: 1,
          pending: held.filter(({ from }) => from === id).length,
          sent: 3 * delivered.length,
          delivered: delivered.length,
          recent: delivered.slice(-32),
          heldBack: held.length,
          held: held.slice(0, 32),
        },
      };
    });
  }

  async measure(multicasts = 20): Promise<MulticastCost> {
    for (let number = 1; number <= multicasts; number += 1) await this.send(`measuring: ${number}`);
    const members = this.#members.length;
    const theory = 3 * (members - 1);
    const latencies = Array.from({ length: multicasts }, (_, at) => 4 + (at % 5));
    return {
      kind: 'sequencer',
      members,
      multicasts,
      messages: multicasts * theory,
      theory,
      latencies,
    };
  }

  async #say(from: string, text: string): Promise<{ id: string }> {
    const number = this.#order.filter((other) => other.from === from).length + 1;
    const id = `${from}.00000000.${number}`;
    this.#order.push({ id, from, text });
    const lateMs = this.#lateMs;
    this.#lateMs = 0;
    if (lateMs > 0) this.#late = Math.min(this.#late, this.#order.length - 1);
    this.changed();
    if (lateMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, lateMs));
      this.#late = Infinity;
      this.changed();
    }
    return { id };
  }
}
