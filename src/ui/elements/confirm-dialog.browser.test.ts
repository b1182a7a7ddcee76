import { page } from 'vitest/browser';
import { afterEach, expect, it } from 'vitest';
import './confirm-dialog.ts';

afterEach(() => document.body.replaceChildren());

it('takes no step by the Enter that ends a word of an input method', async () => {
  const dialog = document.createElement('gh-confirm');
  dialog.heading = 'Rename';
  const field = document.createElement('input');
  dialog.append(field);
  document.body.append(dialog);
  const confirmed: unknown[] = [];
  dialog.addEventListener('confirm', (event) => confirmed.push(event));
  await dialog.show();
  await expect.element(page.getByRole('dialog', { name: 'Rename' })).toBeVisible();
  const enter = { key: 'Enter', bubbles: true, composed: true };
  // As Safari tells it: the composition has just ended.
  field.dispatchEvent(new KeyboardEvent('keydown', { ...enter, keyCode: 229 }));
  field.dispatchEvent(new KeyboardEvent('keydown', { ...enter, isComposing: true }));
  expect(confirmed).toEqual([]);
  field.dispatchEvent(new KeyboardEvent('keydown', { ...enter, keyCode: 13 }));
  expect(confirmed.length).toBe(1);
});
