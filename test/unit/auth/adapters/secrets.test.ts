import { describe, expect, it } from 'vitest';
import { AesGcmKeyCipher } from '../../../../functions/auth/adapters/aes-gcm-key-cipher.ts';
import { HmacRefreshTokenMaker } from '../../../../functions/auth/adapters/hmac-refresh-token-maker.ts';

const SECRET = 'a secret of the unit tests, 40 characters';
const OTHER_SECRET = 'another secret, of 40 characters or more';

describe('AesGcmKeyCipher', () => {
  const cipher = new AesGcmKeyCipher(SECRET);

  it('decrypts its own output, which does not contain the plain text', () => {
    const sealed = cipher.seal('the private part', 'kid-1');
    expect(cipher.open(sealed, 'kid-1')).toBe('the private part');
    expect(sealed.toString('latin1')).not.toContain('private');
    expect(cipher.seal('the private part', 'kid-1').equals(sealed)).toBe(false);
  });

  it('does not decrypt a text sealed with another secret or for another key, or one that was changed', () => {
    const sealed = cipher.seal('the private part', 'kid-1');
    expect(new AesGcmKeyCipher(OTHER_SECRET).open(sealed, 'kid-1')).toBeUndefined();
    expect(cipher.open(sealed, 'kid-2')).toBeUndefined();
    for (const position of [0, 12, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(position) ^ 1, position);
      expect(cipher.open(changed, 'kid-1')).toBeUndefined();
    }
    expect(cipher.open(sealed.subarray(0, 20), 'kid-1')).toBeUndefined();
  });
});

describe('HmacRefreshTokenMaker', () => {
  const maker = new HmacRefreshTokenMaker(SECRET);

  it('makes opaque tokens of 256 bits, all different', () => {
    const tokens = Array.from({ length: 100 }, () => maker.first().token);
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  });

  it('derives the same successor of a token every time, and another one with another secret', () => {
    const { token } = maker.first();
    expect(maker.successorOf(token)).toEqual(maker.successorOf(token));
    expect(maker.successorOf(token).token).not.toBe(token);
    expect(new HmacRefreshTokenMaker(OTHER_SECRET).successorOf(token)).not.toEqual(maker.successorOf(token));
  });

  it('hashes a token with SHA-256 and gives no hash for a text that is not a token', () => {
    const { token, hash } = maker.first();
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(maker.hashOf(token)).toBe(hash);
    for (const text of ['', token.slice(1), `${token}=`, `${token}\n`, 'é'.repeat(43), '../../etc/passwd']) {
      expect(maker.hashOf(text)).toBeUndefined();
    }
  });
});
