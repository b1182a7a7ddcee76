import { describe, expect, it } from 'vitest';
import { seeded } from '../../core/testing/random.ts';
import { newTicket, type GateMessage, type Ticket } from './messages.ts';
import type { Position } from './place.ts';
import { MemoryTickets, Street, type PlayedGate } from './testing/street.contract.ts';
import { Visitor, type VisitAnswer } from './visitor.ts';

const TAB = 'abcdefgh23456789abcdefgh23456789';
const NEW: Ticket = newTicket(TAB);

function at(index: number, generation = 'g1'): Position {
  return { generation, index };
}

/** A visitor's tab, what it was told, and the street that it stands in. */
class Scene {
  readonly street = new Street();
  readonly tickets: MemoryTickets;
  readonly answers: VisitAnswer[] = [];
  readonly settled: VisitAnswer[] = [];
  readonly refused: string[] = [];
  /** Where the door has put it. */
  readonly moves: boolean[] = [];
  visitor: Visitor;

  constructor(ticket: Ticket = NEW) {
    this.tickets = new MemoryTickets(ticket, this.street);
    this.visitor = this.#open();
  }

  #open(): Visitor {
    const ports = {
      gates: this.street,
      tickets: this.tickets,
      clock: this.street.clock,
      random: seeded(7),
    };
    const visitor = new Visitor(this.tickets.stored, ports, {
      changed: () => undefined,
      settled: (_wish, answer) => this.settled.push(answer),
      moved: (inside) => this.moves.push(inside),
      refused: (reason) => this.refused.push(reason),
    });
    visitor.start({ id: 'me2345', priority: 0 });
    return visitor;
  }

  ask(wish: 'enter' | 'leave'): void {
    this.visitor.request(wish, (answer) => this.answers.push(answer));
  }

  /** The page is gone from one moment to the next, and is opened again. */
  reopen(): void {
    this.street.close();
    this.visitor = this.#open();
  }
}

/** To somebody who asked to enter. */
function answer(
  number: number,
  more: Partial<Extract<GateMessage, { type: 'ANSWER' }>> = {},
): GateMessage {
  const told = {
    ...{ type: 'ANSWER', number, allowed: true, reason: null, operation: 'gate.1', index: 5 },
    place: { inside: more.allowed ?? true, at: at(5) },
  };
  return { ...told, ...more } as GateMessage;
}

function only(gates: readonly PlayedGate[]): PlayedGate {
  return gates[0]!;
}

/** Anna is open, and serves this visitor. */
function served(ticket?: Ticket): [Scene, PlayedGate] {
  const scene = new Scene(ticket);
  const gate = only(scene.street.open('anna'));
  scene.street.pass(100);
  return [scene, gate];
}

describe('V2: the ticket', () => {
  it('is on the disk before the request goes out', () => {
    const [scene, gate] = served();
    scene.tickets.hangs = true;
    scene.ask('enter');
    scene.street.pass(1000);
    expect(gate.asked).toEqual([]);
  });

  it('counts requests, and has one open at a time', () => {
    const [scene, gate] = served();
    scene.ask('enter');
    scene.ask('leave');
    expect(scene.answers).toMatchObject([{ ok: false, code: 'invalid', definite: true }]);
    scene.street.pass(100);
    expect(scene.tickets.stored).toEqual({ ...NEW, number: 1, wish: 'enter' });
    expect(gate.asked).toEqual([
      { type: 'ASK', tab: TAB, number: 1, wish: 'enter', visitor: 'Visitor ABCD-EFGH' },
    ]);
    gate.say(answer(1));
    scene.street.pass(100);
    expect(scene.answers.at(-1)).toMatchObject({ ok: true, allowed: true, index: 5 });
    expect(scene.tickets.stored).toEqual({ ...NEW, number: 1, inside: true, known: at(5) });
    scene.ask('leave');
    scene.street.pass(100);
    expect(gate.asked.map(({ number, wish }) => `${number} ${wish}`)).toEqual([
      '1 enter',
      '2 leave',
    ]);
  });

  it('that cannot be written is asked of nobody, for sure', () => {
    const scene = new Scene();
    const gate = only(scene.street.open('anna'));
    scene.tickets.result = 'failed';
    scene.street.pass(100);
    scene.ask('enter');
    scene.street.pass(6000);
    expect(scene.answers).toMatchObject([{ ok: false, code: 'storage', definite: true }]);
    expect(gate.asked).toEqual([]);
    expect(scene.visitor.wish).toBeNull();
  });
});

describe("V2: a ticket that is another page's by now", () => {
  it('is asked with no more, and whoever asks is told that nothing was asked', () => {
    const [scene, gate] = served();
    scene.tickets.result = 'lost';
    scene.ask('enter');
    scene.street.pass(100);
    expect(scene.answers).toMatchObject([{ ok: false, code: 'storage', definite: true }]);
    expect(scene.visitor.isLost).toBe(true);
    expect(scene.visitor.gate).toBeNull();
    scene.ask('leave');
    expect(scene.answers.at(-1)).toMatchObject({ ok: false, code: 'storage', definite: true });
    scene.street.pass(6000);
    expect(gate.asked).toEqual([]);
    expect(scene.tickets.stored).toEqual(NEW);
  });

  it('is noticed when a gate tells of another place, and nothing is said for it any more', () => {
    const [scene, gate] = served();
    scene.tickets.result = 'lost';
    gate.say({ type: 'PLACE', place: { inside: true, at: at(3) } });
    scene.street.pass(100);
    expect(scene.visitor.isLost).toBe(true);
    const heard = gate.heard.length;
    scene.street.pass(10_000);
    expect(gate.heard).toHaveLength(heard);
  });

  it('while a request is open: its answer is waited for first', () => {
    const [scene, gate] = served();
    scene.ask('enter');
    scene.street.pass(100);
    scene.tickets.result = 'lost';
    gate.say({ type: 'PLACE', place: { inside: false, at: at(3) } });
    scene.street.pass(100);
    expect(scene.visitor.isLost).toBe(false);
    gate.say(answer(1));
    scene.street.pass(100);
    expect(scene.answers).toMatchObject([{ ok: true, allowed: true }]);
    expect(scene.visitor.isLost).toBe(true);
  });

  it('can not be taken back from: the other page may ask on', () => {
    const scene = new Scene();
    scene.ask('enter');
    scene.street.pass(100);
    scene.tickets.result = 'lost';
    scene.street.pass(5100);
    expect(scene.answers).toMatchObject([{ ok: false, code: 'storage', definite: false }]);
    expect(scene.visitor.isLost).toBe(true);
  });
});

describe('V4: a visitor asks one gate after the other, under the same number', () => {
  function asked(gates: readonly PlayedGate[]): string[] {
    return gates.flatMap((gate) => gate.asked.map(({ number }) => `${gate.peer.id} ${number}`));
  }

  it.each<[string, (gate: PlayedGate) => void]>([
    ['whose tab is gone', (gate) => gate.die()],
    ['that answers no PROBE', (gate) => (gate.answersProbes = false)],
    [
      'that can decide nothing',
      (gate) => gate.say({ type: 'DECLINED', number: 1, reason: 'no-quorum', definite: true }),
    ],
    [
      'whose own node does not know',
      (gate) => gate.say({ type: 'DECLINED', number: 1, reason: 'failed', definite: false }),
    ],
  ])('when it meets a gate %s', (_what, fail) => {
    const scene = new Scene();
    const gates = scene.street.open('anna', 'bert');
    scene.street.pass(100);
    scene.ask('enter');
    scene.street.pass(100);
    const first = gates.find((gate) => gate.asked.length > 0)!;
    const other = gates.find((gate) => gate !== first)!;
    fail(first);
    scene.street.pass(2500);
    expect(asked([first, other])).toEqual([`${first.peer.id} 1`, `${other.peer.id} 1`]);
    expect(scene.answers).toEqual([]);
    other.say(answer(1));
    scene.street.pass(100);
    expect(scene.answers).toMatchObject([{ ok: true, allowed: true }]);
  });

  it('and goes on to another one that serves too many', () => {
    const scene = new Scene();
    scene.street.onLink = (gate) => {
      if (gate.peer.id === 'anna') gate.say({ type: 'BUSY' });
      else gate.welcome();
    };
    scene.street.open('anna', 'bert');
    scene.street.pass(1000);
    expect(scene.visitor.gate?.id).toBe('bert');
  });

  it('and comes back to the only one there is', () => {
    const [scene, gate] = served();
    scene.ask('enter');
    scene.street.pass(100);
    gate.say({ type: 'DECLINED', number: 1, reason: 'no-quorum', definite: true });
    scene.street.pass(1000);
    expect(gate.asked).toHaveLength(2);
  });

  it('and takes no answer to another request', () => {
    const [scene, gate] = served();
    scene.ask('enter');
    scene.street.pass(100);
    gate.say(answer(2));
    gate.say({ type: 'ANSWER', number: 1 } as GateMessage);
    scene.street.pass(100);
    expect(scene.answers).toEqual([]);
    expect(scene.refused).toHaveLength(1);
  });
});

describe('V5: after 5 s', () => {
  it('a request that no gate has is withdrawn, for sure and for ever', () => {
    const scene = new Scene();
    scene.ask('enter');
    scene.street.pass(4900);
    expect(scene.answers).toEqual([]);
    scene.street.pass(200);
    expect(scene.answers).toMatchObject([{ ok: false, code: 'no-quorum', definite: true }]);
    expect(scene.tickets.stored).toEqual({ ...NEW, number: 1 });
    const gate = only(scene.street.open('anna'));
    scene.street.pass(1000);
    expect(gate.asked).toEqual([]);
  });

  it('so is one that every gate has declined for sure', () => {
    const scene = new Scene();
    const gate = only(scene.street.open('anna'));
    gate.onAsk = () =>
      gate.say({ type: 'DECLINED', number: 1, reason: 'no-quorum', definite: true });
    scene.ask('enter');
    scene.street.pass(5100);
    expect(gate.asked.length).toBeGreaterThan(5);
    expect(scene.answers).toMatchObject([{ ok: false, code: 'no-quorum', definite: true }]);
    expect(scene.tickets.stored).toEqual({ ...NEW, number: 1 });
  });

  it('one that a gate may have handed on is asked on until it is known', () => {
    const scene = new Scene();
    const [gate] = scene.street.open('anna');
    scene.street.pass(100);
    scene.ask('enter');
    scene.street.pass(5100);
    expect(scene.answers).toMatchObject([{ ok: false, code: 'timeout', definite: false }]);
    expect(scene.visitor.wish).toBe('enter');
    gate!.die();
    const other = only(scene.street.open('bert'));
    scene.street.pass(1000);
    expect(other.asked).toMatchObject([{ number: 1, wish: 'enter' }]);
    other.say(answer(1, { allowed: false, reason: 'full' }));
    scene.street.pass(100);
    expect(scene.settled).toMatchObject([{ ok: true, allowed: false, reason: 'full' }]);
    expect(scene.tickets.stored).toEqual({ ...NEW, number: 1, known: at(5) });
  });

  it('a copy that a gate has kept is not undone by its later no', () => {
    const [scene, gate] = served();
    scene.ask('enter');
    scene.street.pass(100);
    // The link breaks while the first copy is in its outbox; asked again, it has no quorum.
    scene.street.events?.ended('anna');
    scene.street.pass(3500);
    expect(gate.asked).toHaveLength(2);
    gate.say({ type: 'DECLINED', number: 1, reason: 'no-quorum', definite: true });
    gate.die();
    scene.street.pass(2000);
    expect(scene.answers).toMatchObject([{ ok: false, code: 'timeout', definite: false }]);
  });
});

describe('V8: a page that is opened again', () => {
  it('goes on asking what was open, under its number, and never takes it back', () => {
    const scene = new Scene();
    only(scene.street.open('anna'));
    scene.street.pass(100);
    scene.ask('enter');
    scene.street.pass(100);
    scene.reopen();
    expect(scene.visitor.wish).toBe('enter');
    scene.street.pass(20_000);
    expect(scene.visitor.wish).toBe('enter');
    const other = only(scene.street.open('bert'));
    scene.street.onLink = (gate) => gate.welcome();
    scene.street.pass(10_000);
    const [asked] = other.asked;
    if (asked) expect(asked).toMatchObject({ number: 1, wish: 'enter' });
    expect(scene.visitor.gate).not.toBeNull();
  });

  it('asks nothing when nothing was open, and goes on counting', () => {
    const scene = new Scene({ ...NEW, number: 4, inside: true });
    const gate = only(scene.street.open('anna'));
    scene.street.pass(1000);
    expect(gate.asked).toEqual([]);
    scene.ask('leave');
    scene.street.pass(100);
    expect(gate.asked).toMatchObject([{ number: 5, wish: 'leave' }]);
    gate.say(answer(5, { allowed: false, reason: 'not-inside' }));
    scene.street.pass(100);
    expect(scene.visitor.ticket).toEqual({ ...NEW, number: 5, known: at(5) });
  });
});

describe('V9: whom the door lets out or in', () => {
  const INSIDE: Ticket = { ...NEW, number: 1, inside: true, known: at(5) };

  function put(inside: boolean, ...where: Parameters<typeof at>): GateMessage {
    return { type: 'PLACE', place: { inside, at: at(...where) } };
  }

  it('shows its ticket to each gate that serves it, and to none while a request is open', () => {
    const scene = new Scene(INSIDE);
    const [gate] = scene.street.open('anna');
    scene.street.pass(100);
    const shown = { type: 'SHOW', tab: TAB, visitor: 'Visitor ABCD-EFGH' };
    expect(gate!.heard).toEqual([{ ...shown, inside: true, known: at(5) }]);
    scene.ask('leave');
    gate!.die();
    const [other] = scene.street.open('bert');
    scene.street.pass(3000);
    expect(other!.heard.map(({ type }) => type)).toContain('ASK');
    expect(other!.heard.map(({ type }) => type)).not.toContain('SHOW');
  });

  it('is told, shows it, and keeps it', () => {
    const [scene, gate] = served(INSIDE);
    gate.say(put(false, 8));
    scene.street.pass(100);
    expect(scene.visitor.ticket).toEqual({ ...INSIDE, inside: false, known: at(8) });
    expect(scene.tickets.stored).toEqual({ ...INSIDE, inside: false, known: at(8) });
    gate.say(put(true, 9));
    scene.street.pass(100);
    expect(scene.visitor.ticket.inside).toBe(true);
    expect(scene.moves).toEqual([false, true]);
  });

  it('takes back nothing that is known already, but in another generation', () => {
    const [scene, gate] = served(INSIDE);
    gate.say(put(false, 4));
    scene.street.pass(100);
    expect(scene.visitor.ticket).toEqual(INSIDE);
    gate.say(put(false, 2, 'g2'));
    scene.street.pass(100);
    expect(scene.visitor.ticket).toEqual({ ...INSIDE, inside: false, known: at(2, 'g2') });
    expect(scene.moves).toEqual([false]);
  });

  it('goes by the place in an answer that the log has left behind, and by no answer to an older request', () => {
    const [scene, gate] = served();
    scene.ask('enter');
    scene.street.pass(100);
    // Decided over another gate; then the door let it out.
    gate.say(answer(1, { index: 9, place: { inside: false, at: at(9) } }));
    scene.street.pass(100);
    expect(scene.answers).toMatchObject([{ ok: true, allowed: true }]);
    expect(scene.visitor.ticket).toEqual({ ...NEW, number: 1, known: at(9) });
    expect(scene.moves).toEqual([false]);
    gate.say(answer(1));
    scene.street.pass(100);
    expect(scene.visitor.ticket.inside).toBe(false);
  });

  it('keeps the place that it knows when an answer tells one from before', () => {
    const [scene, gate] = served(INSIDE);
    scene.ask('leave');
    scene.street.pass(100);
    gate.say(put(false, 8));
    scene.street.pass(100);
    const before = { inside: true, at: at(7) };
    gate.say(answer(2, { allowed: false, reason: 'not-inside', index: 7, place: before }));
    scene.street.pass(100);
    const kept = { ...INSIDE, number: 2, inside: false, known: at(8) };
    expect(scene.visitor.ticket).toEqual(kept);
    expect(scene.tickets.stored).toEqual(kept);
    expect(scene.visitor.wish).toBeNull();
    expect(scene.moves).toEqual([false]);
  });

  it('loses no open request over it, and the answer counts', () => {
    const [scene, gate] = served(INSIDE);
    scene.ask('leave');
    scene.street.pass(100);
    gate.say(put(false, 8));
    scene.street.pass(100);
    const open = { ...INSIDE, number: 2, wish: 'leave', inside: false, known: at(8) };
    expect(scene.tickets.stored).toEqual(open);
    expect(scene.visitor.wish).toBe('leave');
    const place = { inside: false, at: at(9) };
    gate.say(answer(2, { allowed: false, reason: 'not-inside', place }));
    scene.street.pass(100);
    expect(scene.answers).toMatchObject([{ ok: true, allowed: false, reason: 'not-inside' }]);
    expect(scene.tickets.stored).toEqual({ ...open, wish: null, known: at(9) });
  });

  it('writes nothing of it before a new request is on the disk, so that one that failed stays undone', () => {
    const [scene, gate] = served(INSIDE);
    scene.tickets.stops = true;
    scene.ask('leave');
    gate.say(put(false, 8));
    scene.street.pass(100);
    expect(scene.tickets.waiting).toBe(1);
    scene.tickets.goOn('failed');
    scene.street.pass(100);
    expect(scene.answers).toMatchObject([{ ok: false, code: 'storage', definite: true }]);
    const kept = { ...INSIDE, number: 2, inside: false, known: at(8) };
    expect(scene.tickets.stored).toEqual(kept);
    expect(gate.asked).toEqual([]);
  });
});
