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
    ['of nothing matches everything', {}, true],
    ['matches one of several values', { source: ['other', 'aws.s3'] }, true],
    ['does not match another value', { source: ['other'] }, false],
    ['needs every field', { source: ['aws.s3'], 'detail-type': ['Object Deleted'] }, false],
    ['reaches into the detail', { detail: { bucket: { name: ['videos'] } } }, true],
    ['fails on a field that is missing', { detail: { nothing: ['x'] } }, false],
    ['fails on an object that is missing', { nothing: { deep: ['x'] } }, false],
    ['compares types too', withSize('5'), false],
    ['matches numbers and booleans', { detail: { object: { size: [5] }, flag: [true] } }, true],
    ['matches any element of a list', { detail: { tags: ['b'] } }, true],
    ['by prefix', withKey({ prefix: 'users/' }), true],
    ['by prefix, not so', withKey({ prefix: 'other/' }), false],
    ['by suffix', withKey({ suffix: '.mp4' }), true],
    ['by suffix of any case', withKey({ suffix: { 'equals-ignore-case': '.MP4' } }), true],
    ['by wildcard', withKey({ wildcard: 'users/*/videos/*/source.*' }), true],
    ['by wildcard, where a dot is a dot', withKey({ wildcard: 'users/*/sourceX*' }), false],
    ['by wildcard of the whole', withKey({ wildcard: 'videos/*' }), false],
    ['without regard to case', { detail: { bucket: { name: [{ 'equals-ignore-case': 'VIDEOS' }] } } }, true],
    ['by anything but', withKey({ 'anything-but': ['x', { suffix: '.zip' }] }), true],
    ['by anything but, excluded', withKey({ 'anything-but': { suffix: '.mp4' } }), false],
    ['by number', withSize({ numeric: ['>', 0, '<=', 5] }), true],
    ['by number, not so', withSize({ numeric: ['>', 5] }), false],
    ['by existence', { detail: { object: [{ exists: true }], other: [{ exists: false }] } }, true],
    ['by one of alternatives', { $or: [{ source: ['x'] }, { source: ['aws.s3'] }] }, true],
    ['by none of the alternatives', { $or: [{ source: ['x'] }, { source: ['y'] }] }, false],
  ])('%s', (_, pattern, expected) => {
    expect(matchesPattern(pattern, event)).toBe(expected);
  });

  test('with an operator that is not understood is an error', () => {
    expect(() => matchesPattern({ source: [{ cidr: '10.0.0.0/8' }] }, event)).toThrow(/cidr/);
  });
});
