import { describe, expect, it } from 'vitest';
import { FakeGatehouse } from '../dev/fake-gatehouse.ts';
import { wholeLog } from './whole-log.ts';

describe('the exported log', () => {
  it('is whole, however much of it the page has fetched', async () => {
    const fake = new FakeGatehouse({ peers: 0, history: 25_000 });
    const { entries, from, to, complete } = await wholeLog(fake);
    expect([entries.length, from, to, complete]).toEqual([25_002, 1, 25_002, true]);
    expect(entries.every(({ index }, at) => index === at + 1)).toBe(true);
  });

  it('says where it begins when older entries were folded into a snapshot', async () => {
    const fake = new FakeGatehouse({ peers: 0, history: 25_000 });
    const log = async (from: number, to: number) =>
      (await fake.log(from, to)).filter(({ index }) => index > 7000);
    const folded = await wholeLog({ status: () => fake.status(), log });
    expect([folded.from, folded.to, folded.complete]).toEqual([7001, 25_002, false]);
  });

  it('rejects when the gate changes sides meanwhile', async () => {
    const fake = new FakeGatehouse({ history: 10 });
    const whole = wholeLog(fake);
    fake.set({ generation: 'another' });
    await expect(whole).rejects.toThrow('try again');
  });
});
