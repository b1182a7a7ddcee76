import type { Identity, NodeId, Peer } from '../core/identity.ts';
import type { DropReason, FaultRule, LinkState, Transport, TransportEvents } from './transport.ts';

/** For tests: a started transport and what it told. */
export class TestNode {
  readonly peer: Peer;
  readonly transport: Transport;
  readonly messages: { from: NodeId; data: unknown }[] = [];
  readonly links: { peer: NodeId; state: LinkState; closedByPeer: boolean }[] = [];
  readonly hints: NodeId[] = [];
  readonly refused: string[] = [];
  readonly dropped: { peer: NodeId; message: unknown; why: DropReason }[] = [];
  members: readonly Identity[] = [];
  coordinator: 'connected' | 'disconnected' = 'disconnected';
  /** True while a call to the transport is under way. */
  #inside = false;
  calledInside = false;

  constructor(id: NodeId, transport: Transport) {
    this.peer = { id, priority: 1, name: `Gate ${id}` };
    this.transport = transport;
    this.#call((transport) => transport.start(this.peer, this.#events()));
  }

  get id(): NodeId {
    return this.peer.id;
  }

  send(to: { readonly id: NodeId }, message: unknown): void {
    this.#call((transport) => transport.send(to.id, message));
  }

  meet(...nodes: { readonly peer: Identity }[]): void {
    this.#call((transport) => transport.meet(nodes.map((node) => node.peer)));
  }

  keepLinks(...nodes: { readonly id: NodeId }[]): void {
    this.#call((transport) =>
      transport.keepLinks(
        nodes.map(({ id }) => id),
        [],
      ),
    );
  }

  faults(...rules: FaultRule[]): void {
    this.#call((transport) => transport.setFaults(rules));
  }

  close(): void {
    this.#call((transport) => transport.close());
  }

  state(other: TestNode): LinkState {
    return this.links.findLast((link) => link.peer === other.id)?.state ?? 'closed';
  }

  from(other: TestNode): unknown[] {
    return this.messages.filter((message) => message.from === other.id).map(({ data }) => data);
  }

  #call(work: (transport: Transport) => void): void {
    this.#inside = true;
    work(this.transport);
    this.#inside = false;
  }

  #note(): void {
    if (this.#inside) this.calledInside = true;
  }

  #events(): TransportEvents {
    return {
      message: (from, data) => {
        this.#note();
        this.messages.push({ from, data });
      },
      link: (peer, state, closedByPeer) => {
        this.#note();
        this.links.push({ peer, state, closedByPeer });
      },
      members: (members) => {
        this.#note();
        this.members = members;
      },
      hint: (peer) => this.hints.push(peer),
      coordinator: (state) => {
        this.#note();
        this.coordinator = state;
      },
      refused: ({ reason }) => this.refused.push(reason),
      dropped: (peer, message, why) => {
        this.#note();
        this.dropped.push({ peer, message, why });
      },
    };
  }
}
