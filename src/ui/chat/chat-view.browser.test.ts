import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import '../page.css';
import { GatehouseError } from '../../runtime/gatehouse.ts';
import { FakeGatehouse } from '../dev/fake-gatehouse.ts';
import { openPage } from '../dev/open-page.ts';

const button = (name: string | RegExp) => page.getByRole('button', { name });
const log = page.getByRole('log');
const field = page.getByRole('textbox', { name: 'Message to Lobby' });

let fake: FakeGatehouse;

async function open(prepare: (fake: FakeGatehouse) => Promise<void> | void): Promise<void> {
  fake = new FakeGatehouse({ status: { election: 'ring' } });
  await prepare(fake);
  openPage(fake, '#/chat');
}

async function inLobby({ chat }: FakeGatehouse): Promise<void> {
  await chat.register('Ada');
  chat.meet('Bob');
  await chat.join('Lobby');
}

/** The focus is within shadow trees, which the document does not look into. */
async function focused(label: string): Promise<void> {
  await vi.waitFor(() => {
    let { activeElement } = document;
    while (activeElement?.shadowRoot?.activeElement) {
      ({ activeElement } = activeElement.shadowRoot);
    }
    const text = activeElement?.querySelector('.name') ?? activeElement;
    expect(activeElement?.getAttribute('aria-label') ?? text?.textContent.trim()).toBe(label);
  });
}

beforeEach(async () => {
  localStorage.clear();
  // The list and the conversation beside each other.
  await page.viewport(1280, 800);
});
afterEach(() => document.body.replaceChildren());

it('takes a name, and says plainly when it is taken', async () => {
  await open(({ chat }) => chat.meet('Bob'));
  await page.getByLabelText('What should the others call you?').fill('Bob');
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByRole('alert')).toHaveTextContent('This name is taken.');
  await page.getByLabelText('What should the others call you?').fill('Ada');
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByRole('heading', { name: 'You are Ada' })).toBeVisible();
});

it('goes on where the next step is: to the rooms after the name, and from a conversation to its row', async () => {
  await page.viewport(390, 800);
  await open(() => undefined);
  await page.getByLabelText('What should the others call you?').fill('Ada');
  await userEvent.keyboard('{Enter}');
  await focused('Make the first room: Lobby');
  await fake.chat.join('Attic');
  await button(/Attic/).click();
  await button('‹ All').click();
  await focused('Attic');
  await fake.chat.join('Bell tower');
  await button(/Bell tower/).click();
  await button('‹ All').click();
  await focused('Bell tower');
  await page.getByText('Another name').click();
  await page.getByLabelText('Your new name; the old one stays yours').fill('Ada Lovelace');
  await userEvent.keyboard('{Enter}');
  await focused('Another name');
});

it('Enter sends, Shift and Enter begin a new line, and a draft waits in its place', async () => {
  await open(inLobby);
  await button(/Lobby/).click();
  await focused('Message to Lobby');
  await userEvent.keyboard('one{Shift>}{Enter}{/Shift}two{Enter}');
  await expect.element(log.getByText('one two')).toBeVisible();
  expect(fake.chat.history('Lobby').map(({ text }) => text)).toEqual(['one\ntwo']);
  await userEvent.keyboard('half a');
  await button(/Bob/).click();
  const toBob = page.getByRole('textbox', { name: 'Message to Bob' });
  await expect.element(toBob).toHaveValue('');
  await toBob.fill('dear');
  await button(/Lobby/).click();
  await expect.element(field).toHaveValue('half a');
  await button(/Bob/).click();
  await expect.element(toBob).toHaveValue('dear');
});

it('C8: what is sealed or damaged is shown as that, and markup as text', async () => {
  await open(async (gatehouse) => {
    await inLobby(gatehouse);
    const { chat } = gatehouse;
    chat.speak('Bob', 'Lobby', { text: '<img src=x onerror="window.attacked=1">' });
    chat.speak('Bob', 'Lobby', { text: '', problem: 'damaged' });
    chat.made('Attic', 'secret');
    chat.speak('Bob', 'Attic', { text: 'hidden' });
  });
  await button(/Lobby/).click();
  await expect.element(log.getByText('<img src=x onerror="window.attacked=1">')).toBeVisible();
  await expect.element(log.getByText(/Damaged: it was changed/)).toBeVisible();
  await button(/Attic/).click();
  await expect.element(log.getByText(/Only those who know the passphrase/)).toBeVisible();
  await page.getByLabelText('Passphrase of Attic').fill('wrong');
  await userEvent.keyboard('{Enter}');
  await expect.element(page.getByText('Wrong passphrase.')).toBeVisible();
  await page.getByLabelText('Passphrase of Attic').fill('secret');
  await userEvent.keyboard('{Enter}');
  await expect.element(log.getByText('hidden')).toBeVisible();
  await focused('Message to Attic');
  expect('attacked' in window).toBe(false);
});

it('follows the end for who is there, and leaves who reads further up in place', async () => {
  await open(inLobby);
  await button(/Lobby/).click();
  const say = (text: string): void => fake.chat.speak('Bob', 'Lobby', { text });
  for (let line = 1; line <= 60; line += 1) say(`Line ${line}`);
  await expect.element(log.getByText('Line 60')).toBeInViewport();
  const scroller = log.element();
  scroller.scrollTop = 0;
  await expect.element(button('To the end')).toBeVisible();
  say('Line 61');
  await expect.element(button('1 new message')).toBeVisible();
  expect(scroller.scrollTop).toBe(0);
  await button('1 new message').click();
  await expect.element(log.getByText('Line 61')).toBeInViewport();
  await expect.element(button(/new message|To the end/)).not.toBeInTheDocument();
  // Who writes is there again.
  scroller.scrollTop = 0;
  await expect.element(button('To the end')).toBeVisible();
  await field.fill('Line 62');
  await userEvent.keyboard('{Enter}');
  await expect.element(log.getByText('Line 62')).toBeInViewport();
});

/** As a gate answers: not at once, but after some frames. */
function answerAfterFrames({ chat }: FakeGatehouse, frames: number): void {
  const say = chat.say.bind(chat);
  chat.say = async (room, text) => {
    for (let frame = 0; frame < frames; frame += 1) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    await say(room, text);
  };
}

const LONG = 'a line of text that wraps around in the narrow column '.repeat(26).trim();

it.each([0, 3])(
  'what one says is in sight, the thirtieth message and a long one too, answered after %i frames',
  async (frames) => {
    await page.viewport(390, 844);
    await open(inLobby);
    for (let line = 1; line < 28; line += 1)
      fake.chat.speak('Ada', 'Lobby', { text: `Line ${line}` });
    answerAfterFrames(fake, frames);
    await button(/Lobby/).click();
    for (const text of ['the 28th', 'the 29th', 'the 30th', LONG, 'short again']) {
      await field.fill(text);
      await userEvent.keyboard('{Enter}');
      await vi.waitFor(() => {
        expect(fake.chat.history('Lobby').at(-1)?.text).toBe(text);
        expect(log.getByText('Sending').query()).toBeNull();
        const { scrollTop, clientHeight, scrollHeight } = log.element();
        expect(scrollHeight - scrollTop - clientHeight).toBeLessThan(1);
      });
      expect(button('To the end').query()).toBeNull();
    }
    await expect.element(log.getByText('short again')).toBeInViewport();
  },
);

it.each([
  [390, 844],
  [1280, 800],
])('on a screen of %i × %i the page is as high as that, whatever was said', async (...screen) => {
  await page.viewport(...screen);
  await open(inLobby);
  await button(/Lobby/).click();
  for (let line = 1; line <= 60; line += 1)
    fake.chat.speak('Bob', 'Lobby', { text: `Line ${line}` });
  await expect.element(log.getByText('Line 60')).toBeInViewport();
  expect(document.documentElement.scrollHeight).toBe(innerHeight);
  expect(field.element().getBoundingClientRect().bottom).toBeLessThan(innerHeight);
});

it('a text that is too long can be typed, is refused with its length, and stays to be shortened', async () => {
  await open(inLobby);
  await button(/Lobby/).click();
  await field.fill('x'.repeat(2001));
  await expect
    .element(page.getByText('2001 characters: a message has at most 2000. Make it shorter by 1.'))
    .toBeVisible();
  await userEvent.keyboard('{Enter}');
  await button('Send').click();
  expect(fake.chat.history('Lobby')).toEqual([]);
  await expect.element(field).toHaveValue('x'.repeat(2001));
  await field.fill('x'.repeat(2000));
  await expect.element(page.getByText(/a message has at most/)).not.toBeInTheDocument();
  await userEvent.keyboard('{Enter}');
  await vi.waitFor(() => expect(fake.chat.history('Lobby')).toHaveLength(1));
});

it('a gate that has crashed says so, and recovers here', async () => {
  await open(({ chat }) => chat.meet('Bob'));
  fake.crash();
  await expect.element(page.getByRole('heading', { name: 'This gate has crashed' })).toBeVisible();
  await expect.element(page.getByText(/does not run, so it has no chat/)).toBeVisible();
  await expect.element(page.getByText(/Looking for|No other server/)).not.toBeInTheDocument();
  await button('Recover').click();
  await expect.element(page.getByLabelText('What should the others call you?')).toBeVisible();
  await expect.element(button('Recover')).not.toBeInTheDocument();
});

it('says that nobody leads, and that what is written is pending and not lost', async () => {
  await open(inLobby);
  await button(/Lobby/).click();
  let answer = (): void => undefined;
  fake.chat.say = () => new Promise((resolve) => (answer = resolve));
  fake.set({ vacant: true, quorum: false, leader: null, role: 'follower' });
  await field.fill('Hello?');
  await userEvent.keyboard('{Enter}');
  const pending = 'Pending: it waits here, and is not lost. Keep this tab open.';
  await expect.element(log.getByText(pending)).toBeVisible();
  await expect
    .element(page.getByText(/What you write waits as long as this tab is open/))
    .toBeVisible();
  await button('Vote now').click();
  await expect.element(log.getByText('Sending …')).toBeVisible();
  expect(fake.calls).toContain('startElection');
  answer();
  await expect.element(log.getByText('Sending …')).not.toBeInTheDocument();
});

/** Whether the page may be closed without a question. */
function mayClose(): boolean {
  return dispatchEvent(new Event('beforeunload', { cancelable: true }));
}

it('asks before it is closed while a message stands nowhere else, and says so while the gate is down', async () => {
  await open(inLobby);
  await button(/Lobby/).click();
  let answer = (): void => undefined;
  fake.chat.say = () => new Promise((resolve) => (answer = resolve));
  expect(mayClose()).toBe(true);
  await field.fill('Hello?');
  await userEvent.keyboard('{Enter}');
  await expect.element(log.getByText('Hello?')).toBeVisible();
  expect(mayClose()).toBe(false);
  const me = vi.spyOn(fake.chat, 'me').mockReturnValue(null);
  fake.crash();
  await expect.element(page.getByText(/^1 message of yours waits in this tab/)).toBeVisible();
  me.mockRestore();
  await fake.recover();
  answer();
  await expect.element(log.getByText('Hello?')).not.toBeInTheDocument();
  expect(mayClose()).toBe(true);
});

it('gives back what was refused, also where the door of the room stands by then', async () => {
  await open(async (gatehouse) => {
    await inLobby(gatehouse);
    gatehouse.chat.made('Attic', 'secret');
    await gatehouse.chat.join('Attic', 'secret');
  });
  await button(/Attic/).click();
  fake.chat.say = () => Promise.reject(new GatehouseError('invalid', true, 'join the room first'));
  await page.getByRole('textbox', { name: 'Message to Attic' }).fill('Hear me');
  await userEvent.keyboard('{Enter}');
  await expect.element(log.getByText('Not sent: join the room first.')).toBeVisible();
  fake.chat.made('Attic', 'secret');
  await expect.element(page.getByLabelText('Passphrase of Attic')).toBeVisible();
  await button('Take back').click();
  await expect.element(button('Take back')).not.toBeInTheDocument();
  await page.getByLabelText('Passphrase of Attic').fill('secret');
  await userEvent.keyboard('{Enter}');
  await expect
    .element(page.getByRole('textbox', { name: 'Message to Attic' }))
    .toHaveValue('Hear me');
});

it('a room opens by its name as it is compared, however it was typed', async () => {
  await open(inLobby);
  await page.getByText('Another room').click();
  await page.getByLabelText('Name of the room').fill('Bell\ufe0f   tower');
  await userEvent.keyboard('{Enter}');
  await focused('Message to Bell tower');
});

it('Enter that ends the composing of a word sends nothing', async () => {
  await open(inLobby);
  await button(/Lobby/).click();
  await field.fill('ni');
  const enter = { key: 'Enter', bubbles: true, cancelable: true };
  field.element().dispatchEvent(new KeyboardEvent('keydown', { ...enter, keyCode: 229 }));
  await expect.element(field).toHaveValue('ni');
  field.element().dispatchEvent(new KeyboardEvent('keydown', enter));
  await expect.element(field).toHaveValue('');
});
