/** For people who look into a failure: what the tabs saw, in the order of time, and where they ended. */
import { within, type Tab } from './tab.ts';

/** How long a page is waited for that may not answer any more, ms. */
const PATIENCE = 10_000;

export async function tracesOf(tabs: readonly Tab[]): Promise<string> {
  const present = tabs.filter(({ isOpen }) => isOpen);
  const looks = present.map(async (tab) => {
    const look = Promise.all([tab.status(), tab.trace()]);
    return within(PATIENCE, look, async () => 'no trace');
  });
  const seen = await Promise.allSettled(looks);
  const lines = seen.flatMap((result) => (result.status === 'fulfilled' ? result.value[1] : []));
  lines.sort((a, b) => a.at - b.at);
  return [
    ...present.map(({ label }, place) => {
      const result = seen[place];
      const status = result?.status === 'fulfilled' ? JSON.stringify(result.value[0]) : 'no answer';
      return `${label}: ${status}`;
    }),
    ...lines.map(({ line }) => line),
  ].join('\n');
}
