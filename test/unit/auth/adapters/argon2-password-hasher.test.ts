import { describe, expect, it } from 'vitest';
import {
  Argon2PasswordHasher,
  CURRENT_PARAMETERS,
} from '../../../../functions/auth/adapters/argon2-password-hasher.ts';

const PASSWORD = 'a quiet river at dawn';

describe('Argon2PasswordHasher', () => {
  const hasher = new Argon2PasswordHasher();

  it('uses the current parameters and stores them with a fresh salt in each hash', async () => {
    const [first, second] = [await hasher.hash(PASSWORD), await hasher.hash(PASSWORD)];
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(second).not.toBe(first);
    expect(await hasher.verify(PASSWORD, first)).toBe(true);
    expect(await hasher.verify(`${PASSWORD} `, first)).toBe(false);
  });

  it('verifies a hash of the reference implementation', async () => {
    // RFC 9106 gives no PHC string; this one is phc-winner-argon2's own test: version 19, m=2^16, t=2, p=1.
    const reference =
      '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await hasher.verify('password', reference)).toBe(true);
    expect(await hasher.verify('passwore', reference)).toBe(false);
  });

  it('distinguishes two 73-byte passwords that differ in the last byte alone', async () => {
    const prefix = 'x'.repeat(72);
    const stored = await hasher.hash(`${prefix}a`);
    expect(await hasher.verify(`${prefix}a`, stored)).toBe(true);
    expect(await hasher.verify(`${prefix}b`, stored)).toBe(false);
  });

  it('asks for a new hash when the stored one has other parameters', async () => {
    const weaker = new Argon2PasswordHasher({ ...CURRENT_PARAMETERS, memory: 8192 });
    const old = await weaker.hash(PASSWORD);
    expect(await hasher.verify(PASSWORD, old)).toBe(true);
    expect(hasher.needsRehash(old)).toBe(true);
    expect(hasher.needsRehash(await hasher.hash(PASSWORD))).toBe(false);
  });

  it('has a decoy hash with the current parameters that the password does not match', async () => {
    expect(hasher.needsRehash(hasher.decoyHash)).toBe(false);
    expect(await hasher.verify(PASSWORD, hasher.decoyHash)).toBe(false);
  });

  it('throws when the stored text is not a hash', async () => {
    await expect(hasher.verify(PASSWORD, '')).rejects.toThrow('malformed');
    await expect(hasher.verify(PASSWORD, PASSWORD)).rejects.toThrow('malformed');
  });
});
