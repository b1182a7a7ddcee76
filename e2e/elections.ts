/** What tests of elections have in common. */
import { expect } from '@playwright/test';
import type { Tab } from './tab.ts';

/** All start an election at the same moment, by the clock that they share. */
export async function startAtOnce(tabs: readonly Tab[]): Promise<void> {
  const at = Date.now() + 300;
  await Promise.all(
    tabs.map(({ page }) =>
      page.evaluate(async (moment) => {
        await new Promise((resolve) => setTimeout(resolve, moment - Date.now()));
        await window.gatehouse!.startElection();
      }, at),
    ),
  );
}

/** The first that a tab said or heard in an election since an event of its trace. */
export function beganWith(tab: Tab, since: number, messages: readonly string[]): Promise<string> {
  return tab.page.evaluate(
    ([after, types]) =>
      window
        .gatehouse!.trace()
        .filter(({ sequence, what }) => sequence > after && types.includes(what))[0]!.kind,
    [since, messages] as const,
  );
}

/** Whether a gate has noted this since an event of its trace. */
export function noted(tab: Tab, since: number, note: string): Promise<boolean> {
  return tab.page.evaluate(
    ([after, wanted]) =>
      window.gatehouse!.trace().some(({ kind, what, sequence }) => {
        return sequence > after && kind === 'note' && what === wanted;
      }),
    [since, note] as const,
  );
}

/** Resolves when nothing has been said in an election for so long that the next one counts as another. */
export async function silence(tab: Tab): Promise<void> {
  await expect
    .poll(
      () =>
        tab.page.evaluate(() => {
          const said = window
            .gatehouse!.trace()
            .filter(({ what }) => /ELECT|LEADER|TOKEN/.test(what));
          return Date.now() - (said.at(-1)?.at ?? 0);
        }),
      { timeout: 20_000 },
    )
    .toBeGreaterThan(2500);
}
