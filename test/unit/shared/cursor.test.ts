import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidCursorError } from '../../../functions/shared/errors/app-error.ts';
import { decodeCursor, encodeCursor } from '../../../functions/shared/http/cursor.ts';

const part = fc.string().map((text) => text.toWellFormed().replaceAll('|', ''));
const position = fc.array(part, { minLength: 1, maxLength: 3 });

describe('a cursor', () => {
  test('decodes to the position that it was encoded from, and is safe in a URL', () => {
    fc.assert(
      fc.property(part, position, (scope, parts) => {
        const cursor = encodeCursor(scope, parts);
        expect(cursor).toMatch(/^[\w-]+$/);
        expect(decodeCursor(scope, cursor)).toEqual(parts);
      }),
    );
  });

  test('is refused for another list', () => {
    fc.assert(
      fc.property(part, part, position, (scope, other, parts) => {
        fc.pre(scope !== other);
        expect(() => decodeCursor(other, encodeCursor(scope, parts))).toThrow(InvalidCursorError);
      }),
    );
  });

  test('is refused after any character is changed, removed or added', () => {
    fc.assert(
      fc.property(position, fc.nat(), fc.constantFrom('', 'A', '_', '=', ' ', 'AA'), (parts, seed, put) => {
        const cursor = encodeCursor('list', parts);
        const at = seed % cursor.length;
        const changed = cursor.slice(0, at) + put + cursor.slice(at + 1);
        fc.pre(changed !== cursor);
        expect(() => decodeCursor('list', changed)).toThrow(InvalidCursorError);
        expect(() => decodeCursor('list', `${cursor}${put || '='}`)).toThrow(InvalidCursorError);
      }),
    );
  });
});
