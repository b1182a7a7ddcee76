import { expectAccessible, expectAccessibleInLightAndDark } from './accessible.ts';
import { Chatter, openChat } from './chatter.ts';
import { expect, sharePark, test, type Park, type Tab } from './fixture.ts';
import { stored } from './stored.ts';

/** Whether this gate has missed the other's heartbeats since that event of its trace, asked it, and had no answer (F1, F3). */
function missedAndAsked(tab: Tab, id: string, since: number): Promise<boolean> {
  return tab.page.evaluate(
    ([other, after]) => {
      const notes = window
        .gatehouse!.trace()
        .filter(({ kind, sequence }) => kind === 'note' && sequence > after)
        .map(({ what, detail = '' }) => `${what} ${detail}`);
      const missed = notes.indexOf(`suspects ${other}: heartbeats missed`);
      return missed >= 0 && notes.includes(`failed ${other}: PROBE unanswered`, missed);
    },
    [id, since] as const,
  );
}

test.describe('one chat', () => {
  let park: Park;
  let ada: Chatter;
  let bob: Chatter;
  /** Comes later, on another device. */
  let cleo: Chatter;

  sharePark('Chat', async (made) => {
    park = made;
    [ada, bob] = await openChat(park, ['Ada', 'Bob']);
  });

  test('dynamic discovery: a client joins with no knowledge of the others', async () => {
    await ada.arrive();
    await bob.arrive();
    await ada.page.getByRole('button', { name: 'Make the first room: Lobby' }).click();
    await ada.write('Anybody here?');

    // All that it is told is the address: no server, no leader, no user.
    const device = await park.newDevice();
    const tab = await park.open({ priority: 0, view: 'chat', device });
    cleo = new Chatter(tab, 'Cleo');
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
    await expect(cleo.servers.getByRole('img')).toHaveAccessibleName(/Gate no\. 2: leader\./);

    // The room is there for whoever comes, with what was said in it.
    await cleo.join('Lobby');
    await expect(cleo.messages).toContainText(['Anybody here?']);
    await cleo.write('I am.');
    await expect(ada.messages).toContainText(['Anybody here?', 'I am.']);
  });

  test('a message by name to one user, and to a room', async () => {
    await ada.makeRoom('Hall');
    await bob.join('Hall');
    await cleo.join('Hall');
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
    await ada.show('Hall');
    await bob.show('Hall');
    for (const part of ['One', 'Two', 'Three'])
      await ada.write(`${part}${'\nand so on'.repeat(15)}`);
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

  test('three unanswered heartbeats: the leader is dead, the ring elects the greatest', async () => {
    await cleo.makeRoom('Tower');
    await ada.join('Tower');
    const heartbeats = cleo.page.getByTestId('heartbeats');
    await expect(heartbeats).toContainText('0 of 3 missed');
    const next = await ada.tab.status();
    const { id } = await bob.tab.status();
    const followers = [ada.tab, cleo.tab];

    // Its links stay open: its silence tells, by heartbeats that are missed, or by a PROBE of a follower's schedule. Where
    // that came sooner, once more.
    let rounds = 0;
    for (let missed = false; !missed; rounds += 1) {
      if (rounds > 0) await bob.tab.recover();
      await park.united();
      await bob.tab.crash('hang');
      const since = await Promise.all(followers.map((tab) => tab.lastSequence()));
      await cleo.write('Said while nobody led.');
      await cleo.tab.until(
        ({ leader, quorum }, greatest) => quorum && leader === greatest,
        next.id,
      );
      const found = followers.map((tab, at) => missedAndAsked(tab, id, since[at]!));
      missed = (await Promise.all(found)).includes(true);
    }
    await expect(cleo.servers.getByRole('img')).toHaveAccessibleName(
      new RegExp(`${next.name}: leader\\.`),
    );
    const steps = cleo.page.getByTestId('vote-steps');
    await expect(steps).toContainText('does not answer: it is skipped.');
    await expect(steps).toContainText(`token for ${next.name}`);
    await expect(heartbeats).toContainText(`Heartbeats of ${next.name}: 0 of 3 missed`);
    // What was said meanwhile waited, and stands there once.
    await expect(ada.messages).toHaveText(
      Array.from({ length: rounds }, () => /Said while nobody led\./),
    );
    await expect(cleo.messages).toHaveCount(rounds);
    await bob.tab.recover();
    await park.united();
  });

  test('a vote by hand', async () => {
    await cleo.makeRoom('Pier');
    await ada.join('Pier');
    const { id, name } = await bob.tab.status();
    // With a leader there, it is the same one again.
    const vote = ada.servers.getByRole('button', { name: 'Start a vote' });
    const told = ada.servers.getByTestId('vote');
    await vote.click();
    await expect(told).toHaveText(`The vote is over: ${name} leads.`);

    await ada.page.evaluate(() => window.gatehouse!.removeLeader());
    await cleo.tab.until(({ vacant }) => vacant);
    await cleo.write('Pending, not lost.');
    await expect(cleo.messages.last()).toContainText('Pending: it waits here, and is not lost.');
    await expect(cleo.page.getByText('Nobody leads: messages go out after a vote.')).toBeVisible();
    await expect(ada.page.getByText('Pending, not lost.')).toBeHidden();
    await vote.click();
    await expect(told).toHaveText(`The vote is over: ${name} leads.`);
    await cleo.tab.until(({ leader }, greatest) => leader === greatest, id);
    const steps = ada.page.getByTestId('vote-steps');
    await expect(steps).toContainText('You started a vote.');
    await expect(steps).toContainText(`This gate passed a token for`);
    await expect(ada.messages).toContainText(['Pending, not lost.']);
    await expect(cleo.messages).toHaveCount(1);
    await expect(cleo.messages).not.toContainText('it waits here');
  });

  test('text from others is never markup', async () => {
    const dan = new Chatter(await park.open({ priority: 0, view: 'chat' }), '<b>Dan</b>');
    await dan.arrive();
    await dan.makeRoom('<i onclick=x>Yard</i>');
    const attack =
      '<img src="nowhere" onerror="window.attacked = true"><script>window.attacked = 1</script>';
    await dan.write(attack);
    await dan.show('Bob');
    await dan.write(attack);
    await bob.show('<i onclick=x>Yard</i>');
    await expect(bob.messages).toContainText([attack]);
    await expect(bob.messages).toContainText(['<b>Dan</b>']);
    await bob.show('<b>Dan</b>');
    await expect(bob.messages).toContainText([attack]);
    for (const { page } of [dan, bob]) {
      await expect(
        page.locator('img, script:not([src]), i, gh-chat b:has-text("Dan") b'),
      ).toHaveCount(0);
      expect(await page.evaluate(() => 'attacked' in window)).toBe(false);
    }
    await dan.tab.close();
  });

  test('axe finds nothing wrong with the chat, light and dark', async () => {
    // On a device of its own: on this one the tab would be the gate, and the user, whose tab was closed last.
    const device = await park.newDevice();
    const eve = new Chatter(await park.open({ priority: 0, view: 'chat', device }), 'Eve');
    const { page } = eve;
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await expectAccessible(page);
    await eve.arrive();
    await bob.makeRoom('Cellar', 'a long passphrase');
    await bob.write('Sealed');
    await eve.makeRoom('Garden');
    await eve.write('Hello');
    await expect(eve.messages).toHaveCount(1);
    await eve.show('Cellar');
    await page.getByLabel('Passphrase of Cellar').fill('wrong');
    await page.keyboard.press('Enter');
    await expect(page.getByText('Wrong passphrase.')).toBeVisible();
    await expectAccessibleInLightAndDark(page);
    await page.evaluate(() => window.gatehouse!.removeLeader());
    await eve.show('Garden');
    await eve.write('Pending');
    const vote = page.getByRole('button', { name: 'Vote now' });
    await expect(vote).toBeVisible();
    await page.emulateMedia({ colorScheme: 'light' });
    await expectAccessible(page);
    await vote.click();
    await park.united();
    await eve.tab.close();
  });

  test('an offline user gets messages on coming back', async () => {
    await ada.makeRoom('Dock');
    await bob.join('Dock');
    await cleo.join('Dock');
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
    await expect(again.place('Dock')).toContainText('1 new');
    await expect(again.place('Ada')).toContainText('1 new');
    await again.show('Ada');
    await expect(again.messages).toContainText(['For when you are back.']);
    await again.show('Dock');
    await expect(again.messages).toContainText(['You missed this.']);
    await expect(ada.place('Cleo')).toContainText('here');
    cleo = again;
  });

  test('history is there after all tabs reopen', async () => {
    await ada.makeRoom('Loft');
    await ada.write('One');
    await ada.makeRoom('Attic', 'a long passphrase');
    await ada.write('Two');
    await ada.show('Bob');
    await ada.write('Three');
    await expect(bob.place('Ada')).toContainText('1 new');
    const device = ada.page.context();
    for (const user of [cleo, ada, bob]) await user.tab.close();

    const tabs = [
      await park.open({ view: 'chat', device }),
      await park.open({ view: 'chat', device }),
    ];
    await park.united(tabs);
    const users = tabs.map((tab) => new Chatter(tab, ''));
    for (const { page } of users)
      await expect(page.getByRole('heading', { name: 'You are' })).toBeVisible();
    const isAda = users.map(({ page }) =>
      page.getByRole('heading', { name: 'You are Ada' }).isVisible(),
    );
    const first = users[(await Promise.all(isAda)).indexOf(true)]!;
    await first.show('Loft');
    await expect(first.messages).toContainText(['One']);
    // The browser has kept the key: no passphrase is asked for.
    await first.show('Attic');
    await expect(first.messages).toContainText(['Two']);
    await first.show('Bob');
    await expect(first.messages).toContainText(['For you alone.', 'And this.', 'Thanks.', 'Three']);
    const second = users.find((user) => user !== first)!;
    await expect(second.place('Ada')).toContainText('1 new');
    await second.show('Ada');
    await expect(second.messages).toContainText([
      'For you alone.',
      'And this.',
      'Thanks.',
      'Three',
    ]);
  });
});

test('a sealed room: the signaling server learns neither names nor text, and who lacks the passphrase reads nothing', async ({
  park,
}) => {
  const secrets = {
    passphrase: 'Rosenkohl am Mittwoch',
    text: 'Kartoffelsuppe um sieben',
    direct: 'Linsen nur dir allein',
  };
  const names = ['Adelheid', 'Bartholomew', 'Dachkammer'];
  const gates = ['Gate no. 1', 'Gate no. 2', 'Gate Hinterhof'];
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
  const tab = await park.open({
    ...{ view: 'chat', device: elsewhere, priority: 0 },
    name: 'Gate Hinterhof',
  });
  const eve = new Chatter(tab, 'Eve');
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
  const held = await stored(eve.page);
  expect(held).toContain(sealed);
  for (const secret of Object.values(secrets)) expect(held).not.toContain(secret);

  // The signaling server, in either direction. The gates know each other's names all the same.
  for (const { tab } of [ada, bob, eve]) {
    const { name, peers } = await tab.status();
    expect([name, ...peers.map((peer) => peer.name)].sort()).toEqual([...gates].sort());
  }
  const signaling = frames.join('\n');
  expect(signaling).toContain(park.name);
  for (const secret of [...Object.values(secrets), ...names, ...gates, sealed]) {
    expect(signaling).not.toContain(secret);
  }
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

  // Another room has the order that the park does not multicast in. All talk at once again.
  const spire = await Promise.all(
    users.map(({ page, name }) =>
      page.evaluate(async (from) => {
        const { chat } = window.gatehouse!;
        await chat.join('Spire', undefined, { order: 'lamport' });
        const texts = Array.from({ length: 4 }, (_, i) => `${from} ${i + 1}`);
        await Promise.all(texts.map((text) => chat.say('Spire', text)));
        return chat.rooms().find(({ name: room }) => room === 'Spire')?.order;
      }, name),
    ),
  );
  expect(spire).toEqual(['lamport', 'lamport', 'lamport']);
  const inSpire = ({ page }: Chatter): Promise<string[]> =>
    page.evaluate(() => window.gatehouse!.chat.history('Spire').map(({ text }) => text));
  for (const user of users) await expect.poll(() => inSpire(user)).toHaveLength(12);
  for (const user of users) expect(await inSpire(user)).toEqual(await inSpire(ada));

  // It is there after all tabs are closed, in the same order.
  const device = ada.page.context();
  for (const { tab } of users) await tab.close();
  const again = new Chatter(await park.open({ view: 'chat', device }), '');
  const others = [await park.open({ device }), await park.open({ device })];
  await park.united([again.tab, ...others]);
  await again.show('Tower');
  await expect(again.messages).toHaveCount(24);
  expect(await again.page.locator('.said').allInnerTexts()).toEqual(shown[0]);
});
