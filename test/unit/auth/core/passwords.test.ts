import { describe, expect, it } from 'vitest';
import { assertAcceptablePassword, normalizePassword } from '../../../../functions/auth/core/passwords.ts';
import { NewPassword } from '../../../../functions/contracts/http.ts';

const refusal = (password: string, email = 'zebedee.quill@example.com') => {
  try {
    assertAcceptablePassword(password, email);
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('a new password', () => {
  it('may be any text of 8 to 128 characters', () => {
    expect(NewPassword.safeParse('x'.repeat(7)).success).toBe(false);
    expect(NewPassword.safeParse('x'.repeat(8)).success).toBe(true);
    expect(NewPassword.safeParse('x'.repeat(128)).success).toBe(true);
    expect(NewPassword.safeParse('x'.repeat(129)).success).toBe(false);
    expect(refusal(`' OR 1=1--`)).toBeUndefined();
    expect(refusal('  spaces around  ')).toBeUndefined();
  });

  it('is refused when it is common, with an error that names the field but not the password', () => {
    expect(refusal('Password123')).toMatchObject({
      code: 'VALIDATION_FAILED',
      fieldErrors: [{ path: 'body.password', message: expect.stringContaining('common') }],
    });
    expect(JSON.stringify(refusal('Password123'))).not.toContain('Password123');
  });

  it('is refused when it is common after compatibility characters are folded', () => {
    expect(refusal('ｐａｓｓｗｏｒｄ')).toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it.each(['zebedee.quill@example.com', 'Zebedee.Quill@Example.com', 'zebedee.quill', 'ZEBEDEE.QUILL'])(
    'is refused when it is the email address or its local part: %s',
    (password) => {
      expect(refusal(password)).toMatchObject({ code: 'VALIDATION_FAILED' });
    },
  );

  it('is refused when it contains half a surrogate pair, which no encoding preserves', () => {
    expect(refusal('mountain \ud83d goat')).toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});

describe('normalizePassword', () => {
  it('gives composed and decomposed characters one form', () => {
    expect(normalizePassword('cafe\u0301 au lait')).toBe(normalizePassword('café au lait'));
  });

  it('truncates nothing', () => {
    const prefix = 'x'.repeat(72);
    expect(normalizePassword(`${prefix}a`)).not.toBe(normalizePassword(`${prefix}b`));
    expect(normalizePassword(' x ')).toBe(' x ');
  });
});
