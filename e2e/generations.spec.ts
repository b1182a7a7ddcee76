import { expect, test } from './fixture.ts';

test('nobody can go on without a gate that is not missing', async ({ park }) => {
  const [a, b, c] = await park.openAll(3);
  const refusal = (ids: string[]): Promise<string> =>
    a.page.evaluate(async (without) => {
      try {
        await window.gatehouse!.proceedWithout(without);
        return 'went on';
      } catch (error) {
        const { code, definite } = error as { code: string; definite: boolean };
        return `${code} ${definite}`;
      }
    }, ids);
  const { id, generation } = await b.status();
  expect(await refusal([id])).toBe('invalid true');
  await c.kill();
  await park.united([a, b]);
  expect(await refusal([id])).toBe('invalid true');
  expect((await a.status()).generation).toBe(generation);
});

test('a leader crashed with one follower left: a person goes on without it, and what it alone knew is shown when it returns', async ({
  park,
}) => {
  const device = await park.newDevice();
  const a = await park.open({ priority: 1, name: 'North' });
  const b = await park.open({ priority: 2, name: 'South', device });
  await park.united();
  await a.enter('Ann');
  const { generation } = await a.status();
  await a.until(({ occupancy }) => occupancy === 1);

  // South appends what North never gets, and then is gone without a goodbye.
  await a.cutFrom(b);
  const lost = b.tryEnter('Bob');
  await b.until(({ lastIndex, commitIndex }) => lastIndex > commitIndex);
  await b.kill();
  expect(await lost).toMatchObject({ ok: false, definite: false });
  await a.heal();
  await a.until(({ missing, quorum }) => !quorum && missing.length === 1);
  expect(await a.tryEnter('Cy')).toMatchObject({ ok: false, code: 'no-quorum', definite: true });

  await expect(a.page.getByTestId('status-line')).toContainText('Only 1 of 2 gates in reach');
  await expect(a.page.getByRole('heading', { name: 'Missing: South' })).toBeVisible();
  await a.page.getByRole('button', { name: 'Go on without …' }).click();
  const dialog = a.page.getByRole('dialog', { name: 'Go on without South?' });
  await expect(dialog).toContainText('South');
  await expect(dialog.getByRole('button', { name: 'Go on without' })).toBeDisabled();
  await dialog.getByRole('textbox').fill('go on');
  await dialog.getByRole('button', { name: 'Go on without' }).click();
  const status = await a.until(({ quorum }) => quorum);
  expect(status.generation).not.toBe(generation);
  expect(status).toMatchObject({ role: 'leader', visitors: ['Ann'] });
  await a.enter('Dee');

  const back = await park.open({ priority: 2, name: 'South', device });
  await park.united([a, back]);
  await back.until(({ visitors }) => visitors.join() === 'Ann,Dee');
  const unknown = (): Promise<(string | undefined)[]> =>
    back.page.evaluate(() =>
      window
        .gatehouse!.archives()
        .flatMap((archive) => archive.unknown.map(({ visitor }) => visitor)),
    );
  await expect.poll(unknown).toEqual(['Bob']);
  await expect(back.page.getByRole('heading', { name: 'Logs set aside' })).toBeVisible();
  await back.page.getByText('1 operation that the park does not know').click();
  await expect(back.page.getByLabel(/^Operations of generation/)).toContainText('Bob');
  await back.enter('Eve');
  const log = await park.settle([a, back]);
  const entered = log.filter(({ kind }) => kind === 'enter').map(({ visitor }) => visitor);
  expect(entered).toEqual(['Ann', 'Dee', 'Eve']);
});

test('two generations that both hold visitors: nothing is merged, and a person chooses', async ({
  park,
}) => {
  const here = await park.newDevice();
  const there = await park.newDevice();
  const first = await park.open({ priority: 1, name: 'North', device: here });
  await first.ready();
  await first.enter('Ann');
  const { generation: ours } = await first.status();
  await first.close();
  const south = await park.open({ priority: 2, name: 'South', device: there });
  await south.ready();
  await south.enter('Bob');
  const { generation: theirs } = await south.status();
  expect(theirs).not.toBe(ours);

  const north = await park.open({ priority: 1, name: 'North', device: here });
  await north.until(({ conflict }, other) => conflict?.generation === other, theirs);
  await south.until(({ conflict }, other) => conflict?.generation === other, ours);
  await north.until(({ visitors, quorum }) => quorum && visitors.join() === 'Ann');
  await south.until(({ visitors, quorum }) => quorum && visitors.join() === 'Bob');
  await expect(south.page.getByRole('heading', { name: 'This park exists twice' })).toBeVisible();

  await north.page.getByRole('button', { name: 'Adopt theirs …' }).click();
  const dialog = north.page.getByRole('dialog', { name: /^Adopt generation/ });
  await dialog.getByRole('textbox').fill('adopt');
  await dialog.getByRole('button', { name: 'Adopt theirs' }).click();
  await park.united([north, south]);
  await north.until(({ visitors }) => visitors.join() === 'Bob');
  expect(await south.status()).toMatchObject({ generation: theirs, conflict: null });
  const archives = await north.page.evaluate(() => window.gatehouse!.archives());
  expect(archives.map(({ generation }) => generation)).toEqual([ours]);
  await north.until(({ commitIndex, lastIndex }) => commitIndex === lastIndex);
  const unknown = (): Promise<(string | undefined)[]> =>
    north.page.evaluate(() =>
      window
        .gatehouse!.archives()
        .flatMap((archive) => archive.unknown.map(({ visitor }) => visitor)),
    );
  await expect.poll(unknown).toEqual(['Ann']);
  await north.enter('Cy');
  const [log, other] = await park.equalLogs([north, south]);
  expect(other).toEqual(log);
});

test('an empty park gives way to one with visitors by itself', async ({ park }) => {
  const here = await park.newDevice();
  const first = await park.open({ priority: 5, device: here });
  await first.ready();
  await first.close();
  const other = await park.open({ priority: 1, device: await park.newDevice() });
  await other.ready();
  await other.enter('Ann');
  const back = await park.open({ priority: 5, device: here });
  await park.united([other, back]);
  expect((await back.status()).visitors).toEqual(['Ann']);
  await back.enter('Bob');
  await park.settle([other, back]);
});
