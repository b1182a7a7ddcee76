/** What is done to a gate in its own page, by its console. Each tells whether that changed anything. */
import type { Tab } from '../tab.ts';

/** Memory lost and links closed, or links open and nothing answered. */
export function crash(tab: Tab, mode: 'stop' | 'hang'): Promise<boolean> {
  return tab.page.evaluate((how) => {
    const { role } = window.gatehouse!.status();
    window.gatehouse!.crash(how);
    return role !== 'crashed' && role !== 'terminated';
  }, mode);
}

/** By the names of the others, as the gate knows them: they may be in no state to be asked for their ids. */
export function cutFrom(tab: Tab, names: readonly string[]): Promise<boolean> {
  return tab.page.evaluate((others) => {
    const { peers, role } = window.gatehouse!.status();
    const to = peers.filter(({ name }) => others.includes(name)).map(({ id }) => id);
    // Without anybody in it, it would be about everybody.
    if (to.length === 0) return false;
    window.gatehouse!.faults([{ to, cut: true }]);
    return role !== 'crashed' && role !== 'terminated';
  }, names);
}

/** A part of what it sends is lost, or late. */
export function disturb(
  tab: Tab,
  rule: { readonly drop: number } | { readonly delayMs: [number, number] },
): Promise<boolean> {
  return tab.page.evaluate((one) => {
    const { role } = window.gatehouse!.status();
    window.gatehouse!.faults([one]);
    return role !== 'crashed' && role !== 'terminated';
  }, rule);
}

/** No faults on its messages, and it runs. Null when there is no gate in the page. */
export function mend(tab: Tab): Promise<boolean | null> {
  return tab.page.evaluate(async () => {
    if (window.gatehouse === undefined) return null;
    const { faults, role } = window.gatehouse.status();
    window.gatehouse.faults([]);
    // Nothing happens where the node runs.
    await window.gatehouse.recover();
    return faults.length > 0 || role === 'crashed' || role === 'terminated';
  });
}
