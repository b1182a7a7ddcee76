import { describe, expect, it } from 'vitest';
import { EventQueue } from './event-queue.ts';
import { TestClock } from './test-clock.ts';

describe('the event queue', () => {
  it('calls back after a call, not in it, in order', () => {
    const clock = new TestClock();
    const queue = new EventQueue(clock);
    const out: string[] = [];
    queue.call(() => {
      queue.emit(() => out.push('first'));
      queue.handle(() => queue.emit(() => out.push('second')));
      out.push('call ends');
    });
    expect(out).toEqual(['call ends']);
    clock.advance(0);
    expect(out).toEqual(['call ends', 'first', 'second']);
  });

  it('calls back at the end of work from below, before anything else happens', () => {
    const clock = new TestClock();
    const queue = new EventQueue(clock);
    const out: string[] = [];
    queue.handle(() => {
      queue.emit(() => out.push('event'));
      out.push('work ends');
    });
    expect(out).toEqual(['work ends', 'event']);
    expect(clock.pending).toBe(0);
  });

  it('keeps the order when an event makes a call', () => {
    const clock = new TestClock();
    const queue = new EventQueue(clock);
    const out: string[] = [];
    queue.handle(() => {
      queue.emit(() => {
        queue.call(() => queue.emit(() => out.push('third')));
        out.push('first');
      });
      queue.emit(() => out.push('second'));
    });
    expect(out).toEqual(['first', 'second', 'third']);
  });

  it('keeps the order when an event sets off work from below', () => {
    const clock = new TestClock();
    const queue = new EventQueue(clock);
    const out: string[] = [];
    queue.handle(() => {
      queue.emit(() => {
        queue.handle(() => queue.emit(() => out.push('third')));
        out.push('first');
      });
      queue.emit(() => out.push('second'));
    });
    expect(out).toEqual(['first', 'second', 'third']);
    expect(clock.pending).toBe(0);
  });

  it('loses one event only when its owner throws', () => {
    const clock = new TestClock();
    const queue = new EventQueue(clock);
    const out: string[] = [];
    expect(() =>
      queue.handle(() => {
        queue.emit(() => {
          throw new Error('the owner');
        });
        queue.emit(() => out.push('second'));
      }),
    ).toThrow('the owner');
    clock.advance(0);
    expect(out).toEqual(['second']);
  });

  it('says nothing after it was closed', () => {
    const clock = new TestClock();
    const queue = new EventQueue(clock);
    queue.call(() => queue.emit(() => expect.unreachable()));
    queue.close();
    queue.handle(() => queue.emit(() => expect.unreachable()));
    clock.advance(0);
  });
});
