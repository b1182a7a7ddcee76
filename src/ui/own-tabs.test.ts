import { afterEach, expect, it, vi } from 'vitest';
import { FakeGatehouse } from './dev/fake-gatehouse.ts';
import { OwnTabs, type Seen } from './own-tabs.ts';

const TIMES = { failAfterMs: [0, 10], failForMs: [5, 6] } as const;
const open: OwnTabs[] = [];
afterEach(() => {
  for (const tabs of open.splice(0)) tabs.close();
});

function tab(fake = new FakeGatehouse()): { fake: FakeGatehouse; tabs: OwnTabs } {
  const tabs = new OwnTabs(fake);
  open.push(tabs);
  return { fake, tabs };
}

it('lets all tabs of the park feign failure, and stops them; those of another park not', async () => {
  const [here, there] = [tab(), tab()];
  const elsewhere = tab(new FakeGatehouse({ status: { park: 'other' } }));
  here.tabs.feignAll({ failAfterMs: [0, 10], failForMs: [5, 6] });
  expect(here.fake.status().feigning).toBe(true);
  await vi.waitFor(() => expect(there.fake.status().feigning).toBe(true));
  expect(elsewhere.fake.status().feigning).toBe(false);
  there.fake.crash();
  here.tabs.feignAll(null);
  await vi.waitFor(() => expect(there.fake.calls).toContain('recover'));
  expect(there.fake.status().feigning).toBe(false);
});

it('does not wake a gate that crashed without feigning', async () => {
  const [here, there] = [tab(), tab()];
  there.fake.crash();
  const seen: Seen[] = [];
  here.tabs.onSeen((what) => seen.push(what));
  here.tabs.feignAll(null);
  // What was said later is heard later.
  here.tabs.look(0);
  await vi.waitFor(() => expect(seen).toHaveLength(2));
  expect(there.fake.calls).toEqual(['crash stop']);
});

it('tells what it has seen of elections since then, and nothing else', async () => {
  const [here, there] = [tab(), tab()];
  const peer = 'fox1x9y8z7';
  there.fake.note({ kind: 'sent', what: 'ELECT', peer, detail: '3 members' });
  there.fake.note({ kind: 'received', what: 'GOT_IT', peer, detail: 'to ELECT' });
  there.fake.note({ kind: 'received', what: 'GOT_IT', peer, detail: 'to PROBE no. 7' });
  there.fake.note({ kind: 'dropped', what: 'ELECT', peer });
  there.fake.note({ kind: 'sent', what: 'APPEND', peer });
  there.fake.note({ kind: 'note', what: 'elects', detail: 'asks 2 greater' });
  const seen: Seen[] = [];
  here.tabs.onSeen((what) => seen.push(what));
  here.tabs.look(0);
  await vi.waitFor(() => expect(seen).toHaveLength(2));
  expect(seen[1]?.events.map(({ kind, what }) => `${kind} ${what}`)).toEqual([
    'sent ELECT',
    'received GOT_IT',
    'note elects',
  ]);
  here.tabs.look(Date.now() + 1000);
  await vi.waitFor(() => expect(seen).toHaveLength(4));
  expect(seen[3]?.events).toEqual([]);
});

it.each([
  null,
  'feign',
  { kind: 'crash' },
  { kind: 'feign' },
  { kind: 'feign', as: { ...TIMES, failForMs: [6, 5] } },
  { kind: 'feign', as: { ...TIMES, failAfterMs: [0, 1e12] } },
  { kind: 'feign', as: TIMES, more: true },
  { kind: 'seen', gate: { id: 'x', priority: 1 }, events: [{ what: 'ELECT' }] },
])('takes nothing that does not fit: %j', async (said) => {
  const { fake, tabs } = tab();
  const heard: Seen[] = [];
  tabs.onSeen((what) => heard.push(what));
  const stranger = new BroadcastChannel('gatehouse park main');
  stranger.postMessage(said);
  stranger.postMessage({ kind: 'seen', gate: { id: 'last', priority: 1 }, events: [] });
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  expect(fake.status().feigning).toBe(false);
  stranger.close();
});
