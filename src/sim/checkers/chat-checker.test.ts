import { describe, expect, it } from 'vitest';
import { checkChat } from './chat-checker.ts';
import { ChatLedger } from './chat-ledger.ts';
import { ChatModel } from './chat-model.ts';

const PLAIN = { kind: 'plain', text: 'hello' };
const ADA = { node: 'anna', names: ['Ada'] };
const VIEWS = { sequencer: 0, lamport: 3 };
const RED = { name: 'red', order: 'log', members: ['anna'] };

function due(): ChatModel {
  const model = new ChatModel();
  model.viewed('lamport', 3);
  model.apply('anna', { kind: 'register', name: 'Ada' }, 2);
  model.apply('anna', { kind: 'join', room: 'red', lock: null, order: null }, 3);
  const text = JSON.stringify(PLAIN);
  model.apply('anna', { kind: 'say', room: 'red', text, sealed: false, position: null }, 4);
  return model;
}

const said = (...rows: unknown[]): unknown => [['#red', rows]];
const snapshot = (changes: object = {}): unknown => ({
  chat: {
    users: [ADA],
    rooms: [RED],
    histories: said([4, 'anna', 9, PLAIN]),
    views: VIEWS,
    ...changes,
  },
});
const check = (changes: object) => () => checkChat(snapshot(changes), due(), 'anna');

describe('the chat of a node', () => {
  it('C1 to C4: is as its log makes it', () => {
    expect(check({})).not.toThrow();
  });

  it('C1: a name has one owner, the first', () => {
    const bob = { node: 'bert', names: ['Ada'] };
    expect(check({ users: [ADA, bob] })).toThrow('C1');
    expect(check({ users: [bob] })).toThrow('C1');
    expect(check({ users: [] })).toThrow('C1');
    expect(check({ rooms: [] })).toThrow('C1');
  });

  it('C2: somebody else has joined', () => {
    expect(check({ rooms: [{ ...RED, members: ['anna', 'bert'] }] })).toThrow('C2');
  });

  it('C9: a room has another order', () => {
    expect(check({ rooms: [{ ...RED, order: 'lamport' }] })).toThrow('C9');
    expect(check({ rooms: [{ ...RED, order: undefined }] })).toThrow('C9: anna has nothing');
    expect(check({ histories: said([4, 'anna', 9, PLAIN, 1, 1]) })).toThrow('C4');
  });

  it('C9: another view is the newest', () => {
    expect(check({ views: { sequencer: 0, lamport: 2 } })).toThrow('C9');
    expect(check({ views: { sequencer: 1, lamport: 3 } })).toThrow('C9');
  });

  it('C4: a message is lost, doubled, changed, or another one’s', () => {
    const row = [4, 'anna', 9, PLAIN];
    for (const histories of [
      [],
      said(row, row),
      said([5, 'anna', 9, PLAIN]),
      said([4, 'bert', 9, PLAIN]),
      said([4, 'anna', 9, { ...PLAIN, text: 'bye' }]),
      [['#blue', [row]]],
    ])
      expect(check({ histories })).toThrow('C4');
  });
});

describe('what people were told', () => {
  const body = { machine: 'chat', kind: 'say', room: 'red', text: PLAIN };
  const holds = (): boolean => true;
  const judge = (result: 'open' | 'fail' | 'allowed' | 'refused', ...histories: unknown[]) => {
    const ledger = new ChatLedger();
    ledger.asked('anna.1', body).result = result;
    ledger.asked('anna.2', { machine: 'chat', kind: 'join', room: 'red' });
    const nodes = histories.map((one, i) => [`node ${i}`, snapshot({ histories: one })] as const);
    return () => {
      ledger.judge(nodes, holds);
    };
  };
  const once = said([4, 'anna', 9, PLAIN]);
  const twice = said([4, 'anna', 9, PLAIN], [7, 'anna', 9, PLAIN]);

  it('C4: what was told to be said stands, and in the same histories at all', () => {
    expect(judge('allowed', once, once)).not.toThrow();
    expect(judge('allowed', [])).toThrow('C4');
    expect(judge('allowed', once, [])).toThrow('C4');
    expect(judge('open', [])).not.toThrow();
    expect(judge('allowed')).not.toThrow();
  });

  it('C4: what was told in a log that was set aside may be missing', () => {
    const ledger = new ChatLedger();
    ledger.told(ledger.asked('anna.1', body), { allowed: true });
    const judged = (): void => ledger.judge([['anna', snapshot({ histories: [] })]], () => false);
    expect(judged).not.toThrow();
  });

  it('S7: what was said once stands once', () => {
    expect(judge('allowed', twice)).toThrow('S7');
    expect(judge('open', twice)).toThrow('S7');
  });

  it('S8: what surely failed, or was refused, does not stand', () => {
    expect(judge('fail', once)).toThrow('S8');
    expect(judge('refused', once)).toThrow('S8');
    expect(judge('fail', [])).not.toThrow();
  });
});
