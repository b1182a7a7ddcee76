import { describe, expect, test } from 'vitest';
import type { Effect } from './effects.ts';
import type { NodeId } from './identity.ts';
import { member } from './testing/fixtures.ts';
import { Solo } from './testing/solo.ts';

type Links = Extract<Effect, { type: 'links' }>;

/** anna, who would found a ring, and whom the coordinator lists. */
function blank(...listed: NodeId[]): Solo {
  const solo = new Solo('anna', { settings: { topology: 'ring' } });
  list(solo, ...listed);
  return solo;
}

function list(solo: Solo, ...ids: NodeId[]): void {
  solo.event({ type: 'members', members: ids.map((id) => member(id, 5)) });
}

/** Time passes, and those that are linked live. */
function live(solo: Solo, ms: number): void {
  for (let passed = 0; passed < ms; passed += 100) {
    solo.pass(100);
    for (const { to, message } of solo.take('PROBE')) {
      if (solo.node.joining.link(to) === 'closed') continue;
      solo.receive(to, { type: 'GOT_IT', to: 'PROBE', nonce: message.nonce, leads: null }, '');
    }
  }
}

/** What the transport was told last. */
function links(solo: Solo): Pick<Links, 'keep' | 'avoid'> | undefined {
  const told = solo.effects.findLast((effect): effect is Links => effect.type === 'links');
  return told && { keep: told.keep, avoid: told.avoid };
}

describe('the links of a node', () => {
  test('N1: in a mesh they go to everybody that is met, and neighbours are not probed', () => {
    const solo = new Solo('anna');
    list(solo, 'bert', 'carl');
    expect(links(solo)).toBeUndefined();
    expect(solo.effects).toContainEqual({
      type: 'meet',
      peers: [member('bert', 5), member('carl', 5)],
    });
    expect(solo.timers.has('neighbours')).toBe(false);
  });

  test('N3: without a log they go to the neighbours among those that are listed', () => {
    const solo = blank('bert', 'carl', 'dora', 'emil');
    // The ring by identity: anna has priority 0, and so bert comes next and emil before.
    expect(links(solo)).toEqual({ keep: ['bert', 'emil'], avoid: [] });
    expect(solo.effects.some(({ type }) => type === 'meet')).toBe(false);
  });

  test('N7: one that is not listed any more is passed over at once', () => {
    const solo = blank('bert', 'carl', 'dora', 'emil');
    solo.event({ type: 'hint', peer: 'bert' });
    expect(links(solo)?.keep).toEqual(['carl', 'emil']);
  });

  test('N7: one that does not come in reach is passed over after a while, and tried further', () => {
    const solo = blank('bert', 'carl', 'dora', 'emil');
    solo.link('emil');
    const { linkWait, neighbours } = solo.node.context.timing;
    live(solo, linkWait + neighbours[1]);
    expect(links(solo)?.keep).toEqual(['bert', 'carl', 'dora', 'emil']);
    solo.link('bert');
    live(solo, neighbours[1]);
    expect(links(solo)?.keep).toEqual(['bert', 'emil']);
  });

  test('N4: a neighbour that says nothing is asked whether it lives; if not, all goes round it', () => {
    const solo = blank('bert', 'carl', 'dora', 'emil');
    solo.link('bert');
    solo.link('emil');
    solo.take('PROBE');
    solo.pass(1500);
    const [probe] = solo.take('PROBE').filter(({ to }) => to === 'bert');
    expect(probe).toBeDefined();
    solo.receive('emil', { type: 'GOT_IT', to: 'PROBE', nonce: -1, leads: null }, '');
    solo.pass(1000);
    expect(links(solo)?.avoid).toContain('bert');
    expect(links(solo)?.keep).toContain('carl');
    solo.receive(
      'bert',
      { type: 'GOT_IT', to: 'PROBE', nonce: probe!.message.nonce, leads: null },
      '',
    );
    expect(links(solo)?.avoid).not.toContain('bert');
  });

  test('N6: links that are not wanted any more stay until those that are wanted are open', () => {
    const solo = blank('bert', 'emil');
    solo.link('bert');
    solo.link('emil');
    expect(links(solo)?.keep).toEqual(['bert', 'emil']);
    // Between anna and bert comes another.
    list(solo, 'bert', 'emil', 'abel');
    expect(links(solo)?.keep).toEqual(['abel', 'bert', 'emil']);
    solo.link('abel');
    expect(links(solo)?.keep).toEqual(['abel', 'emil']);
  });

  test('N6: they stay no longer than a while, if those that are wanted can not be linked', () => {
    const solo = blank('bert', 'emil');
    solo.link('bert');
    solo.link('emil');
    list(solo, 'bert', 'emil', 'abel');
    solo.event({ type: 'link', peer: 'abel', state: 'relayed', closedByPeer: false });
    expect(links(solo)?.keep).toEqual(['abel', 'bert', 'emil']);
    const { linkGrace, neighbours } = solo.node.context.timing;
    live(solo, linkGrace + neighbours[1]);
    expect(links(solo)?.keep).toEqual(['abel', 'emil']);
  });
});
