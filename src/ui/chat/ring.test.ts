import { expect, it } from 'vitest';
import { FakeGatehouse } from '../dev/fake-gatehouse.ts';
import { ringOf, successor } from './ring.ts';

const at = (id: string, priority: number, suspected = false, voter = true) => {
  return { id, name: `Gate ${id}`, priority, voter, suspected, link: 'open' as const };
};

function ring(...peers: ReturnType<typeof at>[]) {
  const { id } = new FakeGatehouse().status();
  const fake = new FakeGatehouse({ status: { peers, priority: 50, leader: 'gull' } });
  return ringOf(fake.status()).map((server) => ({
    ...server,
    id: server.id === id ? 'self' : server.id,
  }));
}

it('E7: servers stand in the order of their identities, and the greatest passes to the least', () => {
  const servers = ring(at('gull', 70), at('wren', 10), at('crow', 50));
  expect(servers.map(({ id }) => id)).toEqual(['wren', 'crow', 'self', 'gull']);
  expect(servers.filter(({ leader }) => leader).map(({ id }) => id)).toEqual(['gull']);
  expect(successor(servers, 'wren')?.id).toBe('crow');
  expect(successor(servers, 'gull')?.id).toBe('wren');
});

it('E8: the token skips who does not answer; who does not vote is not in the ring', () => {
  const servers = ring(at('gull', 70, true), at('wren', 10), at('crow', 40, false, false));
  expect(servers.map(({ id }) => id)).toEqual(['wren', 'self', 'gull']);
  expect(successor(servers, 'self')?.id).toBe('wren');
  expect(successor(ring(), 'self')).toBeNull();
});
