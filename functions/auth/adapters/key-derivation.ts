import { hkdfSync } from 'node:crypto';

/** What the one secret serves for; each purpose gets a key of its own (HKDF-SHA-256). */
export type KeyPurpose = 'signing-keys' | 'refresh-tokens';

/** A 256-bit key for one purpose. */
export const deriveKey = (secret: string, purpose: KeyPurpose): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `frame-flow/auth/${purpose}/1`, 32));
