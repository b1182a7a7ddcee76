import { afterEach, expect, test } from 'vitest';
import { dropNextWrite } from './dropped.contract.ts';
import { IndexedDbKeychain, keychainName } from './indexeddb-keychain.ts';

const park = `keychain-${crypto.randomUUID()}`;
const opened: IndexedDbKeychain[] = [];

function keychain(): IndexedDbKeychain {
  const made = new IndexedDbKeychain(park);
  opened.push(made);
  return made;
}

afterEach(() => {
  for (const one of opened.splice(0)) one.close();
  indexedDB.deleteDatabase(keychainName(park));
});

test('C7: a key pair is there in the next life, of use, and can not be taken out', async () => {
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const pair = await crypto.subtle.generateKey(curve, false, ['deriveBits']);
  await keychain().set('anna/pair', pair);
  const kept = (await keychain().get('anna/pair')) as CryptoKeyPair;
  expect(kept.privateKey).toBeInstanceOf(CryptoKey);
  const other = await crypto.subtle.generateKey(curve, false, ['deriveBits']);
  const derive = (mine: CryptoKey, theirs: CryptoKey): Promise<ArrayBuffer> =>
    crypto.subtle.deriveBits({ name: 'ECDH', public: theirs }, mine, 256);
  const shared = await derive(kept.privateKey, other.publicKey);
  expect(new Uint8Array(shared)).toEqual(
    new Uint8Array(await derive(other.privateKey, pair.publicKey)),
  );
  await expect(crypto.subtle.exportKey('jwk', kept.privateKey)).rejects.toThrow();
});

test('a key whose write the browser drops without a word is not kept, and the next one is', async () => {
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const pair = await crypto.subtle.generateKey(curve, false, ['deriveBits']);
  const keys = keychain();
  await keys.set('anna/pair', pair);
  const dropped = dropNextWrite(keychainName(park));
  await expect(keys.set('bert/pair', pair)).rejects.toThrow('closed the database');
  await dropped;
  await keys.set('carl/pair', pair);
  expect(await keys.get('bert/pair')).toBeUndefined();
  expect(await keys.get('carl/pair')).toBeDefined();
});

test('what was never kept is not there', async () => {
  expect(await keychain().get('anna/room/none')).toBeUndefined();
});
