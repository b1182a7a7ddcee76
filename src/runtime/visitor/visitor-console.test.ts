import { describe, expect, it } from 'vitest';
import { seeded } from '../../core/testing/random.ts';
import { newTicket, type GateMessage, type Ticket } from './messages.ts';
import { MemoryTickets, Street } from './testing/street.contract.ts';
import { VisitorConsole } from './visitor-console.ts';

const NEW: Ticket = newTicket('abcdefgh23456789abcdefgh23456789');

function open(ticket = NEW) {
  const street = new Street();
  const tickets = new MemoryTickets(ticket, street);
  const ports = { gates: street, tickets, clock: street.clock, random: seeded(3) };
  const gatehouse = new VisitorConsole('club', ticket, ports);
  gatehouse.start({ id: 'me2345', priority: 0 });
  return { street, tickets, visitor: gatehouse.visitor, gatehouse };
}

const answer: Extract<GateMessage, { type: 'ANSWER' }> = {
  type: 'ANSWER',
  number: 1,
  allowed: true,
  reason: null,
  operation: 'anna.3',
  index: 9,
  place: { inside: true, at: { generation: 'g1', index: 9 } },
};

describe("the console of a visitor's tab", () => {
  it('tells the phase and the gate, and the outcome as a gate does', async () => {
    const { street, visitor } = open();
    const [gate] = street.open('anna');
    expect(visitor.state()).toEqual({ phase: 'idle', gate: null });
    street.pass(100);
    expect(visitor.state()).toEqual({ phase: 'idle', gate: 'anna' });
    let told = 0;
    const end = visitor.subscribe(() => (told += 1));
    const entering = visitor.enter();
    street.pass(100);
    expect(visitor.state().phase).toBe('entering');
    gate!.say(answer);
    street.pass(100);
    const outcome = { visitor: 'Visitor ABCD-EFGH', allowed: true, operation: 'anna.3', index: 9 };
    expect(await entering).toEqual(outcome);
    expect(told).toBeGreaterThan(0);
    expect(visitor.status()).toMatchObject({
      ...{ phase: 'entered', park: 'club', gateName: 'Gate anna', gates: 1, request: 1 },
      last: { kind: 'decided', wish: 'enter', outcome },
    });
    end();
    const before = told;
    visitor.leave().catch(() => undefined);
    await Promise.resolve();
    expect(told).toBe(before);
    expect(visitor.state().phase).toBe('leaving');
  });

  it('counts what it refuses, by where it came from, and tells of it', async () => {
    const { street, visitor, gatehouse } = open();
    const [gate] = street.open('anna');
    street.pass(100);
    let told = 0;
    visitor.subscribe(() => (told += 1));
    expect(visitor.status().refused).toEqual([]);
    for (let i = 0; i < 2; i++) gate!.say({ type: 'ANSWER', number: 1 } as GateMessage);
    street.pass(100);
    await Promise.resolve();
    expect(told).toBeGreaterThan(0);
    expect(visitor.status().refused).toMatchObject([{ source: 'peer', count: 2, from: 'anna' }]);
    gatehouse.refuse({ source: 'storage', reason: 'ticket: not an object', from: null });
    expect(visitor.status().refused).toMatchObject([
      { source: 'peer', count: 2 },
      { source: 'storage', reason: 'ticket: not an object', count: 1, from: null },
    ]);
  });

  it('V5: rejects with what is known, and finds out by itself', async () => {
    const { street, visitor } = open();
    const failed = async (call: Promise<unknown>): Promise<unknown> =>
      call.then(
        () => Promise.reject(new Error('it was answered')),
        (error: unknown) => error,
      );
    const nobody = failed(visitor.enter());
    street.pass(5100);
    expect(await nobody).toMatchObject({ code: 'no-quorum', definite: true });
    expect(visitor.status()).toMatchObject({ phase: 'idle', last: { kind: 'failed' } });
    const [gate] = street.open('anna');
    street.pass(100);
    const silent = failed(visitor.enter());
    const other = failed(visitor.leave());
    street.pass(5100);
    expect(await silent).toMatchObject({ code: 'timeout', definite: false });
    expect(await other).toMatchObject({ code: 'invalid', definite: true });
    expect(visitor.status()).toMatchObject({ phase: 'entering', last: { kind: 'finding-out' } });
    gate!.say({ ...answer, number: 2 });
    street.pass(100);
    expect(visitor.status()).toMatchObject({ phase: 'entered', last: { kind: 'decided' } });
  });

  it('V9: tells that the door let it out or in, but not while a request is open', async () => {
    const { street, visitor } = open({ ...NEW, number: 1, inside: true });
    const [gate] = street.open('anna');
    street.pass(100);
    let told = 0;
    visitor.subscribe(() => (told += 1));
    const put = (inside: boolean, index: number): void => {
      gate!.say({ type: 'PLACE', place: { inside, at: { generation: 'g1', index } } });
      street.pass(100);
    };
    put(false, 9);
    await Promise.resolve();
    expect(told).toBeGreaterThan(0);
    expect(visitor.status()).toMatchObject({
      phase: 'idle',
      last: { kind: 'at-door', inside: false },
    });
    put(true, 10);
    expect(visitor.status()).toMatchObject({
      phase: 'entered',
      last: { kind: 'at-door', inside: true },
    });
    const leaving = visitor.leave().catch((error: unknown) => error);
    street.pass(5100);
    expect(await leaving).toMatchObject({ code: 'timeout' });
    put(false, 11);
    expect(visitor.status()).toMatchObject({ phase: 'leaving', last: { kind: 'finding-out' } });
  });

  it('V2: says that its ticket is lost', async () => {
    const { street, visitor, tickets } = open();
    tickets.result = 'lost';
    const entering = visitor.enter().catch((error: unknown) => error);
    street.pass(100);
    expect(await entering).toMatchObject({ code: 'storage', definite: true });
    expect(visitor.status()).toMatchObject({
      ...{ phase: 'idle', ticket: 'lost' },
      last: { kind: 'failed' },
    });
  });

  it('V8: says at once that something is open from before, and ends with the page', async () => {
    const { street, visitor, gatehouse } = open({ ...NEW, number: 3, wish: 'leave', inside: true });
    expect(visitor.status()).toMatchObject({ phase: 'leaving', last: { kind: 'finding-out' } });
    const leaving = visitor.leave();
    street.pass(100);
    gatehouse.close();
    await expect(leaving).rejects.toMatchObject({ code: 'terminated', definite: false });
  });
});
