import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { generateSecretString, SecretSpec } from '../../../../local/state/secrets.ts';

test('a generated secret has the specified length and only allowed characters', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.boolean(),
      fc.boolean(),
      (PasswordLength, upper, punctuation) => {
        const spec = SecretSpec.parse({
          PasswordLength,
          ExcludeCharacters: 'abc"@/\\',
          ExcludeUppercase: upper,
          ExcludePunctuation: punctuation,
        });
        const secret = generateSecretString(spec);
        expect(secret).toHaveLength(PasswordLength);
        expect(secret).not.toMatch(/[abc"@/\\ ]/);
        if (upper) expect(secret).not.toMatch(/[A-Z]/);
        if (punctuation) expect(secret).toMatch(/^[A-Za-z0-9]*$/);
      },
    ),
  );
});

test('a template receives the password at its key', () => {
  const spec = SecretSpec.parse({ SecretStringTemplate: '{"username":"u"}', GenerateStringKey: 'password' });
  expect(JSON.parse(generateSecretString(spec))).toEqual({
    username: 'u',
    password: expect.stringMatching(/^.{32}$/),
  });
});

test('excluding every character is an error', () => {
  const spec = SecretSpec.parse({
    ExcludeLowercase: true,
    ExcludeUppercase: true,
    ExcludeNumbers: true,
    ExcludePunctuation: true,
  });
  expect(() => generateSecretString(spec)).toThrow(/excludes every character/);
});
