import { describe, expect, test } from 'vitest';
import { matchesPattern } from '../../../../local/events/pattern.ts';

const event = {
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: {
    bucket: { name: 'videos' },
    object: { key: 'users/1/videos/2/source.mp4', size: 5 },
    tags: ['a', 'b'],
    flag: true,
  },
};
const withKey = (...key: unknown[]) => ({ detail: { object: { key } } });
const withSize = (...size: unknown[]) => ({ detail: { object: { size } } });

describe('a pattern', () => {
  test.each<[string, Record<string, unknown>, boolean]>([
    ['without fields matches everything', {}, true],
    ['matches one of several values', { source: ['other', 'aws.s3'] }, true],
    ['does not match another value', { source: ['other'] }, false],
    ['requires every field', { source: ['aws.s3'], 'detail-type': ['Object Deleted'] }, false],
    ['matches fields inside the detail', { detail: { bucket: { name: ['videos'] } } }, true],
    ['does not match a missing field', { detail: { nothing: ['x'] } }, false],
    ['does not match a missing object', { nothing: { deep: ['x'] } }, false],
    ['compares types', withSize('5'), false],
    ['matches numbers and booleans', { detail: { object: { size: [5] }, flag: [true] } }, true],
    ['matches any element of a list', { detail: { tags: ['b'] } }, true],
    ['matches by prefix', withKey({ prefix: 'users/' }), true],
    ['does not match another prefix', withKey({ prefix: 'other/' }), false],
    ['matches by suffix', withKey({ suffix: '.mp4' }), true],
    ['matches by suffix in any case', withKey({ suffix: { 'equals-ignore-case': '.MP4' } }), true],
    ['matches by wildcard', withKey({ wildcard: 'users/*/videos/*/source.*' }), true],
    ['matches a dot in a wildcard literally', withKey({ wildcard: 'users/*/sourceX*' }), false],
    ['matches a wildcard against the whole value', withKey({ wildcard: 'videos/*' }), false],
    ['matches in any case', { detail: { bucket: { name: [{ 'equals-ignore-case': 'VIDEOS' }] } } }, true],
    ['matches anything but the listed values', withKey({ 'anything-but': ['x', { suffix: '.zip' }] }), true],
    ['does not match an excluded value', withKey({ 'anything-but': { suffix: '.mp4' } }), false],
    ['matches by number', withSize({ numeric: ['>', 0, '<=', 5] }), true],
    ['does not match another number', withSize({ numeric: ['>', 5] }), false],
    ['matches by existence', { detail: { object: [{ exists: true }], other: [{ exists: false }] } }, true],
    ['matches by one of its alternatives', { $or: [{ source: ['x'] }, { source: ['aws.s3'] }] }, true],
    ['does not match without a matching alternative', { $or: [{ source: ['x'] }, { source: ['y'] }] }, false],
  ])('%s', (_, pattern, expected) => {
    expect(matchesPattern(pattern, event)).toBe(expected);
  });

  test('with an unknown operator is an error', () => {
    expect(() => matchesPattern({ source: [{ cidr: '10.0.0.0/8' }] }, event)).toThrow(/cidr/);
  });
});
