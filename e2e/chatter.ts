import type { BrowserContext, Locator, Page } from '@playwright/test';
import { expect, type Park, type Tab } from './fixture.ts';

/** A user of the chat in front of a tab: sees what the page shows, and clicks. */
export class Chatter {
  constructor(
    readonly tab: Tab,
    readonly name: string,
  ) {}

  get page(): Page {
    return this.tab.page;
  }

  /** The messages of the conversation that is open. */
  get messages(): Locator {
    return this.page.getByRole('log').getByRole('listitem');
  }

  get servers(): Locator {
    return this.page.getByRole('region', { name: 'Servers' });
  }

  /** A room or a user in the list. */
  place(name: string): Locator {
    return this.page.locator('gh-places').getByRole('button').filter({ hasText: name });
  }

  async takeName(name = this.name): Promise<void> {
    await this.page.getByLabel('What should the others call you?').fill(name);
    await this.page.keyboard.press('Enter');
  }

  /** Takes the name and is shown the chat. */
  async arrive(): Promise<void> {
    await this.takeName();
    await expect(this.page.getByRole('heading', { name: `You are ${this.name}` })).toBeVisible();
  }

  async makeRoom(room: string, passphrase = ''): Promise<void> {
    await this.page.getByText('Another room', { exact: true }).click();
    await this.page.getByLabel('Name of the room').fill(room);
    await this.page.getByLabel('Passphrase (optional)').fill(passphrase);
    await this.page.getByRole('button', { name: 'Join or make the room' }).click();
    await expect(this.page.getByRole('heading', { name: room, exact: true })).toBeVisible();
  }

  async show(place: string): Promise<void> {
    await this.place(place).click();
    await expect(this.page.getByRole('heading', { name: place, exact: true })).toBeVisible();
  }

  /** Opens a room that others have made. */
  async join(room: string): Promise<void> {
    await this.show(room);
    await this.page.getByRole('button', { name: 'Join the room' }).click();
    await expect(this.page.getByLabel(`Message to ${room}`)).toBeFocused();
  }

  /** By the keyboard, in the conversation that is open. */
  async write(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: /^Message to/ }).fill(text);
    await this.page.keyboard.press('Enter');
  }
}

interface Options {
  readonly device?: BrowserContext;
}

/** Opens the chat in one tab for each name, of the priorities 1, 2, …; the last one leads. */
export async function openChat<const Names extends readonly string[]>(
  park: Park,
  names: Names,
  { device }: Options = {},
): Promise<{ [Place in keyof Names]: Chatter }> {
  const chatters: Chatter[] = [];
  for (const [at, name] of names.entries()) {
    // Names that no gate is given by itself, and that tell nothing of who sits there.
    const gate = { priority: at + 1, name: `Gate no. ${at + 1}` };
    const options = { ...gate, election: 'ring', view: 'chat' } as const;
    chatters.push(new Chatter(await park.open(device ? { ...options, device } : options), name));
  }
  await park.united();
  return chatters as { [Place in keyof Names]: Chatter };
}
