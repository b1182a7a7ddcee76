import { describe, expect, test } from 'vitest';
import { decodeChatOperation } from '../machines/chat-operations.ts';
import { ChatKeys } from './chat-keys.ts';
import { MemoryKeychain } from './keychain.ts';
import { TestCryptography } from './test-cryptography.ts';

const quick = new TestCryptography(crypto);
const ANNA = { node: 'anna', park: 'park1' };
const BERT = { node: 'bert', park: 'park1' };

describe('the keys of a user', () => {
  test('C6: the lock of a room tells the right passphrase from a wrong one', async () => {
    const keys = new ChatKeys(quick, new MemoryKeychain());
    const [lock] = await keys.newLock(ANNA, 'Attic', 'open sesame');
    const join = { machine: 'chat', kind: 'join', room: 'Attic', lock };
    expect(decodeChatOperation(join).ok).toBe(true);
    expect(await keys.unlock(BERT, 'Attic', lock, 'open sesame')).not.toBeNull();
    expect(await keys.unlock(BERT, 'Attic', lock, 'open Sesame')).toBeNull();
    expect(await keys.unlock(BERT, 'Lobby', lock, 'open sesame')).toBeNull();
    const elsewhere = { ...BERT, park: 'park2' };
    expect(await keys.unlock(elsewhere, 'Attic', lock, 'open sesame')).toBeNull();
  });

  test('C6: a lock takes 600,000 rounds', async () => {
    const keys = new ChatKeys(crypto, new MemoryKeychain());
    const [{ salt, iterations, check }] = await keys.newLock(ANNA, 'Attic', 'open sesame');
    expect(iterations).toBe(600_000);
    const context = { kind: 'check', park: 'park1', to: 'Attic', sender: '' } as const;
    const fewer = await keys.sealing.roomKey('open sesame', { salt, iterations: 1 });
    expect(await keys.sealing.open(fewer, check, context)).toBeNull();
  });

  test('C6: two locks of one passphrase are two keys', async () => {
    const keys = new ChatKeys(quick, new MemoryKeychain());
    const [one, key] = await keys.newLock(ANNA, 'Attic', 'open sesame');
    const [two] = await keys.newLock(ANNA, 'Attic', 'open sesame');
    expect(one.salt).not.toBe(two.salt);
    const context = { kind: 'check', park: 'park1', to: 'Attic', sender: '' } as const;
    expect(await keys.sealing.open(key, two.check, context)).toBeNull();
  });

  test('C6: a key that was kept is there in the next life, and nobody else has it', async () => {
    const keychain = new MemoryKeychain();
    const keys = new ChatKeys(quick, keychain);
    const [lock, key] = await keys.newLock(ANNA, 'Attic', 'open sesame');
    expect(await keys.roomKey(ANNA, 'Attic', lock)).toBeNull();
    await keys.keep(ANNA, 'Attic', lock, key);
    expect(await keys.roomKey(ANNA, 'Attic', lock)).toBe(key);
    const next = new ChatKeys(quick, keychain);
    expect(await next.roomKey(ANNA, 'Attic', lock)).toBe(key);
    expect(await next.roomKey(BERT, 'Attic', lock)).toBeNull();
  });

  test('C6: the key of a lock that shares the salt, or anything else, with another is kept beside that one', async () => {
    const keychain = new MemoryKeychain();
    const keys = new ChatKeys(quick, keychain);
    const [lock, key] = await keys.newLock(ANNA, 'Attic', 'open sesame');
    await keys.keep(ANNA, 'Attic', lock, key);
    const others = [
      { owner: ANNA, room: 'Party', rounds: lock.iterations },
      { owner: { ...ANNA, park: 'park2' }, room: 'Attic', rounds: lock.iterations },
      // The same room in another log of this park.
      { owner: ANNA, room: 'Attic', rounds: lock.iterations },
      { owner: ANNA, room: 'Attic', rounds: lock.iterations + 1 },
    ];
    for (const { owner, room, rounds } of others) {
      const derivation = { salt: lock.salt, iterations: rounds };
      const otherKey = await keys.sealing.roomKey('open barley', derivation);
      const context = { kind: 'check', park: owner.park, to: room, sender: '' } as const;
      const check = await keys.sealing.seal(otherKey, 'the right passphrase', context);
      const other = { ...derivation, check };
      await keys.keep(owner, room, other, otherKey);
      for (const life of [keys, new ChatKeys(quick, keychain)]) {
        expect(await life.roomKey(owner, room, other)).toBe(otherKey);
        expect(await life.roomKey(ANNA, 'Attic', lock)).toBe(key);
      }
    }
  });

  test('C6: a kept key that does not open the check of its lock is none', async () => {
    const keychain = new MemoryKeychain();
    const keys = new ChatKeys(quick, keychain);
    const [lock, key] = await keys.newLock(ANNA, 'Attic', 'open sesame');
    const [, wrong] = await keys.newLock(ANNA, 'Attic', 'open sesame');
    await keys.keep(ANNA, 'Attic', lock, wrong);
    expect(await keys.roomKey(ANNA, 'Attic', lock)).toBeNull();
    const next = new ChatKeys(quick, keychain);
    expect(await next.roomKey(ANNA, 'Attic', lock)).toBeNull();
    await next.keep(ANNA, 'Attic', lock, key);
    expect(await next.roomKey(ANNA, 'Attic', lock)).toBe(key);
  });

  test('C7: a user has one pair, however often and at once it is asked for, and in every life', async () => {
    const keychain = new MemoryKeychain();
    const keys = new ChatKeys(quick, keychain);
    expect(await keys.talkKey(ANNA, 'bert', 'x'.repeat(87))).toBeNull();
    const [first, second] = await Promise.all([keys.publicKey(ANNA), keys.publicKey(ANNA)]);
    expect(second).toBe(first);
    const next = new ChatKeys(quick, keychain);
    expect(await next.publicKey(ANNA)).toBe(first);
    const berts = await next.publicKey(BERT);
    expect(berts).not.toBe(first);
    expect(await keys.talkKey(ANNA, 'bert', berts)).not.toBeNull();
  });

  test('C7: a keychain that fails is asked again, and what is damaged is no key', async () => {
    let fails = true;
    const inner = new MemoryKeychain();
    const keys = new ChatKeys(quick, {
      get: async (name) => {
        if (fails) throw new Error('no storage');
        return (await inner.get(name)) ?? { publicKey: 1, privateKey: 2 };
      },
      set: (name, key) => inner.set(name, key),
    });
    await expect(keys.publicKey(ANNA)).rejects.toThrow('no storage');
    fails = false;
    expect(await keys.publicKey(ANNA)).toMatch(/^[\w-]{87}$/);
  });
});
