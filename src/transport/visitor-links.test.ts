import { describe, expect, it } from 'vitest';
import type { Identity, NodeId } from '../core/identity.ts';
import { LinkGates } from './gate-links.ts';
import type { CoordinatorEvents, LinkEvents, LinkLayer, SendResult } from './links.ts';
import { TestClock } from './test-clock.ts';
import { LinkReception } from './visitor-links.ts';
import type { WireMessage } from './wire.ts';

/** A link layer of which the test is the other side. */
class FakeLinks implements LinkLayer {
  events: LinkEvents | null = null;
  readonly done: string[] = [];
  readonly sent: { peer: NodeId; message: WireMessage }[] = [];

  start(_self: NodeId, events: LinkEvents): void {
    this.events = events;
  }

  connect(peer: NodeId): void {
    this.done.push(`connect ${peer}`);
  }

  nudge(): void {
    // There is nothing to hurry.
  }

  relax(): void {
    throw new Error('a visitor looks for another gate');
  }

  release(): void {
    throw new Error('a visitor keeps its link or ends it');
  }

  disconnect(peer: NodeId): void {
    this.done.push(`disconnect ${peer}`);
  }

  send(peer: NodeId, message: WireMessage): SendResult {
    this.sent.push({ peer, message });
    return 'sent';
  }

  signal(from: NodeId): boolean {
    this.done.push(`signal of ${from}`);
    return true;
  }

  close(): void {
    this.done.push('close');
  }
}

const ANNA: Identity = { id: 'anna', priority: 1 };
const BERT: Identity = { id: 'bert', priority: 2 };

function data(source: NodeId, target: NodeId, body: unknown, hops = 0) {
  return { kind: 'data', source, target, hops, body };
}

describe("V1: a gate's links with visitors", () => {
  function reception() {
    const links = new FakeLinks();
    const told: string[] = [];
    const signal = (to: NodeId): boolean => {
      told.push(`signal to ${to}`);
      return true;
    };
    const made = new LinkReception({ links, clock: new TestClock(), signal });
    made.start('anna', {
      arrived: (visitor) => told.push(`arrived ${visitor}`),
      departed: (visitor) => told.push(`departed ${visitor}`),
      message: (visitor, message) => told.push(`${visitor} says ${JSON.stringify(message)}`),
      refused: (reason, visitor) => told.push(`refused of ${visitor ?? '-'}: ${reason}`),
    });
    return { links, told, reception: made };
  }

  it('carry what the two ends say', () => {
    const { links, told, reception: made } = reception();
    made.signal('visi', 'offer');
    links.events?.up('visi');
    links.events?.received('visi', data('visi', 'anna', { type: 'PROBE' }));
    made.send('visi', { type: 'GOT_IT' });
    links.events?.down('visi', true);
    expect(told).toEqual(['arrived visi', 'visi says {"type":"PROBE"}', 'departed visi']);
    expect(links.sent).toEqual([
      { peer: 'visi', message: data('anna', 'visi', { type: 'GOT_IT' }) },
    ]);
    expect(links.done).toEqual(['signal of visi']);
    expect(links.events?.signal('visi', 'answer', 'peers')).toBe(true);
  });

  it.each<[string, unknown]>([
    ['for a gate behind this one', data('visi', 'bert', 1)],
    ['in the name of somebody else', data('bert', 'anna', 1)],
    ['that was passed on', data('visi', 'anna', 1, 1)],
    ['about routing', { kind: 'neighbours', adverts: [] }],
    ['of a gate that goes', { kind: 'bye' }],
    ['that is none', 'PROBE'],
  ])('carry no message %s', (_what, message) => {
    const { links, told } = reception();
    links.events?.up('visi');
    links.events?.received('visi', message);
    expect(told).toHaveLength(2);
    expect(told[1]).toContain('refused of visi');
  });

  it('end for good with the page', () => {
    const { links, told, reception: made } = reception();
    links.events?.up('visi');
    made.dismiss('visi');
    made.close();
    made.send('visi', 1);
    made.signal('visi', 'offer');
    links.events?.up('other');
    expect(links.done).toEqual(['disconnect visi', 'close']);
    expect(links.sent).toEqual([]);
    expect(told).toEqual(['arrived visi']);
  });
});

/** The way of `visi`, what it was told, and the coordinator that the test plays. */
function way() {
  const links = new FakeLinks();
  const told: string[] = [];
  let server: CoordinatorEvents | undefined;
  const coordinator = {
    start: (_self: Identity, events: CoordinatorEvents) => (server = events),
    signal: () => true,
    list: () => undefined,
    close: () => undefined,
  };
  const gates = new LinkGates({ links, coordinator, clock: new TestClock() });
  gates.start(
    { id: 'visi', priority: 0 },
    {
      listed: (list) => told.push(`listed ${list.map(({ id }) => id).join(' ')}`),
      hint: (gate) => told.push(`hint ${gate}`),
      coordinator: (state) => told.push(state),
      opened: (gate) => told.push(`opened ${gate}`),
      ended: (gate) => told.push(`ended ${gate}`),
      message: (gate, message) => told.push(`${gate} says ${JSON.stringify(message)}`),
      refused: (reason) => told.push(`refused ${reason}`),
    },
  );
  if (server === undefined) throw new Error('the coordinator was not started');
  return { gates, links, told, server };
}

describe("a visitor's way to gates", () => {
  it('knows which there are, and links to the one that is asked for', () => {
    const { gates, links, told, server } = way();
    server.state('connected');
    server.arrived([BERT]);
    server.members([ANNA]);
    server.joined(BERT);
    server.gone('anna');
    gates.link('bert');
    links.events?.up('bert');
    links.events?.received('bert', data('bert', 'visi', 7));
    links.events?.received('bert', data('anna', 'visi', 8));
    gates.send('bert', { type: 'PROBE' });
    gates.unlink('bert');
    expect(told).toEqual([
      'connected',
      ...['listed bert', 'listed anna', 'listed anna bert', 'hint anna', 'listed bert'],
      ...['opened bert', 'bert says 7', 'refused visitor: data for somebody else'],
    ]);
    expect(links.done).toEqual(['connect bert', 'disconnect bert']);
    expect(links.sent).toEqual([
      { peer: 'bert', message: data('visi', 'bert', { type: 'PROBE' }) },
    ]);
  });

  it('lists a bounded number of them, however many a server tells of', () => {
    const { told, server } = way();
    for (let n = 0; n < 300; n++) server.joined({ id: `gate${n}`, priority: 0 });
    const refused = told.filter((line) => line.startsWith('refused'));
    expect(refused).toHaveLength(44);
    expect(refused[0]).toBe('refused more gates than a park can have');
    expect(told.filter((line) => line.startsWith('listed'))).toHaveLength(256);
    server.gone('gate0');
    server.joined({ id: 'gate299', priority: 0 });
    expect(told.at(-1)).toMatch(/^listed gate1 .* gate299$/);
  });
});
