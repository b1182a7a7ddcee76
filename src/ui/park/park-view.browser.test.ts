import { page } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeGatehouse, type FakeOptions } from '../dev/fake-gatehouse.ts';
import { openPage } from '../dev/open-page.ts';
import '../page.css';

const button = (name: string) => page.getByRole('button', { name, exact: true });
const receipt = page.getByTestId('receipt');
const nameField = page.getByRole('textbox', { name: /Name of the next visitor/ });

function open(options: FakeOptions = {}): FakeGatehouse {
  return openPage(new FakeGatehouse({ inside: 3, ...options }), '#/park');
}

beforeEach(() => page.viewport(1280, 800));
afterEach(() => document.body.replaceChildren());

describe('the name of the next visitor', () => {
  it('comes back when nobody was let in', async () => {
    open({ inside: 3, failure: { code: 'no-quorum', definite: true } });
    await nameField.fill('Zoe');
    await button('Let in').click();
    await expect.element(receipt).toHaveTextContent('Nobody was let in');
    await expect.element(nameField).toHaveValue('Zoe');
  });

  it('comes back when the park refused', async () => {
    open({ inside: 3, capacity: 3 });
    await nameField.fill('Zoe');
    await button('Let in').click();
    await expect.element(receipt).toHaveTextContent('Refused: the park is full');
    await expect.element(nameField).toHaveValue('Zoe');
  });

  it('is not put over the one that is typed meanwhile', async () => {
    open({ inside: 3, capacity: 3, latencyMs: 300 });
    await nameField.fill('Zoe');
    await button('Let in').click();
    await nameField.fill('Yan');
    await expect.element(receipt).toHaveTextContent('Refused: the park is full');
    await expect.element(nameField).toHaveValue('Yan');
  });
});

it.each([960, 1024, 1060, 1080, 1280])('is no wider than a screen of %i pixels', async (width) => {
  await page.viewport(width, 800);
  open();
  await expect.element(receipt).toBeVisible();
  await vi.waitFor(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    expect(clientWidth).toBeGreaterThan(width - 20);
    expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
  });
});
