import { page, userEvent } from 'vitest/browser';
import { afterEach, describe, expect, it, vi } from 'vitest';
import './page.css';
import { FakeGatehouse, type FakeOptions } from './dev/fake-gatehouse.ts';
import { openPage } from './dev/open-page.ts';
import type { RefusedEvent } from './refused-event.ts';
import { ROUTES } from './routes.ts';

const button = (name: string) => page.getByRole('button', { name, exact: true });
const occupancy = page.getByTestId('occupancy');
const receipt = page.getByTestId('receipt');
const statusLine = page.getByTestId('status-line');

function open(options: FakeOptions = {}, hash = '#/park'): FakeGatehouse {
  return openPage(new FakeGatehouse({ inside: 3, ...options }), hash);
}

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

describe('the address for another gate', () => {
  it.each(ROUTES.filter(({ hash }) => hash !== '#/start').map(({ hash }) => hash))(
    'opens it in the same view: %s',
    async (hash) => {
      const gatehouse = new FakeGatehouse({ inside: 3 });
      await gatehouse.chat.register('Ada');
      openPage(gatehouse, hash);
      await vi.waitFor(() => {
        const invite = deep(document.body, 'gh-invite:not([what="visitor"])');
        const address = invite?.shadowRoot?.querySelector('a.address')?.getAttribute('href');
        expect(new URL(address ?? '', location.href).hash).toBe(hash);
      });
    },
  );
});

/** Also within shadow trees. */
function deep(root: Element | ShadowRoot, selector: string): Element | null {
  const found = root.querySelector(selector);
  if (found) return found;
  for (const { shadowRoot } of root.querySelectorAll('*')) {
    const within = shadowRoot && deep(shadowRoot, selector);
    if (within) return within;
  }
  return null;
}

describe('the park', () => {
  it('has its door up first, and does not move it when the rest comes', async () => {
    open();
    const door = await vi.waitFor(() => {
      const park = document.querySelector('gatehouse-app')?.renderRoot.querySelector('gh-park');
      const found = park?.renderRoot.querySelector('gh-door');
      expect(found?.renderRoot.querySelector('button')).toBeTruthy();
      return found!;
    });
    const first = door.getBoundingClientRect();
    await expect.element(page.getByRole('heading', { name: 'Log', exact: true })).toBeVisible();
    await expect.element(page.getByRole('searchbox', { name: 'Search the log' })).toBeVisible();
    expect(door.getBoundingClientRect()).toEqual(first);
  });

  it('answers a tap at once, and again when it is done', async () => {
    open({ latencyMs: 300 });
    await button('Let in').click();
    await expect.element(receipt).toHaveTextContent(/Letting Visitor \w{6} in …/);
    await expect.element(occupancy).toHaveTextContent('3');
    await expect.element(receipt).toHaveTextContent(/Visitor \w{6} is in/);
    await expect.element(occupancy).toHaveTextContent('4');
    await expect
      .element(page.getByRole('button', { name: /Undo: Visitor \w{6} out/ }))
      .toBeVisible();
  });

  it('lets out the last one, then the one before, however quick the taps', async () => {
    const fake = open({ latencyMs: 200 });
    await button('Let in').click();
    await expect.element(occupancy).toHaveTextContent('4');
    await button('Let out').click();
    await button('Let out').click();
    await expect.element(occupancy).toHaveTextContent('2');
    const left = (await fake.log()).filter(({ kind }) => kind === 'leave');
    expect(left.map(({ visitor, allowed }) => [visitor, allowed])).toEqual([
      [expect.stringMatching(/^Visitor \w{6}$/), true],
      ['Carla', true],
    ]);
  });

  it('lets out the visitor that was searched for and selected', async () => {
    open();
    await page.getByRole('searchbox', { name: 'Search who is inside' }).fill('bo');
    await page.getByRole('option', { name: 'Bob' }).click();
    await button('Let out').click();
    await expect.element(receipt).toHaveTextContent('Bob is out');
  });

  it('says that the park is full in words, and refuses with a number', async () => {
    open({ inside: 5, capacity: 5 });
    await expect
      .element(page.getByRole('region', { name: 'Visitors inside' }))
      .toHaveTextContent('FULL');
    await button('Let in').click();
    await expect.element(receipt).toHaveTextContent('Refused: the park is full');
    await expect.element(page.getByTestId('receipt-more')).toHaveTextContent('Log no. 12');
  });

  it('counts what it is finding out, and tells when it has', async () => {
    const fake = open({ failure: { code: 'timeout', definite: false } });
    await page.getByRole('textbox', { name: /Name of the next visitor/ }).fill('Zoe');
    await button('Let in').click();
    await expect.element(receipt).toHaveTextContent('Not known yet: Zoe may be in');
    await expect.element(page.getByTestId('pending')).toHaveTextContent('Finding out: 1');
    fake.set({ pending: 0 });
    await expect.element(receipt).toHaveTextContent('No answer came: Zoe may be in');
    await expect.element(page.getByTestId('pending')).not.toBeInTheDocument();
  });

  it('knows the keys, but not while somebody types', async () => {
    const fake = open();
    await expect.element(occupancy).toHaveTextContent('3');
    await userEvent.keyboard('i');
    await expect.element(occupancy).toHaveTextContent('4');
    await userEvent.keyboard('/iio');
    await expect
      .element(page.getByRole('searchbox', { name: 'Search who is inside' }))
      .toHaveValue('iio');
    expect(fake.status().occupancy).toBe(4);
  });

  it('goes on without missing gates only when the words are typed', async () => {
    const missing = [{ id: 'fox1x9y8z7', name: 'Gate Fox' }];
    const fake = open({ status: { quorum: false, missing, inStep: 1 } });
    await expect.element(statusLine).toHaveTextContent('Only 1 of 3 gates in reach');
    await button('Go on without …').click();
    await expect.element(button('Go on without')).toBeDisabled();
    await page.getByLabelText('To go ahead, type go on').fill('go on');
    await button('Go on without').click();
    await expect.element(statusLine).toHaveTextContent('Admissions open');
    expect(fake.calls).toEqual(['proceedWithout fox1x9y8z7']);
  });

  it('adopts the other side of a conflict, and keeps ours for export', async () => {
    const conflict = {
      generation: 'z9z8z7z6',
      peer: 'owl2x9y8z7',
      name: 'Gate Owl',
      canAdopt: true,
    };
    const fake = open({ status: { conflict } });
    await button('Adopt theirs …').click();
    await page.getByLabelText('To go ahead, type adopt').fill('adopt');
    await button('Adopt theirs').click();
    await expect.element(button('Export generation g7f3k2')).toBeVisible();
    expect(fake.calls).toEqual(['adopt z9z8z7z6']);
  });

  it('offers a gate that set the log of the others aside to come back as a new one', async () => {
    const conflict = { generation: 'z9z8z7z6', peer: 'owl2x9y8z7', name: 'Gate Owl' };
    const blank = { role: 'joining', quorum: false, leader: null, generation: '' } as const;
    open({ status: { ...blank, conflict: { ...conflict, canAdopt: false } } });
    await expect.element(page.getByRole('heading', { name: "can't go back" })).toBeVisible();
    await button('Come back as a new gate …').click();
    await expect.element(button('Come back as a new gate')).toBeEnabled();
    await expect.element(page.getByText(/export those first/)).toBeVisible();
  });

  it('says what a lower capacity costs before it is set', async () => {
    open({ inside: 3, capacity: 10 });
    await button('Set capacity').click();
    const field = page.getByLabelText(/How many may be inside/);
    await field.fill('2');
    await expect.element(page.getByText(/Let 1 out first/)).toBeVisible();
    await expect.element(button('Set')).toBeDisabled();
    await field.fill('4');
    await expect.element(page.getByText(/Every gate loses 6 places/)).toBeVisible();
    await button('Set to 4').click();
    await expect.element(page.getByTestId('capacity')).toHaveTextContent('4');
  });

  it('draws few of ten thousand log entries, and finds one of them', async () => {
    open({ history: 10_000 });
    const log = page.getByRole('region', { name: 'Log entries' });
    await expect.element(log).toBeInTheDocument();
    const drawn = (): number => log.element().querySelectorAll('[role=listitem]').length;
    expect(drawn()).toBeLessThan(60);
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('Guest 4321 out');
    await vi.waitFor(() => expect(drawn()).toBe(1));
  });

  it('draws at most once a frame, however often the status changes', async () => {
    const fake = open();
    await expect.element(occupancy).toHaveTextContent('3');
    const app = document.querySelector('gatehouse-app')!;
    const updates = vi.spyOn(app, 'requestUpdate');
    for (let at = 0; at < 1000; at += 1) fake.set({ occupancy: at });
    await expect.element(occupancy).toHaveTextContent('999');
    expect(updates.mock.calls.length).toBeLessThan(10);
  });
});

describe('an address', () => {
  it('of a view that is not there says so', async () => {
    const refused: unknown[] = [];
    const listen = ({ refusal }: RefusedEvent): number => refused.push(refusal);
    document.body.addEventListener('refused-input', listen, { once: true });
    open({}, '#/nonsense');
    await expect.element(page.getByText('This version has no view #/nonsense')).toBeVisible();
    expect(refused).toEqual([{ source: 'address', reason: 'no such view', from: null }]);
    await expect.element(occupancy).not.toBeInTheDocument();
    await page.getByRole('link', { name: 'the park' }).click();
    await expect.element(occupancy).toHaveTextContent('3');
  });
});

describe('a view whose code does not come', () => {
  it('says so, and is fetched again when one asks for it', async () => {
    const chat = ROUTES.find(({ hash }) => hash === '#/chat')!;
    const load = vi.spyOn(chat as { load(): Promise<unknown> }, 'load');
    load.mockRejectedValue(new TypeError('Failed to fetch dynamically imported module'));
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    open({}, '#/chat');
    await expect.element(page.getByRole('alert')).toHaveTextContent('Chat could not be fetched');
    load.mockRestore();
    await button('Try again').click();
    await expect.element(page.getByRole('heading', { name: 'Servers' })).toBeVisible();
  });
});

describe('the start page', () => {
  it('leads to each of the five systems, in a park of its own', async () => {
    open({}, '#/start');
    await expect.element(page.getByRole('heading', { name: 'Gatehouse' })).toBeVisible();
    const address = (name: string) =>
      page.getByRole('link', { name }).element().getAttribute('href');
    expect(address('Open the park')).toBe('/?park=main#/park');
    expect(address('Open the laboratory')).toBe('/?park=lab&election=bully#/lab');
    expect(address('Open GroupCast')).toBe('/?park=cast#/multicast');
    expect(address('Open the chat')).toBe('/?park=chat&election=ring#/chat');
    expect(address('Open the trading post')).toBe('/?park=market#/market');
  });

  it('shows nothing of the park around it, until one goes to its door', async () => {
    open({}, '#/start');
    await expect.element(page.getByText('This tab is Gate Heron of park main.')).toBeVisible();
    await expect.element(statusLine).not.toBeInTheDocument();
    await page.getByRole('link', { name: 'Go to its door' }).click();
    await expect.element(occupancy).toHaveTextContent('3');
    await page.getByRole('link', { name: 'Start' }).click();
    await expect.element(page.getByRole('heading', { name: 'Gatehouse' })).toBeVisible();
  });

  it('says what is wrong with a park that somebody wants to found', async () => {
    open({}, '#/start');
    await page.getByLabelText('Name of the park').fill('<b>');
    await button('Found the park, or join it').click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('A park has 1 to 64');
  });

  it('founds a chat with the ring election, unless a person has chosen another', async () => {
    open({}, '#/start');
    const view = page.getByLabelText('Open in');
    const election = page.getByRole('combobox', { name: 'Election' });
    await expect.element(election).toHaveValue('bully');
    await view.selectOptions('the chat');
    await expect.element(election).toHaveValue('ring');
    await view.selectOptions('the trading post');
    await expect.element(election).toHaveValue('bully');
    await view.selectOptions('the chat');
    await election.selectOptions('bully');
    await expect.element(election).toHaveValue('bully');
    await election.selectOptions('wireless (echo algorithm)');
    await view.selectOptions('GroupCast');
    await expect.element(election).toHaveValue('wireless');
    await view.selectOptions('the chat');
    await expect.element(election).toHaveValue('wireless');
  });
});

describe('a gate without others', () => {
  const another = page.getByRole('link', { name: 'Open another tab here' });
  const hint = page.getByText('This gate is alone: open more tabs.');

  it('says so, and opens another in the same view', async () => {
    const fake = open({ peers: 0 }, '#/lab');
    await expect.element(hint).toBeVisible();
    await expect.element(another).toHaveAttribute('target', '_blank');
    expect(another.element().getAttribute('href')).toMatch(/#\/lab$/);
    fake.set({ peers: new FakeGatehouse().status().peers });
    await expect.element(hint).not.toBeInTheDocument();
    await expect.element(another).toBeVisible();
  });

  it('is not called alone while it is crashed, or still looks for others', async () => {
    const fake = open({ peers: 0, status: { role: 'joining', generation: '' } });
    await expect.element(another).toBeVisible();
    await expect.element(hint).not.toBeInTheDocument();
    fake.set({ role: 'leader', generation: 'g7f3k2m9' });
    await expect.element(hint).toBeVisible();
    fake.crash();
    await expect.element(hint).not.toBeInTheDocument();
  });
});

describe('the focus', () => {
  const focused = (): Element | null => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element;
  };

  it('goes to the view that a link in the content leads to, at its beginning', async () => {
    open({ inside: 30 });
    await page.viewport(500, 500);
    await page.getByRole('link', { name: 'For students: the lab' }).click();
    await expect.element(button('Crash')).toBeVisible();
    await vi.waitFor(() => expect(focused()?.getAttribute('aria-label')).toBe('Lab'));
    expect(window.scrollY).toBe(0);
  });

  it('stays in the navigation when the view was chosen there', async () => {
    open();
    await page.getByRole('link', { name: 'Lab', exact: true }).click();
    await expect.element(button('Crash')).toBeVisible();
    expect(focused()?.textContent.trim()).toBe('Lab');
  });

  it('stays in the line of a visitor who was let out again', async () => {
    open();
    await button('Let in').click();
    await page.getByRole('button', { name: /^Undo: Visitor/ }).click();
    await expect.element(page.getByText('is out', { exact: true })).toBeVisible();
    expect(focused()?.textContent).toMatch(/is out/);
  });

  it('goes to the view when what was to be done is done', async () => {
    const fake = open({ status: { vacant: true, quorum: false, leader: null } });
    await button('Start election').click();
    await vi.waitFor(() => expect(fake.calls).toEqual(['startElection']));
    await vi.waitFor(() => expect(focused()?.getAttribute('aria-label')).toBe('Park'));
  });
});

describe('by keyboard', () => {
  it('"?" on the start page, which has no shortcuts to show, does no harm', async () => {
    const broken: unknown[] = [];
    const listen = (event: ErrorEvent): void => {
      event.preventDefault();
      broken.push(event.message);
    };
    addEventListener('error', listen);
    open({}, '#/start');
    await expect.element(page.getByRole('heading', { name: 'Gatehouse' })).toBeVisible();
    window.dispatchEvent(new KeyboardEvent('keydown', { key: '?' }));
    removeEventListener('error', listen);
    expect(broken).toEqual([]);
  });

  it('Enter in a field of a dialog takes the step, once it is possible', async () => {
    open({ capacity: 10 });
    await button('Set capacity').click();
    const field = page.getByLabelText(/How many may be inside/);
    await field.fill('x');
    await userEvent.keyboard('{Enter}');
    await expect.element(button('Set')).toBeDisabled();
    await field.fill('20');
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByTestId('capacity')).toHaveTextContent('20');
  });
});

describe('what is not confirmed', () => {
  it('is told as a range, with names, and what going on counts from', async () => {
    const missing = [{ id: 'fox1x9y8z7', name: 'Gate Fox' }];
    const visitors = Array.from({ length: 7 }, (_, at) => `Guest ${at}`);
    const unconfirmed = { least: 0, most: 7, occupancy: 7, capacity: 50, visitors };
    open({ inside: 0, status: { quorum: false, missing, unconfirmed } });
    await expect.element(occupancy).toHaveTextContent('0–7');
    await expect.element(page.getByText(/0 confirmed; 7 if all/)).toBeVisible();
    await expect
      .element(page.getByRole('option', { name: 'Guest 3' }))
      .toHaveTextContent('not confirmed');
    await expect.element(page.getByText(/Nobody is inside/)).not.toBeInTheDocument();
  });
});

describe('long names', () => {
  it('never cut off what happened', async () => {
    const name = 'Haupteingang hinten links neben dem Kiosk';
    const fake = new FakeGatehouse();
    const [fox] = fake.status().peers;
    open({ status: { peers: [{ ...fox!, name }] } });
    const line = page
      .getByRole('listitem')
      .filter({ hasText: new RegExp(`${name}\\s+became a voter`) });
    await expect.element(line).toBeVisible();
    const what = line.element().querySelector('.what > :last-child')!;
    expect(what.textContent).toBe('became a voter');
    expect(what.scrollWidth).toBeLessThanOrEqual(what.clientWidth);
    expect(line.element().querySelector('.who')!.textContent).toBe(name);
  });
});

describe('a gate whose memory is gone', () => {
  it('says that it does not know, and never that nobody is inside', async () => {
    const fake = open();
    await button('Let in').click();
    await expect
      .element(page.getByRole('button', { name: /Undo: Visitor \w{6} out/ }))
      .toBeVisible();
    fake.crash();
    await expect.element(statusLine).toHaveTextContent('Gate Heron has crashed');
    await expect.element(occupancy).toHaveTextContent('–');
    await expect.element(page.getByText('This gate does not know who is inside.')).toBeVisible();
    await expect.element(page.getByText('not known', { exact: true }).first()).toBeVisible();
    await expect.element(page.getByText('Not known here')).toBeVisible();
    await expect.element(page.getByText(/entries, as last known/)).toBeVisible();
    for (const untrue of [/is out/, /Nobody/, /No other gate yet/, /linked gates carry on/]) {
      await expect.element(page.getByText(untrue)).not.toBeInTheDocument();
    }
    await expect.element(button('Set capacity')).toBeDisabled();
    await button('Recover').click();
    await expect.element(occupancy).toHaveTextContent('4');
  });

  it('says of a tap before the first one that it would fail', async () => {
    const fake = open();
    fake.crash();
    await expect.element(receipt).toHaveTextContent('Stopped');
  });
});

describe('the lab', () => {
  it('crashes and recovers this node', async () => {
    open({}, '#/lab');
    await button('Crash').click();
    await expect.element(statusLine).toHaveTextContent('Gate Heron has crashed');
    await expect.element(button('Crash')).toBeDisabled();
    await button('Recover').click();
    await expect.element(statusLine).toHaveTextContent('Admissions open');
  });

  it('asks before it leaves for good', async () => {
    const fake = open({}, '#/lab');
    await button('Leave').click();
    expect(fake.calls).toEqual([]);
    await button('Leave for good').click();
    await expect.element(statusLine).toHaveTextContent('has left the network for good');
  });

  it.each([
    ['Remove leader', 'Remove it', /All gates of park main stop/, 'removeLeader'],
    ['Admit 20 at once', 'Admit them', /up to 7 places/, ''],
  ])('says what it costs before it goes on: %s', async (name, action, cost, call) => {
    const fake = open({ capacity: 10 }, '#/lab');
    await button(name).click();
    await expect.element(page.getByText(cost)).toBeVisible();
    expect(fake.calls).toEqual([]);
    expect(fake.status().occupancy).toBe(3);
    await button(action).click();
    if (call !== '') expect(fake.calls).toEqual([call]);
    else await expect.element(page.getByText('7 let in, 13 refused, 0 failed')).toBeVisible();
  });

  it('hides heartbeats', async () => {
    const fake = open({}, '#/lab');
    const peer = 'fox1x9y8z7';
    fake.note({ kind: 'sent', what: 'APPEND', peer, detail: 'heartbeat, committed 3' });
    fake.note({ kind: 'sent', what: 'APPEND', peer, detail: 'entry 4, committed 3' });
    fake.note({
      kind: 'received',
      what: 'APPENDED',
      peer,
      detail: 'holds up to 3, to a heartbeat',
    });
    const message = page.getByRole('listitem').filter({ hasText: 'APPEND' });
    await expect.element(message.nth(2)).toBeInTheDocument();
    await button('Hide heartbeats').click();
    await expect.element(message).toHaveTextContent('entry 4');
  });

  it('takes and releases the mutex, with its token', async () => {
    const fake = open({}, '#/lab');
    await button('Take the mutex').click();
    await expect.element(page.getByTestId('mutex')).toHaveTextContent('Held. Token 1 of term 12.');
    await button('Release the mutex').click();
    await expect.element(button('Take the mutex')).toBeVisible();
    expect(fake.calls).toEqual(['lock', 'release']);
  });

  it('cuts a link, sets loss, and heals all', async () => {
    const fake = open({}, '#/lab');
    await button('Cut the link to Gate Fox').click();
    await page.getByRole('slider', { name: 'Loss' }).fill('30');
    await vi.waitFor(() => {
      expect(fake.status().faults).toEqual([{ to: ['fox1x9y8z7'], cut: true }, { drop: 0.3 }]);
    });
    await expect.element(button('Mend the link to Gate Fox')).toBeVisible();
    await button('Heal all').click();
    await expect.element(button('Cut the link to Gate Fox')).toBeVisible();
    expect(fake.status().faults).toEqual([]);
  });

  it('shows messages as they pass, filters and pauses them', async () => {
    const fake = open({}, '#/lab');
    const message = (text: string) => page.getByRole('listitem').filter({ hasText: text });
    await expect.element(page.getByText('Nothing yet.', { exact: false })).toBeVisible();
    fake.note({ kind: 'sent', what: 'PROBE', peer: 'fox1x9y8z7', bytes: 41 });
    fake.note({ kind: 'dropped', what: 'ELECT', peer: 'fox1x9y8z7', bytes: 90 });
    await expect.element(message('PROBE')).toHaveTextContent('41 B');
    await page.getByRole('combobox', { name: 'Kind' }).selectOptions('dropped');
    await expect.element(message('PROBE')).not.toBeInTheDocument();
    await expect.element(message('ELECT')).toBeInTheDocument();
    await button('Pause').click();
    fake.note({ kind: 'dropped', what: 'APPEND', peer: 'fox1x9y8z7', bytes: 90 });
    await expect.element(page.getByRole('row', { name: /APPEND/ })).toBeVisible();
    await expect.element(message('APPEND')).not.toBeInTheDocument();
    await button('Pause').click();
    await expect.element(message('APPEND')).toBeInTheDocument();
  });
});
