import { page } from 'vitest/browser';
import { afterEach, expect, it, vi } from 'vitest';
import './qr-code.ts';

afterEach(() => document.body.replaceChildren());

it('says that its drawer did not come, and draws once it does', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const code = document.createElement('gh-qr-code');
  const drawer = await import('uqr');
  code.fetchDrawer = vi
    .fn(() => Promise.resolve(drawer))
    .mockRejectedValueOnce(new TypeError('Failed to fetch'));
  code.text = 'https://example.org/';
  code.label = 'QR code of the address';
  document.body.append(code);
  await expect.element(page.getByText('The code could not be fetched.')).toBeVisible();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect.element(page.getByRole('img', { name: 'QR code of the address' })).toBeVisible();
  expect(code.shadowRoot!.querySelector('.code svg path')).not.toBeNull();
});
