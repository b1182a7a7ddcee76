import { afterEach, expect, test } from 'vitest';
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

test('what was never kept is not there', async () => {
  expect(await keychain().get('anna/room/none')).toBeUndefined();
});
