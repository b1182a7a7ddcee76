import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeGatehouse } from './dev/fake-gatehouse.ts';
import { HeldMutex, Session } from './session.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

async function held(fake: FakeGatehouse): Promise<HeldMutex> {
  const mutex = new HeldMutex(fake);
  const taken = mutex.take();
  await vi.advanceTimersByTimeAsync(1);
  await taken;
  expect(mutex.state.phase).toBe('held');
  return mutex;
}

it('holds the mutex no more once its lease has ended, though nobody says so', async () => {
  const fake = new FakeGatehouse();
  const mutex = await held(fake);
  const status = { ...fake.status(), mutex: null };
  vi.spyOn(fake, 'status').mockReturnValue(status);
  expect(mutex.state.phase).toBe('held');
  await vi.advanceTimersByTimeAsync(10_001);
  expect(mutex.state).toMatchObject({ phase: 'ended', token: { number: 1 } });
});

it('holds it no more when the gate fails', async () => {
  const fake = new FakeGatehouse();
  const mutex = await held(fake);
  fake.crash();
  expect(mutex.state.phase).toBe('ended');
});

it('gives back what is void, so that nothing is refused for its sake', async () => {
  const fake = new FakeGatehouse();
  const release = vi.fn(async () => undefined);
  vi.spyOn(fake, 'lock').mockResolvedValue({
    token: { term: '000000000001.gate1', number: 1 },
    leaseMs: 10_000,
    release,
  });
  const mutex = await held(fake);
  vi.spyOn(fake, 'status').mockReturnValue({ ...fake.status(), mutex: null });
  await vi.advanceTimersByTimeAsync(10_001);
  expect(mutex.state.phase).toBe('ended');
  expect(release).toHaveBeenCalledOnce();
});

it('is free after it was given back', async () => {
  const fake = new FakeGatehouse();
  const mutex = await held(fake);
  await mutex.release();
  expect(mutex.state.phase).toBe('free');
});

it('lets go of its gate when it is closed', () => {
  const fake = new FakeGatehouse();
  const listeners = new Set<unknown>();
  const subscribe = fake.subscribe.bind(fake);
  vi.spyOn(fake, 'subscribe').mockImplementation((listener) => {
    listeners.add(listener);
    const end = subscribe(listener);
    return () => {
      listeners.delete(listener);
      end();
    };
  });
  const session = new Session(fake);
  expect(listeners.size).toBeGreaterThan(0);
  session.close();
  expect(listeners.size).toBe(0);
});
