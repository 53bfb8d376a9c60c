import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { TOKEN_ALGORITHM } from '../../shared/access/core/access-tokens.ts';
import { PublicJwk } from '../../shared/access/core/public-keys.ts';
import type { SigningKey, SigningKeyMaker } from '../core/signing-keys.ts';
import type { AesGcmKeyCipher } from './aes-gcm-key-cipher.ts';

/** Makes Ed25519 key pairs. Their id is the thumbprint of the public key (RFC 7638). */
export class JoseSigningKeyMaker implements SigningKeyMaker {
  readonly #cipher: AesGcmKeyCipher;

  constructor(cipher: AesGcmKeyCipher) {
    this.#cipher = cipher;
  }

  async make(createdAt: Date, activeFrom: Date): Promise<SigningKey> {
    const pair = await generateKeyPair(TOKEN_ALGORITHM, { crv: 'Ed25519', extractable: true });
    const jwk = await exportJWK(pair.publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    const privateJwk = JSON.stringify(await exportJWK(pair.privateKey));
    return {
      kid,
      publicJwk: PublicJwk.parse({ ...jwk, kid, alg: TOKEN_ALGORITHM, use: 'sig' }),
      sealedPrivateJwk: this.#cipher.seal(privateJwk, kid),
      createdAt,
      activeFrom,
    };
  }

  canOpen(key: SigningKey): boolean {
    return this.#cipher.open(key.sealedPrivateJwk, key.kid) !== undefined;
  }
}
