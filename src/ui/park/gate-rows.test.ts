import { describe, expect, it } from 'vitest';
import { FakeGatehouse } from '../dev/fake-gatehouse.ts';
import { gateRows } from './gate-rows.ts';

describe('the rows of the gates', () => {
  const status = new FakeGatehouse({ peers: 2 }).status();

  it('stand in the order of their identities, the greatest first', () => {
    expect(gateRows({ ...status, priority: 45 }).map(({ name }) => name)).toEqual([
      'Gate Fox',
      'Gate Heron',
      'Gate Owl',
    ]);
  });

  it('tell the leader, and how each is reached, in words', () => {
    const [fox, owl] = status.peers;
    const peers = [
      { ...fox!, link: 'relayed' as const, voter: false },
      { ...owl!, suspected: true, link: 'closed' as const },
    ];
    const rows = gateRows({ ...status, peers }).map(({ role, reach }) => `${role}, ${reach}`);
    expect(rows).toEqual(['leader, this gate', 'learner, relayed', 'voter, suspected, no link']);
  });

  it('tell two gates of one name apart', () => {
    const peers = status.peers.map((peer) => ({ ...peer, name: 'Gate Lark' }));
    expect(gateRows({ ...status, peers }).map(({ name }) => name)).toEqual([
      'Gate Heron',
      'Gate Lark (fox1x9)',
      'Gate Lark (owl2x9)',
    ]);
  });

  it('call a gate that was listed and not met yet by its short id', () => {
    const peers = status.peers.map((peer) => ({ ...peer, name: '' }));
    expect(gateRows({ ...status, peers }).map(({ name }) => name)).toEqual([
      'Gate Heron',
      'gate fox1x9',
      'gate owl2x9',
    ]);
  });

  it('call nobody leader who has crashed', () => {
    const [self] = gateRows({ ...status, role: 'crashed' });
    expect(self).toMatchObject({ leader: false, voter: false, role: 'crashed' });
  });
});
