import { expect, test } from 'vitest';
import { OnDemand } from './on-demand.ts';

test('what is needed is fetched once', async () => {
  let fetched = 0;
  const part = new OnDemand('a part', async () => (fetched += 1));
  expect(fetched).toBe(0);
  expect(await Promise.all([part.get(), part.get()])).toEqual([1, 1]);
  expect(await part.get()).toBe(1);
});

test('who needs what cannot be fetched is told that nothing was done, and the next need tries again', async () => {
  let there = false;
  const part = new OnDemand('a part', async () => {
    if (!there) throw new TypeError('no such file');
    return 'part';
  });
  await expect(part.get()).rejects.toMatchObject({
    code: 'timeout',
    definite: true,
    message: 'a part could not be fetched: no such file',
  });
  there = true;
  expect(await part.get()).toBe('part');
});
