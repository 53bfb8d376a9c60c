import { describe, expect, test } from 'vitest';
import { MAX_FILE_NAME_BYTES, MAX_UPLOAD_BYTES } from '../../../functions/contracts/limits.ts';
import { ValidationFailedError } from '../../../functions/shared/errors/app-error.ts';
import { admitFile } from '../../../functions/upload/core/admit-file.ts';
import { FileTooLargeError, UnsupportedExtensionError } from '../../../functions/upload/core/errors.ts';

const file = (fileName: string, sizeBytes = 1000) => ({ fileName, sizeBytes, contentType: undefined });

describe('a file to be uploaded', () => {
  test.each([
    ['a.mp4', 'mp4', 'video/mp4'],
    ['A.MP4', 'mp4', 'video/mp4'],
    ['a.b.Mov', 'mov', 'video/quicktime'],
    ['.mkv', 'mkv', 'video/x-matroska'],
    ['a.mp4.avi', 'avi', 'video/x-msvideo'],
  ])('%s is accepted by its last extension, in any case', (fileName, extension, contentType) => {
    expect(admitFile(file(fileName))).toEqual({ fileName, extension, contentType });
  });

  test('keeps its declared content type', () => {
    expect(admitFile({ ...file('a.mov'), contentType: 'video/mp4' }).contentType).toBe('video/mp4');
  });

  test.each(['a.txt', 'a.mp4.exe', 'mp4', 'a.', 'a.mp4 ', 'a.mp4\u202etxt', 'a.toString', 'a.__proto__'])(
    '%s is refused by its extension',
    (fileName) => {
      expect(() => admitFile(file(fileName))).toThrow(UnsupportedExtensionError);
    },
  );

  test('may have the maximum size and the longest name, and not one byte more', () => {
    const longest = `${'ü'.repeat((MAX_FILE_NAME_BYTES - 5) / 2)}x.mp4`;
    expect(admitFile(file(longest, MAX_UPLOAD_BYTES)).fileName).toBe(longest);
    expect(() => admitFile(file(`x${longest}`))).toThrow(ValidationFailedError);
    expect(() => admitFile(file('a.mp4', MAX_UPLOAD_BYTES + 1))).toThrow(FileTooLargeError);
  });

  test('has half a surrogate pair in its name replaced, because a database could not store it', () => {
    expect(admitFile(file('a\ud83c.mp4')).fileName).toBe('a\ufffd.mp4');
  });
});
