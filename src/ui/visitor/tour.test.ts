import { expect, it } from 'vitest';
import { addressOfVisitor } from '../park/address.ts';
import { SYSTEMS } from '../start/systems.ts';
import { isTour } from './tour.ts';

it("offers a gate on a visitor's phone only where the start page opened it", () => {
  const addresses = SYSTEMS.flatMap(({ openings }) => openings.map(({ address }) => address));
  const phone = addresses.find((address) => address.endsWith('#/visitor'))!;
  const opened = new URL(phone, 'http://x');
  expect(isTour(opened.search)).toBe(true);
  expect(opened.searchParams.get('park')).toBe('main');
  // The code that its gate would show to visitors.
  opened.hash = '#/park';
  expect(isTour(new URL(addressOfVisitor(opened.href)).search)).toBe(false);
});
