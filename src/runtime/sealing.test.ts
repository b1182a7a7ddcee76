import { describe, expect, test } from 'vitest';
import type { SealedText } from '../machines/chat-operations.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { Sealing, type SealContext } from './sealing.ts';

const sealing = new Sealing(crypto);
const ROOM: SealContext = { kind: 'room', park: 'park1', to: 'Attic', sender: 'anna' };
/** The key itself does not care how hard it was to come by. */
const QUICK = { salt: sealing.newSalt(), iterations: 1 };
const TEXT = 'Zoë said: <b>21:30</b> 🐦';

async function sealed(): Promise<[CryptoKey, SealedText]> {
  const key = await sealing.roomKey('open sesame', QUICK);
  return [key, await sealing.seal(key, TEXT, ROOM)];
}

/** Each bit of some text's bytes, turned over one at a time. */
function* flipped(text: string): Generator<string> {
  const bytes = fromBase64(text);
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const changed = bytes.slice();
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield toBase64(changed);
  }
}

describe('a sealed text', () => {
  test('C6: opens with the key of the same passphrase, salt and rounds', async () => {
    const [, text] = await sealed();
    const again = await sealing.roomKey('open sesame', QUICK);
    expect(await sealing.open(again, text, ROOM)).toBe(TEXT);
    expect(JSON.stringify(text)).not.toContain('21:30');
  });

  test('C6: does not open with any other', async () => {
    const [, text] = await sealed();
    for (const key of [
      await sealing.roomKey('open sesame!', QUICK),
      await sealing.roomKey('open sesame', { ...QUICK, salt: sealing.newSalt() }),
      await sealing.roomKey('open sesame', { ...QUICK, iterations: 2 }),
    ])
      expect(await sealing.open(key, text, ROOM)).toBeNull();
  });

  test('C6: does not open in another room, as of another sender, in another park, or as something else', async () => {
    const [key, text] = await sealed();
    const moved: Partial<SealContext>[] = [
      { kind: 'direct' },
      { kind: 'check' },
      { park: 'park2' },
      { to: 'Lobby' },
      { sender: 'bert' },
      { to: 'Attic","anna', sender: '' },
    ];
    for (const change of moved)
      expect(await sealing.open(key, text, { ...ROOM, ...change })).toBeNull();
    expect(await sealing.open(key, text, ROOM)).toBe(TEXT);
  });

  test('C6: does not open with any bit changed: of the text, of its tag, of the IV', async () => {
    const [key, text] = await sealed();
    for (const data of flipped(text.data))
      expect(await sealing.open(key, { ...text, data }, ROOM)).toBeNull();
    for (const iv of flipped(text.iv))
      expect(await sealing.open(key, { ...text, iv }, ROOM)).toBeNull();
  });

  test('C6: does not open cut short, made longer, or put together from two', async () => {
    const [key, text] = await sealed();
    const other = await sealing.seal(key, TEXT, ROOM);
    const bytes = fromBase64(text.data);
    const data = [
      toBase64(bytes.slice(0, -1)),
      toBase64(bytes.slice(1)),
      toBase64(bytes.slice(0, 8)),
      toBase64(Uint8Array.of(...bytes, 0)),
      other.data,
      'no base64 *',
      '',
    ];
    for (const changed of data)
      expect(await sealing.open(key, { ...text, data: changed }, ROOM)).toBeNull();
  });

  test('C6: its tag has 128 bits, and its IV 96', async () => {
    const [key, text] = await sealed();
    const plain = new TextEncoder().encode(TEXT);
    expect(fromBase64(text.data)).toHaveLength(plain.length + 16);
    expect(fromBase64(text.iv)).toHaveLength(12);
    expect(key.algorithm).toEqual({ name: 'AES-GCM', length: 256 });
  });

  test('C6: of the same text twice nothing is the same', async () => {
    const [key, text] = await sealed();
    const again = await sealing.seal(key, TEXT, ROOM);
    expect(again.iv).not.toBe(text.iv);
    expect(again.data.slice(0, 8)).not.toBe(text.data.slice(0, 8));
  });

  test('C6: its key can not be taken out of the browser', async () => {
    const [key] = await sealed();
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
    const pair = await sealing.newPair();
    await expect(crypto.subtle.exportKey('jwk', pair.privateKey)).rejects.toThrow();
  });
});

describe('direct messages', () => {
  const PLACE = { park: 'park1', place: '@anna bert' };
  const DIRECT: SealContext = { kind: 'direct', park: 'park1', to: 'bert', sender: 'anna' };

  test('C7: two users come to one key, and a third to another', async () => {
    const [anna, bert, carl] = [
      await sealing.newPair(),
      await sealing.newPair(),
      await sealing.newPair(),
    ];
    const annas = await sealing.talkKey(anna, await sealing.publicKey(bert), PLACE);
    const berts = await sealing.talkKey(bert, await sealing.publicKey(anna), PLACE);
    const carls = await sealing.talkKey(carl, await sealing.publicKey(anna), PLACE);
    const elsewhere = await sealing.talkKey(bert, await sealing.publicKey(anna), {
      ...PLACE,
      park: 'park2',
    });
    if (!annas || !berts || !carls || !elsewhere) throw new Error('a key is missing');
    const text = await sealing.seal(annas, TEXT, DIRECT);
    expect(await sealing.open(berts, text, DIRECT)).toBe(TEXT);
    expect(await sealing.open(carls, text, DIRECT)).toBeNull();
    expect(await sealing.open(elsewhere, text, DIRECT)).toBeNull();
    const back = { ...DIRECT, to: 'anna', sender: 'bert' };
    expect(await sealing.open(annas, text, back)).toBeNull();
  });

  test('C7: what is no point of the curve is no public key', async () => {
    const pair = await sealing.newPair();
    const good = fromBase64(await sealing.publicKey(pair));
    const off = good.slice();
    off[64] = (off[64] ?? 0) ^ 1;
    for (const key of [toBase64(off), toBase64(good.slice(0, 64)), '*'])
      expect(await sealing.talkKey(pair, key, PLACE)).toBeNull();
  });

  test('C7: the public key has the length that the directory asks for', async () => {
    expect(await sealing.publicKey(await sealing.newPair())).toMatch(/^[\w-]{87}$/);
  });
});
