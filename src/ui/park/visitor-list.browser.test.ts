import { page, userEvent } from 'vitest/browser';
import { afterEach, expect, it, vi } from 'vitest';
import '../page.css';
import type { VisitorList } from './visitor-list.ts';
import './visitor-list.ts';

const search = page.getByRole('searchbox', { name: 'Search who is inside' });

afterEach(() => document.body.replaceChildren());

/** Guest 1 came first, so the last of them stands at the top. */
async function show(guests: number): Promise<VisitorList> {
  const list = document.createElement('gh-visitor-list');
  list.style.height = '20rem';
  list.known = true;
  list.visitors = Array.from({ length: guests }, (_, at) => `Guest ${at + 1}`);
  document.body.append(list);
  await vi.waitFor(() => expect(rows(list).length).toBeGreaterThan(5));
  return list;
}

function rows(list: VisitorList): HTMLElement[] {
  return [...list.renderRoot.querySelectorAll<HTMLElement>('.option')];
}

function scroller(list: VisitorList): HTMLElement {
  return list.renderRoot.querySelector<HTMLElement>('.scroll')!;
}

function nameAtTop(list: VisitorList): string | undefined {
  const edge = scroller(list).getBoundingClientRect().top;
  const isInSight = (row: HTMLElement): boolean => row.getBoundingClientRect().bottom > edge + 2;
  return rows(list).find(isInSight)?.querySelector('span')?.textContent;
}

function active(list: VisitorList): string | undefined {
  const id = scroller(list).getAttribute('aria-activedescendant');
  return list.renderRoot.querySelector(`#${id}`)?.querySelector('span')?.textContent;
}

it('shows the beginning again after a search that found nobody', async () => {
  const list = await show(200);
  scroller(list).scrollTop = 3000;
  await vi.waitFor(() => expect(rows(list)[0]!.getAttribute('aria-posinset')).not.toBe('1'));
  await search.fill('nobody at all');
  await expect.element(page.getByText(/Nobody inside has that name/)).toBeVisible();
  await search.fill('');
  await expect.element(page.getByRole('option', { name: 'Guest 200' })).toBeVisible();
});

it('keeps the option that the keyboard is at when others come in, and selects that one', async () => {
  const list = await show(50);
  const chosen: unknown[] = [];
  list.addEventListener('choose', (event) => chosen.push((event as CustomEvent).detail));
  scroller(list).focus();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}');
  await vi.waitFor(() => expect(active(list)).toBe('Guest 48'));
  list.visitors = [...list.visitors, 'Zoe', 'Yan'];
  await list.updateComplete;
  expect(active(list)).toBe('Guest 48');
  await userEvent.keyboard('{Enter}');
  expect(chosen).toEqual(['Guest 48']);
});

it('is at the option that it showed when it got the focus, though somebody comes in', async () => {
  const list = await show(50);
  scroller(list).focus();
  list.visitors = [...list.visitors, 'Zoe'];
  await list.updateComplete;
  expect(active(list)).toBe('Guest 50');
});

it('goes on from the same place when the one it was at goes out', async () => {
  const list = await show(50);
  scroller(list).focus();
  await userEvent.keyboard('{ArrowDown}');
  list.visitors = list.visitors.filter((name) => name !== 'Guest 49');
  await list.updateComplete;
  expect(active(list)).toBe('Guest 48');
});

it('keeps the same names in sight when others come and go above them', async () => {
  const list = await show(200);
  scroller(list).scrollTop = 3000;
  await vi.waitFor(() => expect(nameAtTop(list)).toBeDefined());
  const before = nameAtTop(list);
  list.visitors = [...list.visitors.filter((name) => name !== 'Guest 199'), 'Zoe', 'Yan', 'Xi'];
  await vi.waitFor(() => expect(rows(list)[0]!.getAttribute('aria-setsize')).toBe('202'));
  await vi.waitFor(() => expect(nameAtTop(list)).toBe(before));
});
