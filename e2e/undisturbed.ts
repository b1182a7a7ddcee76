import type { Tab } from './tab.ts';

/**
 * Does this, and does it again as long as a tab was kept waiting meanwhile: a busy machine can do so for longer than a
 * node waits for another, which is then found dead and replaced. Returns what it returned in the round in which that
 * did not happen. That the gates in `cut` cannot hear each other is part of the test.
 */
export async function undisturbed<Result>(
  tabs: readonly Tab[],
  round: () => Promise<Result>,
  cut: readonly Tab[] = [],
): Promise<Result> {
  const unheard = await Promise.all(cut.map(async (tab) => (await tab.status()).id));
  for (;;) {
    const before = await Promise.all(tabs.map((tab) => tab.lastSequence()));
    const result = await round();
    const late = await Promise.all(
      tabs.map((tab, index) => lateness(tab, before[index]!, cut.includes(tab) ? unheard : [])),
    );
    if (late.flat().length === 0) return result;
  }
}

/**
 * What this gate noted since then of others that did not answer in time, and of a sleep of its own. A link that was
 * closed is not among them: that is nothing a slow machine does.
 */
function lateness(tab: Tab, since: number, unheard: readonly string[]): Promise<string[]> {
  return tab.page.evaluate(
    ({ after, cut }) =>
      window
        .gatehouse!.trace()
        .filter(({ kind, sequence }) => kind === 'note' && sequence > after)
        .map(({ what, detail = '' }) => `${what} ${detail}`)
        .filter((note) => note.startsWith('slept') || note.endsWith('PROBE unanswered'))
        .filter((note) => !cut.some((id) => note.startsWith(`failed ${id}`))),
    { after: since, cut: unheard },
  );
}
