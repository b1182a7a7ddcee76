import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** The elements, in shadow trees too, that make the page wider than its screen. */
export function sticksOut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const found = [`the page is ${scrollWidth} of ${clientWidth} wide`];
    const look = (root: ParentNode): void => {
      for (const element of root.querySelectorAll('*')) {
        const { right } = element.getBoundingClientRect();
        if (right > clientWidth)
          found.push(`${element.localName}.${element.className} to ${right}`);
        if (element.shadowRoot) look(element.shadowRoot);
      }
    };
    look(document);
    return found;
  });
}

/** Waits until nothing moves any more, so that no colour is measured half-way. */
async function still(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await Promise.all(
      document.getAnimations().map((animation) => animation.finished.catch(() => undefined)),
    );
  });
}

/** Axe finds nothing wrong with the page as it is now, by these rules or by all of them. */
export async function expectAccessible(page: Page, rules?: string[]): Promise<void> {
  await still(page);
  // No frames are looked into, for there are none: without this each look opens another page to gather what they say.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
  ).toEqual([]);
}

/** The rules that colours decide. The others look at the tree, which is the same in every colour scheme. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** The same in light and in dark; on one page, since a second one would differ in nothing but its colours. */
export async function expectAccessibleInLightAndDark(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectAccessible(page, COLOUR_RULES);
}
