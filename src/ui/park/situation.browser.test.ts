import { page } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatehouseError } from '../../runtime/gatehouse.ts';
import { FakeGatehouse } from '../dev/fake-gatehouse.ts';
import { openPage } from '../dev/open-page.ts';
import '../page.css';

const FOX = { id: 'fox1x9y8z7', name: 'Gate Fox' };
const OWL = { id: 'owl2x9y8z7', name: 'Gate Owl' };

const button = (name: string) => page.getByRole('button', { name, exact: true });
const dialog = page.getByRole('dialog');
const problem = page.getByRole('alert');

function open(status: Parameters<FakeGatehouse['set']>[0]): FakeGatehouse {
  return openPage(new FakeGatehouse({ inside: 3, status }), '#/park');
}

beforeEach(() => page.viewport(1280, 800));
afterEach(() => document.body.replaceChildren());

describe('the dialog about missing gates', () => {
  async function ask(): Promise<FakeGatehouse> {
    const fake = open({ quorum: false, missing: [FOX], inStep: 1 });
    await button('Go on without …').click();
    await page.getByLabelText('To go ahead, type go on').fill('go on');
    await expect.element(button('Go on without')).toBeEnabled();
    return fake;
  }

  it('forgets what was typed when other gates are missing, and says so', async () => {
    const fake = await ask();
    fake.set({ missing: [FOX, OWL] });
    await expect.element(page.getByText('What this is about has changed')).toBeVisible();
    await expect.element(button('Go on without')).toBeDisabled();
    await page.getByLabelText('To go ahead, type go on').fill('go on');
    await button('Go on without').click();
    expect(fake.calls).toEqual(['proceedWithout fox1x9y8z7 owl2x9y8z7']);
  });

  it('stays when nothing is missing any more, and can do nothing then', async () => {
    const fake = await ask();
    fake.set({ quorum: true, missing: [] });
    await expect.element(page.getByText('there is nothing to decide any more')).toBeVisible();
    await expect.element(button('Go on without')).toBeDisabled();
    await button('Cancel').click();
    await expect.element(dialog).not.toBeInTheDocument();
    expect(fake.calls).toEqual([]);
  });

  it('stays, with what was typed, when the window becomes a narrow one', async () => {
    const fake = await ask();
    await page.viewport(500, 800);
    await vi.waitFor(() => expect(matchMedia('(max-width: 59.99rem)').matches).toBe(true));
    await button('Go on without').click();
    await vi.waitFor(() => expect(fake.calls).toEqual(['proceedWithout fox1x9y8z7']));
  });
});

it('adopts what was asked about, and not what came after', async () => {
  const side = { peer: OWL.id, name: OWL.name, canAdopt: true };
  const fake = open({ conflict: { ...side, generation: 'z9z8z7z6' } });
  await button('Adopt theirs …').click();
  await page.getByLabelText('To go ahead, type adopt').fill('adopt');
  fake.set({ conflict: { ...side, generation: 'y1y2y3y4' } });
  await expect.element(dialog).toHaveTextContent('Adopt generation y1y2y3?');
  await expect.element(button('Adopt theirs')).toBeDisabled();
  expect(fake.calls).toEqual([]);
});

describe('what went wrong', () => {
  async function fail(definite: boolean): Promise<FakeGatehouse> {
    const fake = open({ vacant: true, quorum: false, leader: null, role: 'follower' });
    const error = new GatehouseError('no-quorum', definite, 'no leader came up');
    vi.spyOn(fake, 'startElection').mockRejectedValue(error);
    await button('Start election').click();
    return fake;
  }

  it('is not said to have failed when that is not known', async () => {
    await fail(false);
    await expect
      .element(problem)
      .toHaveTextContent('Not known yet whether that worked: no leader came up');
  });

  it('is told until there is something else to do', async () => {
    const fake = await fail(true);
    await expect.element(problem).toHaveTextContent('That did not work: no leader came up');
    fake.set({ occupancy: 4 });
    await expect.element(page.getByTestId('occupancy')).toHaveTextContent('4');
    await expect.element(problem).toBeVisible();
    fake.set({ vacant: false, quorum: true, leader: fake.status().id, role: 'leader' });
    await expect.element(problem).not.toBeInTheDocument();
  });
});
