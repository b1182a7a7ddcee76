import { describe, expect, it } from 'vitest';
import { Duplex } from './readable-stream.ts';

describe('the stream under simple-peer', () => {
  it('tells of every chunk within push, whole and in order', () => {
    const stream = new Duplex();
    const seen: unknown[] = [];
    stream.on('data', (chunk: unknown) => seen.push(chunk));
    const bytes = new Uint8Array([1, 2]);
    expect(stream.push(bytes)).toBe(true);
    expect(seen).toEqual([bytes]);
    expect(seen[0]).toBe(bytes);
    for (const chunk of ['a text', new Uint8Array()]) stream.push(chunk);
    expect(seen).toEqual([bytes, 'a text', new Uint8Array()]);
  });

  it('takes nothing more after its end', () => {
    const stream = new Duplex();
    const seen: unknown[] = [];
    stream.on('data', (chunk: unknown) => seen.push(chunk));
    expect(stream._readableState.ended).toBe(false);
    stream.push(null);
    expect(stream._readableState.ended).toBe(true);
    expect(stream.push('late')).toBe(false);
    expect(seen).toEqual([]);
  });

  it('finishes once, within end', () => {
    const stream = new Duplex();
    const finished: boolean[] = [];
    stream.on('finish', () => finished.push(stream._writableState.finished));
    stream.end();
    expect(finished).toEqual([true]);
    stream.end();
    expect(finished).toEqual([true]);
  });

  it('tells its listeners in their order, and whether there are any', () => {
    const stream = new Duplex();
    const told: unknown[] = [];
    expect(stream.emit('connect')).toBe(false);
    stream.on('signal', (what: unknown) => told.push('first', what));
    stream.on('signal', (what: unknown) => told.push('second', what));
    expect(stream.emit('signal', 'offer')).toBe(true);
    expect(told).toEqual(['first', 'offer', 'second', 'offer']);
  });

  it('tells a listener once, although it emits the same again', () => {
    const stream = new Duplex();
    let told = 0;
    stream.once('close', () => {
      told += 1;
      stream.emit('close');
    });
    stream.emit('close');
    expect(told).toBe(1);
  });

  it('forgets a listener, also one that is told once', () => {
    const stream = new Duplex();
    const told: string[] = [];
    const first = (): unknown => told.push('first');
    const second = (): unknown => told.push('second');
    stream.once('finish', first);
    stream.on('finish', second);
    stream.removeListener('finish', first);
    stream.end();
    expect(told).toEqual(['second']);
  });

  it('finishes telling those who listened, whoever goes meanwhile', () => {
    const stream = new Duplex();
    const told: string[] = [];
    const second = (): unknown => told.push('second');
    stream.on('close', () => stream.removeListener('close', second));
    stream.on('close', second);
    stream.emit('close');
    stream.emit('close');
    expect(told).toEqual(['second']);
  });

  it('throws an error that nobody listens for', () => {
    const stream = new Duplex();
    const error = new Error('failed');
    expect(() => stream.emit('error', error)).toThrow(error);
    const heard: unknown[] = [];
    stream.on('error', (one: unknown) => heard.push(one));
    stream.emit('error', error);
    expect(heard).toEqual([error]);
  });
});
