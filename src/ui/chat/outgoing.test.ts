import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { GatehouseError } from '../../runtime/gatehouse.ts';
import { GRACE_MS, OutgoingMessages, type Address } from './outgoing.ts';

const LOBBY: Address = { kind: 'room', name: 'Lobby' };
const BOB: Address = { kind: 'user', name: 'Bob' };

let status: { id: string; quorum: boolean; pending: number };
let listeners: (() => void)[];
/** The log: `place: text`. */
let said: string[];
/** How the next messages fail; undefined for one that is said. */
let failures: (Error | undefined)[];
let outgoing: OutgoingMessages;

beforeEach(() => {
  status = { id: 'anna', quorum: true, pending: 0 };
  listeners = [];
  said = [];
  failures = [];
  const speak = async (to: string, text: string): Promise<void> => {
    const failure = failures.shift();
    if (failure) throw failure;
    said.push(`${to}: ${text}`);
  };
  outgoing = new OutgoingMessages({
    chat: {
      say: speak,
      tell: speak,
      history: (place) => inLog(place).map(({ text }) => ({ from: 'Anna', text, at: 0 })),
      records: (place) => inLog(place).map(({ index }) => ({ index, from: 'anna', sealed: null })),
    },
    status: () => status,
    subscribe: (listener) => {
      listeners.push(listener);
      return () => undefined;
    },
  });
});

afterEach(() => vi.useRealTimers());

function inLog(place: string): { index: number; text: string }[] {
  return said.flatMap((entry, at) => {
    const [to, text = ''] = entry.split(': ');
    return to === place ? [{ index: at + 1, text }] : [];
  });
}

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

/** Sends what nobody answers in time: the outbox has it. */
async function sendUnknown(...texts: string[]): Promise<void> {
  failures = texts.map(() => new GatehouseError('timeout', false, 'no answer'));
  status.pending = texts.length;
  for (const text of texts) outgoing.send(LOBBY, text);
  await vi.waitFor(() => expect(states()).toEqual(texts.map((text) => `${text} unknown`)));
}

it('never says again what may have been said: it is there when the history has it', async () => {
  said = ['Lobby: one'];
  await sendUnknown('one');
  become({ quorum: true });
  expect(states()).toEqual(['one unknown']);
  said.push('Lobby: one');
  become({ pending: 0 });
  expect(states()).toEqual([]);
  expect(said).toEqual(['Lobby: one', 'Lobby: one']);
});

it('tells what the outbox is done with and the history does not have, and gives it back', async () => {
  vi.useFakeTimers();
  await sendUnknown('one');
  // The leader says so before the entry is here.
  become({ pending: 0 });
  await vi.advanceTimersByTimeAsync(GRACE_MS - 1);
  expect(states()).toEqual(['one unknown']);
  await vi.advanceTimersByTimeAsync(1);
  expect(states()).toEqual(['one missing']);
  expect(outgoing.takeBack(1)).toMatchObject({ to: LOBBY, text: 'one' });
  expect(states()).toEqual([]);
});

it('tells nothing of the kind while there is no leader, and believes a history that comes late', async () => {
  vi.useFakeTimers();
  await sendUnknown('one');
  become({ pending: 0 });
  become({ quorum: false });
  await vi.advanceTimersByTimeAsync(GRACE_MS);
  expect(states()).toEqual(['one unknown']);
  become({ quorum: true });
  await vi.advanceTimersByTimeAsync(GRACE_MS);
  expect(states()).toEqual(['one missing']);
  said.push('Lobby: one');
  become({});
  expect(states()).toEqual([]);
});

it('takes one entry for one message, also where two have the same text', async () => {
  vi.useFakeTimers();
  await sendUnknown('one', 'one');
  said.push('Lobby: one');
  become({ pending: 0 });
  await vi.advanceTimersByTimeAsync(GRACE_MS);
  expect(states()).toEqual(['one missing']);
});

it('counts what stands in this page alone', async () => {
  status.quorum = false;
  failures = [new GatehouseError('no-quorum', true, 'no leader')];
  outgoing.send(LOBBY, 'one');
  expect(outgoing.unsaved).toBe(1);
  await vi.waitFor(() => expect(states()).toEqual(['one waiting']));
  expect(outgoing.unsaved).toBe(1);
  become({ quorum: true });
  await vi.waitFor(() => expect(outgoing.unsaved).toBe(0));
});

it('keeps what was refused until it is taken back, and says why', async () => {
  failures = [new GatehouseError('invalid', true, 'join the room first')];
  outgoing.send(LOBBY, 'one');
  outgoing.send(LOBBY, 'two');
  await vi.waitFor(() => expect(said).toEqual(['Lobby: two']));
  const [message] = outgoing.messages;
  expect(message?.state).toEqual({ phase: 'failed', why: 'join the room first' });
  expect(outgoing.takeBack(message?.number ?? 0)?.text).toBe('one');
  expect(outgoing.messages).toEqual([]);
});
