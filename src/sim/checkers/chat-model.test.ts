import { describe, expect, it } from 'vitest';
import { ChatModel, readChatAction, readChatAnswer } from './chat-model.ts';

const LOCK = { salt: 's', iterations: 1, check: { kind: 'sealed', iv: 'i', data: 'd' } };

function model(...asked: readonly (readonly [from: string, body: object])[]): {
  model: ChatModel;
  answers: string[];
} {
  const made = new ChatModel();
  made.viewed('lamport', 1);
  made.viewed('lamport', 2);
  const answers = asked.map(([from, body], i) => {
    const action = readChatAction({ machine: 'chat', ...body });
    return action ? made.apply(from, action, i + 2) : 'nothing';
  });
  return { model: made, answers };
}

const register = (name: string): object => ({ kind: 'register', name, key: null });
const join = (room: string, lock: object | null = null): object => ({ kind: 'join', room, lock });
const say = (room: string, kind = 'plain'): object => ({ kind: 'say', room, text: { kind } });
const tell = (to: string): object => ({ kind: 'tell', to, text: { kind: 'sealed' } });

describe('the model of the chat', () => {
  it('C1: a name is the first one’s, for good', () => {
    const { model: chat, answers } = model(
      ['anna', register('Ada')],
      ['bert', register('Ada')],
      ['anna', register('Bea')],
      ['bert', register('Ada')],
      ['anna', register('Ada')],
    );
    expect(answers).toEqual(['allowed', 'taken', 'allowed', 'taken', 'allowed']);
    expect([...chat.owners]).toEqual([
      ['Ada', 'anna'],
      ['Bea', 'anna'],
    ]);
    const many = Array.from({ length: 9 }, (_, i) => ['anna', register(String(i))] as const);
    expect(model(...many).answers.at(-1)).toBe('too-many');
  });

  it('C2: who joins shows the lock of the first', () => {
    const other = { ...LOCK, salt: 't' };
    const reordered = { check: LOCK.check, iterations: 1, salt: 's' };
    const { answers } = model(
      ['anna', join('red')],
      ['anna', register('Ada')],
      ['anna', join('red', LOCK)],
      ['anna', join('red')],
      ['anna', join('red', other)],
      ['anna', join('red', reordered)],
      ['anna', register('red')],
      ['anna', join('Ada')],
    );
    expect(answers).toEqual([
      'unregistered',
      'allowed',
      'allowed',
      'other-lock',
      'other-lock',
      'allowed',
      'taken',
      'taken',
    ]);
  });

  it('C3, C4: what is said by whom, and stands where', () => {
    const { model: chat, answers } = model(
      ['anna', register('Ada')],
      ['anna', say('red')],
      ['anna', join('red')],
      ['bert', say('red')],
      ['anna', say('red', 'sealed')],
      ['anna', say('red')],
      ['anna', tell('bert')],
      ['bert', tell('anna')],
      ['anna', tell('anna')],
    );
    expect(answers).toEqual([
      ...['allowed', 'no-room', 'allowed', 'not-joined', 'wrong-form', 'allowed'],
      ...['no-user', 'unregistered', 'allowed'],
    ]);
    expect([...chat.said]).toEqual([
      ['#red', ['7 anna {"kind":"plain"}']],
      ['@anna anna', ['10 anna {"kind":"sealed"}']],
    ]);
  });

  it('C9: a room of the multicast has its messages by view, number, and log; and takes no others', () => {
    const ordered = (order: string): object => ({
      kind: 'join-ordered',
      room: 'red',
      lock: null,
      order,
    });
    const sayAt = (view: number, number: number): object => {
      const text = { kind: 'plain' };
      return { kind: 'say-ordered', room: 'red', text, position: { view, number } };
    };
    const { model: chat, answers } = model(
      ['anna', register('Ada')],
      ['anna', ordered('lamport')],
      ['anna', ordered('log')],
      ['anna', join('red')],
      ['anna', sayAt(2, 1)],
      ['anna', sayAt(1, 10)],
      ['anna', sayAt(1, 9)],
      ['anna', sayAt(2, 1)],
      ['anna', say('red')],
      ['anna', join('blue')],
      ['anna', { ...sayAt(1, 1), room: 'blue' }],
      ['anna', sayAt(3, 1)],
    );
    expect(answers).toEqual([
      ...['allowed', 'allowed', 'other-order', 'allowed', 'allowed', 'allowed', 'allowed'],
      ...['allowed', 'wrong-order', 'allowed', 'wrong-order', 'no-view'],
    ]);
    const lines = chat.said.get('#red') ?? [];
    expect(lines.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      '8 anna 1.9',
      '7 anna 1.10',
      '6 anna 2.1',
      '9 anna 2.1',
    ]);
  });

  it('reads nothing into what is no operation, and no answer', () => {
    for (const body of [null, 7, {}, { machine: 'park' }, { machine: 'chat', kind: 'fly' }])
      expect(readChatAction(body)).toBeNull();
    expect(readChatAction({ machine: 'chat', kind: 'shout', room: 'red' })).toBeNull();
    for (const outcome of [null, {}, { allowed: false }, { allowed: 1 }])
      expect(readChatAnswer(outcome)).toBeNull();
    expect(readChatAnswer({ allowed: false, reason: 'taken' })).toBe('taken');
  });
});
