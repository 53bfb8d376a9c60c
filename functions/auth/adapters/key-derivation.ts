import { hkdfSync } from 'node:crypto';

/** The uses of the secret. Each purpose gets its own key (HKDF-SHA-256). */
export type KeyPurpose = 'signing-keys' | 'refresh-tokens';

/** Derives a 256-bit key for one purpose. */
export const deriveKey = (secret: string, purpose: KeyPurpose): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `frame-flow/auth/${purpose}/1`, 32));
