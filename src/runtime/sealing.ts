import type { NodeId } from '../core/identity.ts';
import type { RoomLock, SealedText } from '../machines/chat-operations.ts';
import { fromBase64, toBase64 } from './base64.ts';

/** What of the browser's cryptography is used; Node's is the same. */
export type Cryptography = Pick<Crypto, 'subtle' | 'getRandomValues'>;

/** Which text it is. All of it is authenticated with the text, which so opens nowhere else (rule C6). */
export interface SealContext {
  /** `check`: what tells a right passphrase from a wrong one. */
  readonly kind: 'room' | 'direct' | 'check';
  /** The generation in which the park was founded. */
  readonly park: string;
  /** The room's name; of a direct message the receiver. */
  readonly to: string;
  readonly sender: NodeId;
}

/** What is derived from is part of the lock, and so is how hard that is. */
type Derivation = Pick<RoomLock, 'salt' | 'iterations'>;

const LABEL = 'gatehouse chat 1';
const CURVE = { name: 'ECDH', namedCurve: 'P-256' } as const;
const CIPHER = { name: 'AES-GCM', length: 256 } as const;
/** NIST SP 800-38D: 96 random bits, never twice under one key as long as that seals fewer than 2^32 texts. */
const IV_BYTES = 12;
const SALT_BYTES = 16;

/**
 * Seals texts and opens them (rules C6 and C7): AES-256-GCM under keys from a passphrase (PBKDF2, RFC 8018) or from two
 * users' key pairs (ECDH on P-256, then HKDF, RFC 5869). Private and secret keys can't be taken out of the browser.
 */
export class Sealing {
  constructor(private readonly crypto: Cryptography) {}

  newSalt(): string {
    return toBase64(this.crypto.getRandomValues(new Uint8Array(SALT_BYTES)));
  }

  async roomKey(passphrase: string, { salt, iterations }: Derivation): Promise<CryptoKey> {
    const { subtle } = this.crypto;
    const secret = await subtle.importKey('raw', utf8(passphrase), 'PBKDF2', false, ['deriveKey']);
    const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt: fromBase64(salt), iterations };
    return subtle.deriveKey(derivation, secret, CIPHER, false, ['encrypt', 'decrypt']);
  }

  newPair(): Promise<CryptoKeyPair> {
    return this.crypto.subtle.generateKey(CURVE, false, ['deriveBits']);
  }

  /** As the directory has it. */
  async publicKey({ publicKey }: CryptoKeyPair): Promise<string> {
    return toBase64(new Uint8Array(await this.crypto.subtle.exportKey('raw', publicKey)));
  }

  /** The key of two users' conversation, the same at both; null when the other's public key is none. */
  async talkKey(
    { privateKey }: CryptoKeyPair,
    otherKey: string,
    { park, place }: { readonly park: string; readonly place: string },
  ): Promise<CryptoKey | null> {
    const { subtle } = this.crypto;
    let other: CryptoKey;
    try {
      other = await subtle.importKey('raw', fromBase64(otherKey), CURVE, false, []);
    } catch (error) {
      if (error instanceof DOMException) return null;
      throw error;
    }
    const shared = await subtle.deriveBits({ name: 'ECDH', public: other }, privateKey, 256);
    const secret = await subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
    const info = utf8(JSON.stringify([LABEL, park, place]));
    const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
    return subtle.deriveKey(derivation, secret, CIPHER, false, ['encrypt', 'decrypt']);
  }

  async seal(key: CryptoKey, text: string, context: SealContext): Promise<SealedText> {
    const iv = this.crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const data = await this.crypto.subtle.encrypt(parameters(iv, context), key, utf8(text));
    return { kind: 'sealed', iv: toBase64(iv), data: toBase64(new Uint8Array(data)) };
  }

  /** Null for what was sealed with another key or for another place, or was changed since. */
  async open(key: CryptoKey, sealed: SealedText, context: SealContext): Promise<string | null> {
    try {
      const [iv, data] = [fromBase64(sealed.iv), fromBase64(sealed.data)];
      const text = await this.crypto.subtle.decrypt(parameters(iv, context), key, data);
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
    } catch (error) {
      // Not authentic, no base64, or no UTF-8.
      if (error instanceof DOMException || error instanceof TypeError) return null;
      throw error;
    }
  }
}

function parameters(
  iv: Uint8Array<ArrayBuffer>,
  { kind, park, to, sender }: SealContext,
): AesGcmParams {
  // A list in JSON reads one way only, whatever stands in the names.
  const additionalData = utf8(JSON.stringify([LABEL, kind, park, to, sender]));
  return { name: 'AES-GCM', iv, additionalData, tagLength: 128 };
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
