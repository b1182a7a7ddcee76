import { expect, it } from 'vitest';
import { parseAddress } from '../../runtime/address.ts';
import { SYSTEMS } from './systems.ts';

it('opens every system in a park that no other system uses, by an address that counts', () => {
  const parks = SYSTEMS.map(({ openings }) => {
    const found = openings.map(({ address }) => parseAddress(new URL(address, 'http://x').search));
    return new Set(found.map((parsed) => (parsed.ok ? parsed.address.park : 'not an address')));
  });
  expect(parks.flatMap((names) => [...names]).sort()).toEqual([
    'cast',
    'cast-lamport',
    'chat',
    'lab',
    'main',
    'market',
    'sample',
  ]);
});
