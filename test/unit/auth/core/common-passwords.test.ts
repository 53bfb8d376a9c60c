import { describe, expect, it } from 'vitest';
import { isCommonPassword } from '../../../../functions/auth/core/common-passwords.ts';

describe('isCommonPassword', () => {
  it.each([
    'password',
    'password1',
    'password123',
    'passw0rd',
    'p@ssw0rd',
    'p@$$w0rd!',
    'password2024!',
    '12345678',
    '123456789',
    '1234567890',
    '87654321',
    '0987654321',
    '11111111',
    '12121212',
    '123123123',
    'abcabcabc',
    'abcd1234',
    'abcdefgh',
    'qwertyuiop',
    'qwerty123',
    'qwerty12345',
    '1q2w3e4r',
    '1qaz2wsx',
    'zaq12wsx',
    '123qweasd',
    'asdfghjkl',
    'iloveyou',
    'i love you',
    'letmein1',
    'trustno1',
    'sunshine',
    'princess1',
    'football1',
    'baseball',
    'superman',
    'dragon123456789',
    '2024summer',
    'welcome1!',
    'changeme',
    'administrator',
    'passwordpassword',
    '19870623',
    '23.06.1987',
    '06/23/1987',
    '#########',
  ])('refuses %s', (password) => {
    expect(isCommonPassword(password)).toBe(true);
  });

  it.each([
    'correct horse battery staple',
    'a long sentence is a good password',
    'vj7!kq0-zz',
    'xkqzvbpw',
    'tr0mbone-cactus',
    'passwords are a nuisance',
    'dragonfly over the pond',
    '83619274',
    'q8w7z6x5',
    'ünïcödé wörds',
    '🐙🦑🐠🐡🐚🦀🦞🐬',
  ])('accepts %s', (password) => {
    expect(isCommonPassword(password)).toBe(false);
  });

  it('decides on passwords of the maximum length', () => {
    expect(isCommonPassword('1'.repeat(128))).toBe(true);
    expect(isCommonPassword(`${'ab1'.repeat(42)}!?`)).toBe(false);
  });
});
