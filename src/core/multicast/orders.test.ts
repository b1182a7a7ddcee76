import { beforeEach, describe, expect, test } from 'vitest';
import { LIFE, OrderNet } from '../testing/order-net.ts';
import { MAX_HELD, messagesPerMulticast, windowOf, type Multicast } from './multicast.ts';

const FOUR = ['anna', 'bert', 'carl', 'dora'];

function said(from: string, number: number, text: string): Multicast {
  return { from, incarnation: LIFE, number, text };
}

describe('T10: a fixed sequencer', () => {
  let net: OrderNet;
  beforeEach(() => {
    net = new OrderNet('sequencer', FOUR);
  });

  test('the last of the view numbers each message, and all deliver once all hold it', () => {
    net.send('anna', 'one');
    net.send('bert', 'two');
    net.run(100);
    for (const id of FOUR) expect(net.delivered(id)).toEqual(['one', 'two']);
    const numberedBy = net.sent.flatMap(({ from, message }) =>
      message.type === 'NUMBERED' ? from : [],
    );
    expect(new Set(numberedBy)).toEqual(new Set(['dora']));
  });

  test('T5: nothing is delivered while one member lacks it', () => {
    net.luck = (_from, to) => (to === 'bert' ? [] : [1]);
    net.send('anna', 'one');
    net.run(2000);
    for (const id of ['anna', 'carl', 'dora']) {
      expect(net.held(id)).toEqual(['one']);
      expect(net.delivered(id)).toEqual([]);
    }
    net.luck = () => [1];
    net.run(1000);
    for (const id of FOUR) expect(net.delivered(id)).toEqual(['one']);
  });

  test('what comes before its turn is held back, and not acknowledged', () => {
    net.deliver('anna', 'dora', {
      type: 'NUMBERED',
      view: 1,
      number: 2,
      upTo: 2,
      multicast: said('bert', 2, 'two'),
    });
    expect(net.held('anna')).toEqual(['two']);
    expect(net.sent).toEqual([]);
    net.deliver('anna', 'dora', {
      type: 'NUMBERED',
      view: 1,
      number: 1,
      upTo: 0,
      multicast: said('bert', 1, 'one'),
    });
    expect(net.delivered('anna')).toEqual(['one', 'two']);
    expect(net.sent).toMatchObject([{ to: 'dora', message: { type: 'HELD', upTo: 2 } }]);
  });

  test('T1: a sender asks again: its message has its number already, and gets no other', () => {
    const order = { type: 'ORDER', view: 1, multicast: said('anna', 1, 'one'), lateMs: 0 } as const;
    net.deliver('dora', 'anna', order);
    net.deliver('dora', 'anna', order);
    net.deliver('dora', 'anna', { ...order, multicast: said('anna', 3, 'too early') });
    net.deliver('dora', 'anna', {
      ...order,
      multicast: { ...said('anna', 2, 'x'), incarnation: 'ccccdddd' },
    });
    expect(net.held('dora')).toEqual(['one']);
  });

  test('T6: once stopped it sends, takes and delivers nothing', () => {
    net.order('anna').stop();
    net.send('anna', 'one');
    net.send('bert', 'two');
    net.run(2000);
    expect(net.sent.filter(({ from }) => from === 'anna')).toEqual([]);
    expect(net.timers('anna')).toEqual([]);
    for (const id of FOUR) expect(net.delivered(id)).toEqual([]);
  });
});

describe("T11: Lamport's order", () => {
  let net: OrderNet;
  beforeEach(() => {
    net = new OrderNet('lamport', FOUR);
  });

  test('of messages that are stamped alike the lesser sender comes first', () => {
    net.send('bert', 'of bert');
    net.send('anna', 'of anna');
    net.run(100);
    for (const id of FOUR) expect(net.delivered(id)).toEqual(['of anna', 'of bert']);
  });

  test('who has heard a message stamps the next one greater', () => {
    net.send('anna', 'one');
    net.run(100);
    net.send('bert', 'two');
    const times = net.sent.flatMap(({ message }) =>
      message.type === 'STAMPED' ? message.time : [],
    );
    expect(Math.max(...times)).toBeGreaterThan(times[0] ?? Infinity);
  });

  test('T5: nothing is delivered before all have acknowledged it, also when later ones came from all', () => {
    // bert does not hear anna, but sends himself.
    net.luck = (from, to) => (from === 'anna' && to === 'bert' ? [] : [1]);
    net.send('anna', 'one');
    net.run(50);
    for (const id of ['bert', 'carl', 'dora']) net.send(id, `of ${id}`);
    net.run(2000);
    for (const id of FOUR) expect(net.delivered(id)).toEqual([]);
    net.luck = () => [1];
    net.run(2000);
    for (const id of FOUR) expect(net.delivered(id)[0]).toBe('one');
    for (const id of FOUR) expect(net.delivered(id)).toEqual(net.delivered('anna'));
  });

  test('an acknowledgement tells how many messages its sender had sent: they must be here first', () => {
    // What anna stamped first comes late to carl; her acknowledgement of what bert sent does not.
    net.luck = (from, to, { type }) =>
      from === 'anna' && to === 'carl' && type === 'STAMPED' ? [200] : [1];
    net.send('anna', 'first');
    net.run(0);
    net.send('bert', 'second');
    net.run(100);
    expect(net.delivered('carl')).toEqual([]);
    net.run(1000);
    for (const id of FOUR) expect(net.delivered(id)).toEqual(['first', 'second']);
  });

  test('T6: once stopped it sends, takes and delivers nothing', () => {
    net.order('anna').stop();
    net.send('anna', 'one');
    net.send('bert', 'two');
    net.run(2000);
    expect(net.sent.filter(({ from }) => from === 'anna')).toEqual([]);
    for (const id of FOUR) expect(net.delivered(id)).toEqual([]);
  });

  test('T7, T13: who is cut off from one holds back more than FLUSHED takes, and tells only what it has acknowledged', () => {
    const net = new OrderNet('lamport', ['anna', 'bert', 'carl', 'dora']);
    net.luck = (from, to) => (from === 'bert' && to === 'carl' ? [] : [20]);
    const sent = { anna: 0, dora: 0 };
    for (let ms = 0; ms < 600; ms++) {
      for (const id of ['anna', 'dora'] as const) {
        const own = net.delivered(id).filter((text) => text.startsWith(id)).length;
        // As `Sends` does.
        while (sent[id] - own < windowOf(4)) net.send(id, `${id} ${String((sent[id] += 1))}`);
      }
      net.run(1);
    }
    const order = net.order('carl');
    expect(order.held().length).toBeGreaterThan(MAX_HELD);
    expect(order.taken().length).toBeLessThanOrEqual(MAX_HELD);
    // No message was delivered anywhere that it has not acknowledged.
    const taken = new Set(order.taken().map(({ multicast }) => multicast.text));
    const here = new Set(net.delivered('carl'));
    for (const text of net.delivered('anna')) expect(taken.has(text) || here.has(text)).toBe(true);
  });

  test('what makes no sense changes nothing', () => {
    const has = [9, 9, 9];
    net.deliver('anna', 'bert', { type: 'ACKNOWLEDGED', view: 1, has, purpose: 'news' });
    const multicast = said('carl', 1, 'x');
    net.deliver('anna', 'bert', { type: 'STAMPED', view: 1, time: 1, multicast });
    net.deliver('anna', 'emil', { type: 'STAMPED', view: 1, time: 1, multicast });
    expect(net.held('anna')).toEqual([]);
    net.send('anna', 'one');
    net.run(100);
    expect(net.delivered('anna')).toEqual(['one']);
  });
});

describe.each(['sequencer', 'lamport'] as const)('%s', (kind) => {
  test('a member alone delivers at once', () => {
    const net = new OrderNet(kind, ['anna']);
    net.send('anna', 'one');
    expect(net.delivered('anna')).toEqual(['one']);
    expect(net.sent).toEqual([]);
  });

  test.each([2, 3, 4, 10, 20])(
    'T10, T11: one multicast among %i takes so many messages, and then all is quiet',
    (count) => {
      const ids = Array.from({ length: count }, (_, i) => `node${String(i).padStart(2, '0')}`);
      const net = new OrderNet(kind, ids);
      net.send('node00', 'one');
      net.run(10_000);
      expect(net.sent.length).toBe(messagesPerMulticast(kind, count));
      for (const id of ids) {
        expect(net.delivered(id)).toEqual(['one']);
        expect(net.timers(id)).toEqual([]);
      }
    },
  );

  test('T12: whatever is lost, doubled and overtaken on the way, all deliver the same once', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const net = new OrderNet(kind, FOUR, seed);
      net.luck = () => {
        const lot = net.random();
        if (lot < 0.3) return [];
        return lot < 0.5 ? [net.random() * 50, net.random() * 500] : [net.random() * 100];
      };
      for (let i = 0; i < 12; i++) {
        const id = FOUR[Math.floor(net.random() * 4)] ?? 'anna';
        net.send(id, `${id} ${String(i)}`, net.random() < 0.2 ? 400 : 0);
        net.run(net.random() * 100);
      }
      net.run(20_000);
      net.luck = () => [1];
      net.run(2000);
      const delivered = net.delivered('anna');
      expect(new Set(delivered).size, `seed ${String(seed)}`).toBe(12);
      for (const id of FOUR) expect(net.delivered(id), `seed ${String(seed)}`).toEqual(delivered);
      for (const id of FOUR) expect(net.timers(id)).toEqual([]);
    }
  });

  test('T15: a late message has its place at once, and holds back what comes after it', () => {
    const net = new OrderNet(kind, FOUR);
    net.send('anna', 'late', 2000);
    net.run(10);
    net.send('bert', 'after');
    net.run(1900);
    for (const id of FOUR) expect(net.delivered(id)).toEqual([]);
    expect(net.held('carl')).toEqual(['after']);
    net.run(200);
    for (const id of FOUR) expect(net.delivered(id)).toEqual(['late', 'after']);
  });
});
