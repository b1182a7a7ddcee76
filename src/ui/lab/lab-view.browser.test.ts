import { page } from 'vitest/browser';
import { afterEach, expect, it, vi } from 'vitest';
import { FakeGatehouse } from '../dev/fake-gatehouse.ts';
import { openPage } from '../dev/open-page.ts';
import '../page.css';

const button = (name: string) => page.getByRole('button', { name, exact: true });

function open(fake = new FakeGatehouse()): FakeGatehouse {
  return openPage(fake, '#/lab');
}

function moveTo(slider: Element, value: string, how: 'input' | 'change'): void {
  if (!(slider instanceof HTMLInputElement)) throw new Error('no slider');
  slider.value = value;
  slider.dispatchEvent(new Event(how, { bubbles: true }));
}

afterEach(() => document.body.replaceChildren());

it('a filter stays to be seen when what it is about is gone', async () => {
  const fake = open();
  fake.note({ kind: 'sent', what: 'PROBE', peer: 'fox1x9y8z7', bytes: 1 });
  await expect.element(page.getByRole('option', { name: 'PROBE' })).toBeInTheDocument();
  const type = page.getByRole('combobox', { name: 'Type' });
  const peer = page.getByRole('combobox', { name: 'Peer' });
  await type.selectOptions('PROBE');
  await peer.selectOptions('Gate Fox');
  await button('Reset counts').click();
  fake.set({ peers: [] });
  await expect.element(page.getByText('No peer to cut off yet')).toBeVisible();
  await expect.element(type).toHaveDisplayValue('PROBE');
  await expect.element(peer).toHaveDisplayValue('Gate Fox');
});

it('a slider that is moved and put back shows what holds', async () => {
  const fake = open();
  const loss = page.getByRole('slider', { name: 'Loss' });
  await expect.element(loss).toBeVisible();
  moveTo(loss.element(), '50', 'change');
  await vi.waitFor(() => expect(fake.status().faults).toEqual([{ drop: 0.5 }]));
  moveTo(loss.element(), '20', 'input');
  await expect.element(loss).toHaveValue('20');
  moveTo(loss.element(), '50', 'input');
  await button('Heal all').click();
  await expect.element(loss).toHaveValue('0');
});

it('a stress test of no number of visitors asks nobody, and what was typed stays', async () => {
  open();
  const field = page.getByRole('spinbutton', { name: 'How many visitors at once' });
  await field.fill('0');
  await page.getByRole('button', { name: /^Admit .* at once$/ }).click();
  await expect.element(page.getByText('From 1 to 10000 visitors at once.')).toBeVisible();
  await expect.element(field).toHaveValue(0);
  await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
  await field.fill('7');
  await button('Admit 7 at once').click();
  await expect.element(page.getByRole('dialog')).toBeVisible();
});

it('a gate that is down when it shall feign no more is recovered', async () => {
  const fake = open();
  await button('Feign failure').click();
  await expect.element(button('Feign failure')).toHaveAttribute('aria-pressed', 'true');
  fake.crash();
  await expect.element(button('Recover')).toBeEnabled();
  await button('Feign failure').click();
  await vi.waitFor(() => expect(fake.status()).toMatchObject({ role: 'leader', feigning: false }));
});

it('the mutex has one button, which keeps the focus', async () => {
  open();
  await button('Take the mutex').click();
  await expect.element(button('Release the mutex')).toBeVisible();
  await expect.poll(() => button('Release the mutex').element().matches(':focus')).toBe(true);
});

it('reads on, slowly, while the tab is hidden', async () => {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
  vi.spyOn(window, 'requestAnimationFrame').mockReturnValue(0);
  try {
    const fake = open();
    const read = vi.spyOn(fake, 'trace');
    await vi.waitFor(() => expect(document.querySelector('gatehouse-app')).not.toBeNull());
    await vi.waitFor(() => expect(read.mock.calls.length).toBeGreaterThan(2), 5000);
  } finally {
    vi.restoreAllMocks();
  }
});
