import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conditionStatus, readRange } from '../../../../local/storage-front/get-object.ts';

describe('a range', () => {
  test.each<[string | undefined, unknown]>([
    [undefined, undefined],
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=3-', { start: 3, end: 9 }],
    ['bytes=-4', { start: 6, end: 9 }],
    ['bytes=-40', { start: 0, end: 9 }],
    ['bytes=5-50', { start: 5, end: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-2', undefined],
    ['bytes=-', undefined],
    ['bytes=0-1,3-4', undefined],
    ['lines=1-2', undefined],
  ])('%s of ten bytes is %j', (header, expected) => {
    expect(readRange(header, 10)).toEqual(expected);
  });

  test('never reaches beyond the object', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat({ max: 1000 }), (first, last, size) => {
        const range = readRange(`bytes=${first}-${last}`, size);
        if (typeof range === 'object') {
          expect(range.start).toBeLessThanOrEqual(range.end);
          expect(range.end).toBeLessThan(size);
        }
      }),
    );
  });
});

describe('a condition', () => {
  const modified = 'Sat, 21 Nov 2026 12:00:00 GMT';
  const earlier = 'Sat, 21 Nov 2026 11:00:00 GMT';
  test.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'if-match': '"e"' }, undefined],
    [{ 'if-match': 'e' }, undefined],
    [{ 'if-match': '"x", "e"' }, undefined],
    [{ 'if-match': '*' }, undefined],
    [{ 'if-match': '"x"' }, 412],
    [{ 'if-none-match': '"e"' }, 304],
    [{ 'if-none-match': '"x"' }, undefined],
    [{ 'if-modified-since': modified }, 304],
    [{ 'if-modified-since': earlier }, undefined],
    [{ 'if-unmodified-since': earlier }, 412],
    [{ 'if-unmodified-since': modified }, undefined],
    [{ 'if-match': '"e"', 'if-unmodified-since': earlier }, undefined],
    [{ 'if-none-match': '"x"', 'if-modified-since': modified }, undefined],
  ])('%j gives %s', (headers, expected) => {
    expect(conditionStatus(headers, '"e"', modified)).toBe(expected);
  });
});
