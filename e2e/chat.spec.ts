import { expectAccessible } from './accessible.ts';
import { Chatter, openChat } from './chatter.ts';
import { expect, test } from './fixture.ts';

test('dynamic discovery: a client joins with no knowledge of the others', async ({ park }) => {
  const [ada, bob] = await openChat(park, ['Ada', 'Bob']);
  await ada.arrive();
  await bob.arrive();
  await ada.page.getByRole('button', { name: 'Make the first room: Lobby' }).click();
  await ada.write('Anybody here?');

  // All that it is told is the address: no server, no leader, no user.
  const device = await park.newDevice();
  const tab = await park.open({ priority: 0, view: 'chat', device });
  const cleo = new Chatter(tab, 'Cleo');
  await expect(cleo.page.getByText('2 users already, 2 of them here now.')).toBeVisible();
  await cleo.takeName('Ada');
  await expect(
    cleo.page.getByRole('alert').filter({ hasText: 'This name is taken.' }),
  ).toBeVisible();
  await cleo.arrive();
  await expect(cleo.place('Ada')).toContainText('here');
  await expect(cleo.place('Bob')).toContainText('here');
  await expect(bob.place('Cleo')).toContainText('here');
  expect((await tab.status()).election).toBe('ring');
  await expect(cleo.servers.getByRole('img')).toHaveAccessibleName(/Gate .*: leader\./);

  // The room is there for whoever comes, with what was said in it.
  await cleo.join('Lobby');
  await expect(cleo.messages).toContainText(['Anybody here?']);
  await cleo.write('I am.');
  await expect(ada.messages).toContainText(['Anybody here?', 'I am.']);
});

test('a message by name to one user, and to a room', async ({ park }) => {
  const [ada, bob, cleo] = await openChat(park, ['Ada', 'Bob', 'Cleo']);
  for (const user of [ada, bob, cleo]) await user.arrive();
  await ada.makeRoom('Lobby');
  await bob.join('Lobby');
  await cleo.join('Lobby');
  await ada.write('For all of you.');
  for (const user of [ada, bob, cleo]) {
    await expect(user.messages).toContainText(['For all of you.']);
  }

  await bob.show('Ada');
  await bob.write('For you alone.');
  await bob.write('And this.');
  await expect(bob.messages).toContainText(['For you alone.', 'And this.']);
  // It is marked as unread until it was in sight.
  await expect(ada.place('Bob')).toContainText('2 new');
  await ada.show('Bob');
  await expect(ada.messages).toContainText(['For you alone.', 'And this.']);
  await expect(ada.messages.first()).toContainText('Bob');
  await expect(ada.place('Bob')).not.toContainText('new');
  await ada.write('Thanks.');
  await expect(bob.messages).toContainText(['For you alone.', 'And this.', 'Thanks.']);
  await cleo.show('Bob');
  await expect(cleo.page.getByText('Nothing was said here yet.')).toBeVisible();

  // Who reads further up is not moved, and is told that there is more.
  await ada.show('Lobby');
  await bob.show('Lobby');
  for (const part of ['One', 'Two', 'Three']) await ada.write(`${part}${'\nand so on'.repeat(15)}`);
  await expect(bob.messages).toHaveCount(4);
  const log = bob.page.getByRole('log');
  await expect(bob.messages.last()).toBeInViewport();
  await log.evaluate((element) => (element.scrollTop = 0));
  await expect(bob.page.getByRole('button', { name: 'To the end' })).toBeVisible();
  await ada.write('The latest');
  const more = bob.page.getByRole('button', { name: '1 new message' });
  await expect(more).toBeVisible();
  expect(await log.evaluate((element) => element.scrollTop)).toBe(0);
  await more.click();
  await expect(bob.messages.last()).toBeInViewport();
  await expect(bob.messages.last()).toContainText('The latest');
});

test('three unanswered heartbeats: the leader is dead, the ring elects the greatest', async ({
  park,
}) => {
  const [ada, bob, cleo] = await openChat(park, ['Ada', 'Bob', 'Cleo']);
  await ada.arrive();
  await bob.arrive();
  await ada.makeRoom('Lobby');
  await bob.join('Lobby');
  const heartbeats = ada.page.getByTestId('heartbeats');
  await expect(heartbeats).toContainText('0 of 3 missed');
  const next = await bob.tab.status();

  // Its links stay open: only the heartbeats tell.
  await cleo.tab.crash('hang');
  await ada.write('Said while nobody led.');
  await ada.tab.until(({ leader, quorum }, id) => quorum && leader === id, next.id);
  await expect(ada.servers.getByRole('img')).toHaveAccessibleName(
    new RegExp(`${next.name}: leader\\.`),
  );
  const steps = ada.page.getByTestId('vote-steps');
  await expect(steps).toContainText('does not answer: it is skipped.');
  await expect(steps).toContainText(`token for ${next.name}`);
  await expect(heartbeats).toContainText(`Heartbeats of ${next.name}: 0 of 3 missed`);
  // What was said meanwhile waited, and stands there once.
  await expect(bob.messages).toContainText(['Said while nobody led.']);
  await expect(ada.messages).toHaveCount(1);
});

test('a vote by hand', async ({ park }) => {
  const [ada, bob, cleo] = await openChat(park, ['Ada', 'Bob', 'Cleo']);
  await ada.arrive();
  await bob.arrive();
  await ada.makeRoom('Lobby');
  await bob.join('Lobby');
  const { id, name } = await cleo.tab.status();
  // With a leader there, it is the same one again.
  const vote = bob.servers.getByRole('button', { name: 'Start a vote' });
  const told = bob.servers.getByTestId('vote');
  await vote.click();
  await expect(told).toHaveText(`The vote is over: ${name} leads.`);

  await bob.page.evaluate(() => window.gatehouse!.removeLeader());
  await ada.tab.until(({ vacant }) => vacant);
  await ada.write('Pending, not lost.');
  await expect(ada.messages.last()).toContainText('Pending: it waits here, and is not lost.');
  await expect(ada.page.getByText('Nobody leads: messages go out after a vote.')).toBeVisible();
  await expect(bob.page.getByText('Pending, not lost.')).toBeHidden();
  await vote.click();
  await expect(told).toHaveText(`The vote is over: ${name} leads.`);
  await ada.tab.until(({ leader }, greatest) => leader === greatest, id);
  const steps = bob.page.getByTestId('vote-steps');
  await expect(steps).toContainText('You started a vote.');
  await expect(steps).toContainText(`This gate passed a token for`);
  await expect(bob.messages).toContainText(['Pending, not lost.']);
  await expect(ada.messages).toHaveCount(1);
  await expect(ada.messages).not.toContainText('it waits here');
});

test('history is there after all tabs reopen', async ({ park }) => {
  const [ada, bob] = await openChat(park, ['Ada', 'Bob']);
  await ada.arrive();
  await bob.arrive();
  await ada.makeRoom('Lobby');
  await ada.write('One');
  await ada.makeRoom('Attic', 'a long passphrase');
  await ada.write('Two');
  await ada.show('Bob');
  await ada.write('Three');
  await expect(bob.place('Ada')).toContainText('1 new');
  const device = ada.page.context();
  await ada.tab.close();
  await bob.tab.close();

  const tabs = [
    await park.open({ view: 'chat', device }),
    await park.open({ view: 'chat', device }),
  ];
  await park.united(tabs);
  const users = tabs.map((tab) => new Chatter(tab, ''));
  const isAda = users.map(({ page }) =>
    page.getByRole('heading', { name: 'You are Ada' }).isVisible(),
  );
  for (const { page } of users)
    await expect(page.getByRole('heading', { name: 'You are' })).toBeVisible();
  const first = users[(await Promise.all(isAda)).indexOf(true)]!;
  await first.show('Lobby');
  await expect(first.messages).toContainText(['One']);
  // The browser has kept the key: no passphrase is asked for.
  await first.show('Attic');
  await expect(first.messages).toContainText(['Two']);
  await first.show('Bob');
  await expect(first.messages).toContainText(['Three']);
  const second = users.find((user) => user !== first)!;
  await expect(second.place('Ada')).toContainText('1 new');
  await second.show('Ada');
  await expect(second.messages).toContainText(['Three']);
});

test('an offline user gets messages on coming back', async ({ park }) => {
  const [cleo, ada, bob] = await openChat(park, ['Cleo', 'Ada', 'Bob'], { ownDevices: true });
  for (const user of [cleo, ada, bob]) await user.arrive();
  await ada.makeRoom('Lobby');
  await bob.join('Lobby');
  await cleo.join('Lobby');
  const device = cleo.page.context();
  await cleo.tab.close();
  await expect(ada.place('Cleo')).toContainText('offline');
  await ada.write('You missed this.');
  await ada.show('Cleo');
  await expect(ada.page.getByText('Offline: gets messages when back.')).toBeVisible();
  await ada.write('For when you are back.');
  await expect(ada.messages).toContainText(['For when you are back.']);

  const again = new Chatter(await park.open({ view: 'chat', device }), 'Cleo');
  await expect(again.page.getByRole('heading', { name: 'You are Cleo' })).toBeVisible();
  await expect(again.place('Lobby')).toContainText('1 new');
  await expect(again.place('Ada')).toContainText('1 new');
  await again.show('Ada');
  await expect(again.messages).toContainText(['For when you are back.']);
  await again.show('Lobby');
  await expect(again.messages).toContainText(['You missed this.']);
  await expect(ada.place('Cleo')).toContainText('here');
});

/** Everything that the databases of this page's origin hold, as text. */
async function stored(user: Chatter): Promise<string> {
  return user.page.evaluate(async () => {
    const asText = (_: string, value: unknown): unknown =>
      value instanceof ArrayBuffer || ArrayBuffer.isView(value)
        ? new TextDecoder().decode(value)
        : value;
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error('not read'));
      });
    const found: unknown[] = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name ?? ''));
      for (const store of [...database.objectStoreNames]) {
        const all = database.transaction(store).objectStore(store);
        found.push(await done(all.getAllKeys()), await done(all.getAll()));
      }
      database.close();
    }
    return JSON.stringify(
      [found, Object.entries(localStorage), Object.entries(sessionStorage)],
      asText,
    );
  });
}

test('a sealed room: the signaling server and strangers learn neither names nor text', async ({
  park,
}) => {
  const secrets = {
    passphrase: 'Rosenkohl am Mittwoch',
    text: 'Kartoffelsuppe um sieben',
    direct: 'Linsen nur dir allein',
  };
  const names = ['Adelheid', 'Bartholomew', 'Dachkammer'];
  const frames: string[] = [];
  const device = await park.newDevice();
  const elsewhere = await park.newDevice();
  for (const one of [device, elsewhere]) {
    one.on('page', (page) => {
      page.on('websocket', (socket) => {
        const keep = ({ payload }: { payload: string | Buffer }): void => {
          frames.push(payload.toString());
        };
        socket.on('framesent', keep);
        socket.on('framereceived', keep);
      });
    });
  }
  const [ada, bob] = await openChat(park, ['Adelheid', 'Bartholomew'], { device });
  const eve = new Chatter(await park.open({ view: 'chat', device: elsewhere, priority: 0 }), 'Eve');
  for (const user of [ada, bob, eve]) await user.arrive();
  await ada.makeRoom('Dachkammer', secrets.passphrase);
  await ada.write(secrets.text);
  await ada.show('Bartholomew');
  await ada.write(secrets.direct);

  await bob.show('Adelheid');
  await expect(bob.messages).toContainText([secrets.direct]);
  await bob.show('Dachkammer');
  await expect(bob.messages).toContainText(['Only those who know the passphrase can read it.']);
  await bob.page.getByLabel('Passphrase of Dachkammer').fill('Rosenkohl am Dienstag');
  await bob.page.getByRole('button', { name: 'Open the room' }).click();
  await expect(bob.page.getByRole('alert').filter({ hasText: 'Wrong passphrase.' })).toBeVisible();
  await bob.page.getByLabel('Passphrase of Dachkammer').fill(secrets.passphrase);
  await bob.page.keyboard.press('Enter');
  await expect(bob.messages).toContainText([secrets.text]);

  // What others see of it is shown to who asks.
  await bob.page.getByRole('button', { name: 'As others see it' }).click();
  await expect(bob.messages).not.toContainText([secrets.text]);
  const sealed = await bob.page.evaluate(
    () => window.gatehouse!.chat.records('Dachkammer')[0]!.sealed!,
  );
  await expect(bob.messages).toContainText([sealed]);

  // A gate of the same park that was not told the passphrase holds all of it, and none of what it says.
  await expect(eve.place('Dachkammer')).toContainText('sealed, not joined');
  await eve.show('Dachkammer');
  await expect(eve.messages).toContainText(['Only those who know the passphrase can read it.']);
  const held = await stored(eve);
  expect(held).toContain(sealed);
  for (const secret of Object.values(secrets)) expect(held).not.toContain(secret);

  // The signaling server, in either direction.
  const signaling = frames.join('\n');
  expect(signaling).toContain(park.name);
  for (const secret of [...Object.values(secrets), ...names, sealed]) {
    expect(signaling).not.toContain(secret);
  }
});

test('text from others is never markup', async ({ park }) => {
  const [ada, bob] = await openChat(park, ['<b>Ada</b>', 'Bob']);
  await ada.arrive();
  await bob.arrive();
  await ada.makeRoom('<i onclick=x>Lobby</i>');
  const attack =
    '<img src="nowhere" onerror="window.attacked = true"><script>window.attacked = 1</script>';
  await ada.write(attack);
  await ada.show('Bob');
  await ada.write(attack);
  await bob.show('<i onclick=x>Lobby</i>');
  await expect(bob.messages).toContainText([attack]);
  await expect(bob.messages).toContainText(['<b>Ada</b>']);
  await bob.show('<b>Ada</b>');
  await expect(bob.messages).toContainText([attack]);
  for (const { page } of [ada, bob]) {
    await expect(
      page.locator('img, script:not([src]), i, gh-chat b:has-text("Ada") b'),
    ).toHaveCount(0);
    expect(await page.evaluate(() => 'attacked' in window)).toBe(false);
  }
});

test('axe finds nothing wrong with the chat, light and dark', async ({ park }) => {
  const device = await park.newDevice({ reducedMotion: 'reduce' });
  const [ada, bob] = await openChat(park, ['Ada', 'Bob'], { device });
  const { page } = ada;
  const check = async (colorScheme: 'light' | 'dark'): Promise<void> => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page);
  };
  await check('light');
  await ada.arrive();
  await bob.arrive();
  await bob.makeRoom('Cellar', 'a long passphrase');
  await bob.write('Sealed');
  await ada.makeRoom('Lobby');
  await ada.write('Hello');
  await expect(ada.messages).toHaveCount(1);
  await ada.show('Cellar');
  await page.getByLabel('Passphrase of Cellar').fill('wrong');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Wrong passphrase.')).toBeVisible();
  await check('dark');
  await page.evaluate(() => window.gatehouse!.removeLeader());
  await ada.show('Lobby');
  await ada.write('Pending');
  await expect(page.getByRole('button', { name: 'Vote now' })).toBeVisible();
  await check('light');
});

test('a room in the order of the multicast', async ({ park }) => {
  const [ada, bob, cleo] = await openChat(park, ['Ada', 'Bob', 'Cleo']);
  for (const user of [ada, bob, cleo]) await user.arrive();
  await ada.page.getByText('Another room', { exact: true }).click();
  await ada.page.getByLabel('Name of the room').fill('Tower');
  await ada.page
    .getByLabel('Order of the messages in a new room')
    .selectOption('Multicast by a sequencer');
  await expect(ada.page.getByText('One gate numbers the messages')).toBeVisible();
  await ada.page.getByRole('button', { name: 'Join or make the room' }).click();
  await expect(ada.page.getByText('Order: Multicast by a sequencer')).toBeVisible();
  await bob.join('Tower');
  await cleo.join('Tower');
  const others = cleo.page.evaluate(async () =>
    window.gatehouse!.chat.join('Spire', undefined, { order: 'lamport' }).catch(String),
  );
  expect(await others).toContain('this park multicasts by sequencer');

  // All talk at once.
  const users = [ada, bob, cleo];
  const say = ({ page, name }: Chatter): Promise<unknown> =>
    page.evaluate(async (from) => {
      const texts = Array.from({ length: 8 }, (_, i) => `${from} ${i + 1}`);
      await Promise.all(texts.map((text) => window.gatehouse!.chat.say('Tower', text)));
    }, name);
  await Promise.all(users.map(say));
  for (const { messages } of users) await expect(messages).toHaveCount(24);
  const shown = await Promise.all(users.map(({ page }) => page.locator('.said').allInnerTexts()));
  for (const one of shown) expect(one).toEqual(shown[0]);

  // The order is that in which every gate delivered their tags, one for each message.
  for (const { page } of users) {
    const [said, delivered] = await page.evaluate(() => {
      const { chat, multicast } = window.gatehouse!;
      const ids = chat.records('Tower').map(({ from }) => from);
      return [ids, multicast.delivered().map(({ from }) => from)] as const;
    });
    expect(said).toHaveLength(24);
    expect(delivered).toEqual(said);
  }
  // Each stands at its place, quietly.
  await expect(cleo.messages.first().locator('.place')).toHaveText(/^1\.1$/);

  // It is there after all tabs are closed, in the same order.
  const device = ada.page.context();
  for (const { tab } of users) await tab.close();
  const again = new Chatter(await park.open({ view: 'chat', device }), '');
  await park.united([again.tab, await park.open({ view: 'chat', device })]);
  await again.show('Tower');
  await expect(again.messages).toHaveCount(24);
  expect(await again.page.locator('.said').allInnerTexts()).toEqual(shown[0]);
});
