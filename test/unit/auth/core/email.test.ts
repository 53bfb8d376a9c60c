import { describe, expect, it } from 'vitest';
import { Email } from '../../../../functions/contracts/http.ts';

describe('an email address', () => {
  it('is compared in lower case and without the spaces around it', () => {
    expect(Email.parse(' Ada.Lovelace@Example.COM ')).toBe('ada.lovelace@example.com');
  });

  it.each([
    ['NUL', 'ada\u0000@example.com'],
    ['a line break inside', 'ada@example.com\r\nBcc: eve@example.com'],
    ['a line break at its end', 'ada@example.com\r\n'],
    ['a Cyrillic letter', '\u0430da@example.com'],
    ['the Kelvin sign, whose lower case is a k', '\u212aate@example.com'],
    ['a dotted capital I', 'ada@\u0130example.com'],
    ['a full-width at sign', 'ada\uff20example.com'],
    ['a zero-width space', 'ada\u200b@example.com'],
    ['a no-break space around it', '\u00a0ada@example.com'],
    ['SQL', `' OR 1=1--`],
    ['too many characters', `${'a'.repeat(250)}@example.com`],
    ['no domain', 'ada@'],
  ])('is refused with %s', (_what, email) => {
    expect(Email.safeParse(email).success).toBe(false);
  });

  it.each([[['ada@example.com']], [{ email: 'ada@example.com' }], [null], [7]])(
    'is refused when it is not a string: %j',
    (email) => {
      expect(Email.safeParse(email).success).toBe(false);
    },
  );
});
