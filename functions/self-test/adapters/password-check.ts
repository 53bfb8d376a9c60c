import type { Check } from '../core/check.ts';
import type { PasswordHasher } from '../core/ports.ts';

/** Hashes a password once with the production parameters, and verifies it. */
export const passwordCheck = (hasher: PasswordHasher): Check => ({
  name: 'password',
  limitSeconds: 10,
  run: async () => {
    const password = 'a password of the self-test';
    if (!(await hasher.verify(password, await hasher.hash(password)))) {
      throw new Error('the hash of a password does not verify it');
    }
  },
  explain: (reason) =>
    `Passwords cannot be hashed (${reason}): the runtime is Node ${process.versions.node} with OpenSSL ` +
    `${process.versions.openssl}, and crypto.argon2 needs Node 24.7 and OpenSSL 3.2 or newer.`,
});
