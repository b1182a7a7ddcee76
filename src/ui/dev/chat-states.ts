import { FakeGatehouse } from './fake-gatehouse.ts';

const HOUR = 3_600_000;

/** A chat with everything in it. */
function talking(): FakeGatehouse {
  const fake = new FakeGatehouse({ peers: 3, inside: 0, status: { election: 'ring' } });
  const { chat } = fake;
  const now = Date.now();
  void chat.register('Ada');
  chat.meet('Bob');
  chat.meet('Cleo', false);
  chat.meet('Maximiliane von und zu Hohenstaufen-Adlers');
  chat.made('Lobby');
  chat.made('Attic', 'secret');
  chat.made('Cellar', 'other');
  void chat.join('Lobby');
  void chat.join('Attic', 'secret');
  const say = (from: string, text: string, before: number): void =>
    chat.speak(from, 'Lobby', { text, at: now - before });
  say('Cleo', 'Anybody here?', 25 * HOUR);
  say('Bob', 'Good morning. The ring elected Gate Heron while you slept.', 2 * HOUR);
  say('Bob', 'Nothing was lost.', 2 * HOUR - 5000);
  say('Ada', 'Good. What does this do: <img src=x onerror=alert(1)>?', HOUR);
  say('Bob', 'Nothing at all. It is text.', HOUR - 60_000);
  say('Maximiliane von und zu Hohenstaufen-Adlers', `A long word: ${'Donau'.repeat(30)}`, 60_000);
  chat.speak('Bob', 'Attic', { text: 'Only for those with the passphrase.' });
  chat.speak('Ada', 'Attic', { text: 'So the others see …?' });
  chat.speak('Bob', 'Attic', { text: 'Gibberish, of the same length.' });
  chat.speak('Bob', 'Attic', { text: '', problem: 'damaged' });
  chat.speak('Bob', 'Cellar', { text: 'Not for you.' });
  chat.made('Tower', undefined, 'sequencer');
  void chat.join('Tower');
  for (const [view, number, from, text] of [
    [1, 3, 'Bob', 'Who was first?'],
    [2, 1, 'Ada', 'You were: look at the numbers.'],
    [2, 2, 'Ada', 'One gate died after your message, so there is another view.'],
    [1, 4, 'Cleo', 'This came late to the log, and stands where all delivered it.'],
  ] as const)
    chat.speak(from, 'Tower', { text, position: { view, number } });
  chat.speak('Cleo', 'Cleo', { text: 'For you alone, Ada.' });
  return fake;
}

function paused(): FakeGatehouse {
  const fake = talking();
  fake.set({ vacant: true, quorum: false, leader: null, role: 'follower' });
  fake.chat.say = () => new Promise(() => undefined);
  return fake;
}

/** The states of the chat: `?state=chat#/chat`. */
export const CHAT_STATES: Readonly<Record<string, () => FakeGatehouse>> = {
  chat: talking,
  'chat-new': () => {
    const fake = new FakeGatehouse({ status: { election: 'ring' } });
    fake.chat.meet('Bob');
    return fake;
  },
  'chat-empty': () => {
    const fake = new FakeGatehouse({ peers: 0 });
    void fake.chat.register('Ada');
    return fake;
  },
  'chat-paused': paused,
};
