import { randomUUID } from 'node:crypto';
import { type CryptoKey, importJWK, SignJWT } from 'jose';
import {
  ACCESS_TOKEN_SECONDS,
  type Identity,
  TOKEN_ALGORITHM,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  TOKEN_TYPE,
} from '../../shared/access/core/access-tokens.ts';
import type { AccessTokenIssuer, AccessTokenSigner } from '../core/access-tokens.ts';
import type { KeyRing } from '../core/key-ring.ts';
import type { SigningKey } from '../core/signing-keys.ts';
import type { AesGcmKeyCipher } from './aes-gcm-key-cipher.ts';

/** Signs access tokens with the current key of the ring. */
export class JoseTokenIssuer implements AccessTokenIssuer {
  readonly #keyRing: KeyRing;
  readonly #cipher: AesGcmKeyCipher;
  #imported: { kid: string; privateKey: CryptoKey | Uint8Array } | undefined;

  constructor(keyRing: KeyRing, cipher: AesGcmKeyCipher) {
    this.#keyRing = keyRing;
    this.#cipher = cipher;
  }

  async prepare(now: Date): Promise<AccessTokenSigner> {
    const key = await this.#keyRing.signingKey(now);
    const privateKey = await this.#privateKey(key);
    const issuedAt = Math.floor(now.getTime() / 1000);
    return {
      sign: ({ userId, sessionId }: Identity) =>
        new SignJWT({ sid: sessionId })
          .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: TOKEN_TYPE, kid: key.kid })
          .setIssuer(TOKEN_ISSUER)
          .setAudience(TOKEN_AUDIENCE)
          .setSubject(userId)
          .setJti(randomUUID())
          .setIssuedAt(issuedAt)
          .setExpirationTime(issuedAt + ACCESS_TOKEN_SECONDS)
          .sign(privateKey),
    };
  }

  async #privateKey(key: SigningKey): Promise<CryptoKey | Uint8Array> {
    if (this.#imported?.kid === key.kid) return this.#imported.privateKey;
    const jwk = this.#cipher.open(key.sealedPrivateJwk, key.kid);
    if (jwk === undefined) throw new Error(`Signing key ${key.kid} cannot be opened`);
    const privateKey = await importJWK(JSON.parse(jwk), TOKEN_ALGORITHM);
    this.#imported = { kid: key.kid, privateKey };
    return privateKey;
  }
}
