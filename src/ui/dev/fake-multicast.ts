import type { MulticastCalls, MulticastMessage, MulticastState } from '../../runtime/gatehouse.ts';

/** The multicast of a group of one, for looking at the page without a network. */
export class FakeMulticast implements MulticastCalls {
  readonly #delivered: MulticastMessage[] = [];

  constructor(
    private readonly self: string,
    private readonly changed: () => void,
  ) {}

  async send(text: string): Promise<{ id: string }> {
    const id = `${this.self}.00000000.${this.#delivered.length + 1}`;
    this.#delivered.push({ id, from: this.self, text });
    this.changed();
    return { id };
  }

  delivered(): MulticastMessage[] {
    return [...this.#delivered];
  }

  held(): number {
    return 0;
  }

  delayNext(): void {
    // Nobody is there to hear it late.
  }

  inspect(): MulticastState {
    return {
      kind: 'sequencer',
      view: 1,
      members: [this.self],
      sequencer: this.self,
      pending: 0,
      held: [],
      delivered: this.#delivered.length,
      messages: {},
      latencies: this.#delivered.map(() => 0),
    };
  }
}
