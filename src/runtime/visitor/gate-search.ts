import type { Identity, NodeId, Peer } from '../../core/identity.ts';
import type { Gates } from '../../transport/visitors.ts';
import type { Clock, TimerHandle } from '../clock.ts';
import { decodeGateMessage, type GateMessage, type VisitorMessage } from './messages.ts';

/** How a visitor looks for gates, in ms. */
const SEARCH = {
  /** A gate that does not serve us by then is left alone. */
  link: 2500,
  /** Between two PROBEs of the gate that serves us, while a request is open, and else. */
  probeBusy: 750,
  probeIdle: 3000,
  /** An unanswered PROBE is a failed gate after this time. */
  answer: 1000,
  /** A gate that failed is tried again after this time, if there is no other. */
  failed: 3000,
  /** One that serves too many, or can't decide at the moment. */
  declined: 500,
} as const;

export interface GateSearchEvents {
  /** This gate serves us from now on. */
  served(): void;
  message(message: Extract<GateMessage, { type: 'ANSWER' | 'DECLINED' | 'PLACE' }>): void;
  refused(reason: string, gate: NodeId | null): void;
  changed(): void;
}

type Current =
  | { readonly phase: 'none' }
  | { readonly phase: 'linking'; readonly gate: Identity }
  /** It has told its name. */
  | { readonly phase: 'served'; readonly gate: Peer };

/**
 * Finds a gate that serves this visitor, watches it, and finds another one when it fails (rule V4): one link at a time,
 * to a gate picked at random, so that many visitors spread over all gates.
 */
export class GateSearch {
  #current: Current = { phase: 'none' };
  #coordinator: 'connected' | 'disconnected' = 'disconnected';
  readonly #listed = new Map<NodeId, Identity>();
  /** Until when a gate is left alone, by the clock. */
  readonly #shunned = new Map<NodeId, number>();
  #isBusy = false;
  #probes = 0;
  #timer: TimerHandle | null = null;
  #isClosed = false;

  constructor(
    private readonly gates: Gates,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly events: GateSearchEvents,
  ) {}

  start(self: Identity): void {
    this.gates.start(self, {
      listed: (gates) => this.#list(gates),
      hint: (gate) => this.#hint(gate),
      coordinator: (state) => {
        this.#coordinator = state;
        this.events.changed();
      },
      opened: () => undefined, // The gate speaks first.
      ended: (gate) => {
        if (this.#isCurrent(gate)) this.#leave(SEARCH.failed);
      },
      message: (gate, data) => this.#received(gate, data),
      refused: (reason, gate) => this.events.refused(reason, gate),
    });
  }

  /** The gate that serves us. */
  get gate(): Peer | null {
    return this.#current.phase === 'served' ? this.#current.gate : null;
  }

  /** How many gates there are to ask. */
  get known(): number {
    return this.#listed.size;
  }

  get coordinator(): 'connected' | 'disconnected' {
    return this.#coordinator;
  }

  /** An open request makes it watch its gate more closely. */
  set isBusy(isBusy: boolean) {
    if (isBusy === this.#isBusy) return;
    this.#isBusy = isBusy;
    if (this.#current.phase === 'served') this.#probeLater();
  }

  /** False when no gate serves us. */
  send(message: VisitorMessage): boolean {
    if (this.#current.phase !== 'served') return false;
    this.gates.send(this.#current.gate.id, message);
    return true;
  }

  /** The gate does not decide: another one may. */
  declined(): void {
    this.#leave(SEARCH.declined);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancel();
    this.#current = { phase: 'none' };
    this.gates.close();
  }

  #list(gates: readonly Identity[]): void {
    const news = gates.filter(({ id }) => !this.#listed.has(id));
    this.#listed.clear();
    for (const gate of gates) this.#listed.set(gate.id, gate);
    // It has just come, or come back.
    for (const { id } of news) this.#shunned.delete(id);
    if (this.#current.phase === 'none') this.#choose();
    else if (!this.#listed.has(this.#current.gate.id)) this.#hint(this.#current.gate.id);
    this.events.changed();
  }

  #hint(gate: NodeId): void {
    if (!this.#isCurrent(gate)) return;
    if (this.#current.phase === 'served') this.#probe();
    else this.#leave(SEARCH.failed);
  }

  #received(from: NodeId, data: unknown): void {
    const current = this.#current;
    if (current.phase === 'none' || current.gate.id !== from) return;
    const decoded = decodeGateMessage(data);
    if (!decoded.ok) {
      this.events.refused(decoded.reason, from);
      return;
    }
    const message = decoded.value;
    switch (message.type) {
      case 'WELCOME':
        this.#served({ ...current.gate, name: message.gate });
        return;
      case 'BUSY':
        this.#leave(SEARCH.declined);
        return;
      case 'GOT_IT':
        // Any message proves life.
        if (current.phase === 'served') this.#probeLater();
        return;
      case 'ANSWER':
      case 'DECLINED':
      case 'PLACE':
        if (current.phase !== 'served') return;
        this.#probeLater();
        this.events.message(message);
    }
  }

  #served(gate: Peer): void {
    this.#current = { phase: 'served', gate };
    this.#shunned.delete(gate.id);
    this.#probeLater();
    this.events.served();
    this.events.changed();
  }

  #probeLater(): void {
    this.#after(this.#isBusy ? SEARCH.probeBusy : SEARCH.probeIdle, () => this.#probe());
  }

  #probe(): void {
    this.#probes += 1;
    this.send({ type: 'PROBE', number: this.#probes });
    this.#after(SEARCH.answer, () => this.#leave(SEARCH.failed));
  }

  #leave(shunMs: number): void {
    const current = this.#current;
    if (current.phase === 'none') return;
    const { id } = current.gate;
    this.#current = { phase: 'none' };
    this.#shunned.set(id, this.clock.now() + shunMs);
    this.gates.unlink(id);
    this.#choose();
    this.events.changed();
  }

  /** One of the gates that are not left alone; if all are, the first that is so no more. */
  #choose(): void {
    this.#cancel();
    const now = this.clock.now();
    for (const [id, until] of this.#shunned) if (until <= now) this.#shunned.delete(id);
    const free = [...this.#listed.values()].filter(({ id }) => !this.#shunned.has(id));
    const gate = free[Math.floor(this.random() * free.length)];
    if (gate) this.#link(gate);
    else if (this.#listed.size > 0) {
      const times = [...this.#listed.keys()].map((id) => this.#shunned.get(id) ?? now);
      this.#after(Math.max(0, Math.min(...times) - now), () => this.#choose());
    }
  }

  #link(gate: Identity): void {
    this.#current = { phase: 'linking', gate };
    this.gates.link(gate.id);
    this.#after(SEARCH.link, () => this.#leave(SEARCH.failed));
  }

  #isCurrent(gate: NodeId): boolean {
    return this.#current.phase !== 'none' && this.#current.gate.id === gate;
  }

  #after(ms: number, work: () => void): void {
    this.#cancel();
    this.#timer = this.clock.schedule(ms, () => {
      this.#timer = null;
      work();
    });
  }

  #cancel(): void {
    if (this.#timer !== null) this.clock.cancel(this.#timer);
    this.#timer = null;
  }
}
