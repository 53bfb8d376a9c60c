import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkPostPolicy } from '../../../../local/storage-front/post-policy.ts';
import { S3Failure } from '../../../../local/storage-front/s3-failure.ts';

const keys = { accessKeyId: 'LOCAL', secretAccessKey: 'secret' };
const NOW = Date.parse('2026-11-21T12:00:00Z');
const credential = 'LOCAL/20261121/us-east-1/s3/aws4_request';

const sign = (policy: string): string => {
  const key = ['20261121', 'us-east-1', 's3', 'aws4_request'].reduce<string | Buffer>(
    (parent, part) => createHmac('sha256', parent).update(part).digest(),
    'AWS4secret',
  );
  return createHmac('sha256', key).update(policy).digest('hex');
};

const base = {
  'x-amz-algorithm': 'AWS4-HMAC-SHA256',
  'x-amz-credential': credential,
  'x-amz-date': '20261121T120000Z',
};
const baseConditions = Object.entries(base).map(([name, value]) => ({ [name]: value }));

/** A form with a correctly signed policy. */
const formOf = (
  conditions: unknown[],
  fields: Record<string, string>,
  expiration: unknown = '2026-11-21T12:10:00Z',
): Map<string, string> => {
  const policy = Buffer.from(
    JSON.stringify({ expiration, conditions: [...baseConditions, ...conditions] }),
  ).toString('base64');
  return new Map(Object.entries({ ...base, ...fields, policy, 'x-amz-signature': sign(policy) }));
};

const outcome = (form: Map<string, string>): string => {
  try {
    const { minimum, maximum } = checkPostPolicy(form, keys, NOW);
    return `${minimum}..${maximum}`;
  } catch (error) {
    return error instanceof S3Failure ? `${error.status} ${error.code}` : String(error);
  }
};

describe('a policy', () => {
  test.each<[string, unknown[], Record<string, string>, string]>([
    [
      'is accepted when its conditions hold',
      [{ key: 'a/b' }, { bucket: 'v' }],
      { key: 'a/b', bucket: 'v' },
      '0..Infinity',
    ],
    ['may require equality as a list', [['eq', '$key', 'a']], { key: 'a' }, '0..Infinity'],
    ['may require a prefix', [['starts-with', '$key', 'users/1/']], { key: 'users/1/x' }, '0..Infinity'],
    ['may allow any value of a field', [['starts-with', '$key', '']], { key: 'whatever' }, '0..Infinity'],
    [
      'compares field names in any case',
      [['eq', '$Content-Type', 'video/mp4']],
      { 'content-type': 'video/mp4' },
      '0..Infinity',
    ],
    [
      'ignores fields whose name begins with x-ignore-',
      [{ key: 'a' }],
      { key: 'a', 'x-ignore-me': '1' },
      '0..Infinity',
    ],
    [
      'intersects its size ranges',
      [{ key: 'a' }, ['content-length-range', 1, 100], ['content-length-range', 5, '200']],
      { key: 'a' },
      '5..100',
    ],
    ['refuses another value', [{ key: 'a' }], { key: 'b' }, '403 AccessDenied'],
    [
      'refuses another prefix',
      [['starts-with', '$key', 'users/1/']],
      { key: 'users/11/x' },
      '403 AccessDenied',
    ],
    [
      'refuses another bucket',
      [{ key: 'a' }, { bucket: 'v' }],
      { key: 'a', bucket: 'w' },
      '403 AccessDenied',
    ],
    [
      'refuses a form without a required field',
      [{ key: 'a' }, { 'Content-Type': 'x' }],
      { key: 'a' },
      '403 AccessDenied',
    ],
    [
      'refuses a field that it does not name',
      [{ key: 'a' }],
      { key: 'a', acl: 'public-read' },
      '403 AccessDenied',
    ],
    ['refuses a key that it does not name', [], { key: 'a' }, '403 AccessDenied'],
    ['is malformed with an invalid condition', [['eq', '$key']], { key: 'a' }, '400 InvalidPolicyDocument'],
    [
      'is malformed with an unknown operator',
      [['ends-with', '$key', 'a']],
      { key: 'a' },
      '400 InvalidPolicyDocument',
    ],
  ])('%s', (_, conditions, fields, expected) => {
    expect(outcome(formOf(conditions, fields))).toBe(expected);
  });

  test.each<[unknown, string]>([
    ['2026-11-21T12:00:00Z', '403 AccessDenied'],
    ['2026-11-21T12:00:00.001Z', '0..Infinity'],
    ['never', '400 InvalidPolicyDocument'],
    [undefined, '400 InvalidPolicyDocument'],
  ])('that expires at %s gives %s', (expiration, expected) => {
    expect(outcome(formOf([{ key: 'a' }], { key: 'a' }, expiration ?? null))).toBe(expected);
  });

  test('is malformed when it is not JSON, even if it is signed', () => {
    const policy = Buffer.from('{').toString('base64');
    expect(
      outcome(new Map(Object.entries({ ...base, key: 'a', policy, 'x-amz-signature': sign(policy) }))),
    ).toBe('400 InvalidPolicyDocument');
  });

  test('is refused with any other signature', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{64}$/), (signature) => {
        const form = formOf([{ key: 'a' }], { key: 'a' });
        const right = form.get('x-amz-signature');
        form.set('x-amz-signature', signature);
        expect(outcome(form)).toBe(signature === right ? '0..Infinity' : '403 SignatureDoesNotMatch');
      }),
    );
  });

  test.each([
    ['x-amz-algorithm', 'AWS4-HMAC-SHA1', '400 InvalidArgument'],
    ['x-amz-credential', 'LOCAL', '400 InvalidArgument'],
    ['x-amz-credential', credential.replace('LOCAL', 'OTHER'), '403 InvalidAccessKeyId'],
    ['x-amz-credential', credential.replace('us-east-1', 'eu-west-1'), '403 SignatureDoesNotMatch'],
    ['x-amz-date', 'yesterday', '400 InvalidArgument'],
  ])('with %s = %s is refused with %s', (field, value, expected) => {
    const form = formOf([{ key: 'a' }], { key: 'a' });
    form.set(field, value);
    expect(outcome(form)).toBe(expected);
  });
});
