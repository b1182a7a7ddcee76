import { describe, expect, it, vi } from 'vitest';
import { FakeGatehouse } from '../dev/fake-gatehouse.ts';
import { LogStore } from './log-store.ts';

describe('LogStore', () => {
  it('fetches the newest entries first, and then all the others', async () => {
    const fake = new FakeGatehouse({ peers: 0, history: 4998 });
    const ranges: string[] = [];
    const { log } = fake;
    vi.spyOn(fake, 'log').mockImplementation((from, to) => {
      ranges.push(`${String(from)}-${String(to)}`);
      return log.call(fake, from, to);
    });
    const store = new LogStore(fake);
    await vi.waitFor(() => expect(store.entries).toHaveLength(5000));
    expect(ranges[0]).toBe('4001-5000');
    expect(store.entries.map(({ index }) => index)).toEqual(
      Array.from({ length: 5000 }, (_, at) => at + 1),
    );
    expect(store.older).toBe('none');
  });

  it('fetches only what is new when the commit index grows', async () => {
    const fake = new FakeGatehouse({ history: 100 });
    const store = new LogStore(fake);
    await vi.waitFor(() => expect(store.entries).toHaveLength(106));
    const { epoch } = store;
    fake.fetched = 0;
    await Promise.all([fake.enter('Zoe'), fake.enter('Yan')]);
    await vi.waitFor(() => expect(store.entries).toHaveLength(108));
    expect(fake.fetched).toBe(2);
    expect(store.epoch).toBe(epoch);
  });

  it('begins anew with another generation', async () => {
    const fake = new FakeGatehouse({ history: 10 });
    const store = new LogStore(fake);
    await vi.waitFor(() => expect(store.entries).toHaveLength(16));
    const { epoch } = store;
    fake.set({ generation: 'another' });
    await vi.waitFor(() => expect(store.epoch).toBe(epoch + 1));
    await vi.waitFor(() => expect(store.entries).toHaveLength(16));
  });

  it('keeps what it has while its node is down, and goes on after', async () => {
    const fake = new FakeGatehouse({ history: 10 });
    const store = new LogStore(fake);
    await vi.waitFor(() => expect(store.entries).toHaveLength(16));
    fake.set({ role: 'crashed', generation: '', commitIndex: 0 });
    expect(store.entries).toHaveLength(16);
    fake.set({ role: 'leader', generation: 'g7f3k2m9' });
    await fake.enter();
    await vi.waitFor(() => expect(store.entries).toHaveLength(17));
  });

  it('says so when the beginning was folded into a snapshot', async () => {
    const fake = new FakeGatehouse({ history: 2000 });
    const { log } = fake;
    vi.spyOn(fake, 'log').mockImplementation(async (from, to) =>
      (await log.call(fake, from, to)).filter(({ index }) => index > 500),
    );
    const store = new LogStore(fake);
    await vi.waitFor(() => expect(store.older).toBe('folded'));
    expect(store.entries[0]?.index).toBe(501);
  });

  it('tries again after a failure', async () => {
    const fake = new FakeGatehouse({ history: 10 });
    const spy = vi.spyOn(fake, 'log').mockRejectedValue(new Error('crashed'));
    const store = new LogStore(fake);
    await vi.waitFor(() => expect(store.failed).toBe(true));
    spy.mockRestore();
    fake.set({});
    await vi.waitFor(() => expect(store.entries).toHaveLength(16));
    expect(store.failed).toBe(false);
  });
});
