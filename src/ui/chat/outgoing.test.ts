import { beforeEach, expect, it, vi } from 'vitest';
import { GatehouseError } from '../../runtime/gatehouse.ts';
import { OutgoingMessages, type Address } from './outgoing.ts';

const LOBBY: Address = { kind: 'room', name: 'Lobby' };
const BOB: Address = { kind: 'user', name: 'Bob' };

let status: { quorum: boolean; pending: number };
let listeners: (() => void)[];
let said: string[];
/** How the next messages fail; undefined for one that is said. */
let failures: (Error | undefined)[];
let outgoing: OutgoingMessages;

beforeEach(() => {
  status = { quorum: true, pending: 0 };
  listeners = [];
  said = [];
  failures = [];
  const speak = async (to: string, text: string): Promise<void> => {
    const failure = failures.shift();
    if (failure) throw failure;
    said.push(`${to}: ${text}`);
  };
  outgoing = new OutgoingMessages({
    chat: { say: speak, tell: speak },
    status: () => status,
    subscribe: (listener) => {
      listeners.push(listener);
      return () => undefined;
    },
  });
});

function become(changes: Partial<typeof status>): void {
  status = { ...status, ...changes };
  for (const listener of listeners) listener();
}

const states = (): string[] => outgoing.messages.map(({ text, state }) => `${text} ${state.phase}`);

it('says one after the other, in rooms and to users', async () => {
  outgoing.send(LOBBY, 'one');
  outgoing.send(BOB, 'two');
  expect(states()).toEqual(['one sending', 'two waiting']);
  await vi.waitFor(() => expect(states()).toEqual([]));
  expect(said).toEqual(['Lobby: one', 'Bob: two']);
});

it('O3: what was withdrawn for want of a leader waits, and goes out when there is one, in order', async () => {
  status.quorum = false;
  failures = [new GatehouseError('no-quorum', true, 'no leader')];
  outgoing.send(LOBBY, 'one');
  outgoing.send(LOBBY, 'two');
  await vi.waitFor(() => expect(states()).toEqual(['one waiting', 'two waiting']));
  become({ pending: 1 });
  expect(said).toEqual([]);
  become({ quorum: true });
  await vi.waitFor(() => expect(said).toEqual(['Lobby: one', 'Lobby: two']));
});

it('never says again what may have been said: the outbox finds out', async () => {
  failures = [new GatehouseError('timeout', false, 'no answer')];
  outgoing.send(LOBBY, 'one');
  status.pending = 1;
  await vi.waitFor(() => expect(states()).toEqual(['one unknown']));
  become({ quorum: true });
  expect(states()).toEqual(['one unknown']);
  become({ pending: 0 });
  expect(states()).toEqual([]);
  expect(said).toEqual([]);
});

it('keeps what was refused until it is taken back, and says why', async () => {
  failures = [new GatehouseError('invalid', true, 'join the room first')];
  outgoing.send(LOBBY, 'one');
  outgoing.send(LOBBY, 'two');
  await vi.waitFor(() => expect(said).toEqual(['Lobby: two']));
  const [message] = outgoing.messages;
  expect(message?.state).toEqual({ phase: 'failed', why: 'join the room first' });
  expect(outgoing.takeBack(message?.number ?? 0)).toBe('one');
  expect(outgoing.messages).toEqual([]);
});
