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

/** Axe finds nothing wrong with the page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  await still(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
  ).toEqual([]);
}
